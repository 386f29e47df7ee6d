"""What may be posted to become an article: a file in a form, or an address in JSON."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile as FormFile
from starlette.exceptions import HTTPException

from rag.web.schemas import AddressRequest

MAX_JSON_BODY = 65_536
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_FILE_FORM = {
    "type": "object",
    "title": "FileForm",
    "required": ["file"],
    "properties": {
        "file": {
            "type": "string",
            "format": "binary",
            "description": "A file: Markdown, text, HTML, PDF, DOCX, EPUB, e-mail or a JSON article.",
        }
    },
}
# FastAPI can describe one of them, but not both.
REQUEST_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": _FILE_FORM},
            "application/json": {"schema": AddressRequest.model_json_schema()},
        },
    }
}


@dataclass(frozen=True, slots=True)
class PostedFile:
    """A file as it came."""

    name: str
    media_type: str
    body: bytes


async def read_posted(request: Request) -> PostedFile | AddressRequest:
    """The file or the address in a request. Raises RequestValidationError (422), HTTPException (400, 413, 415, 422)."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "application/json":
        return await _address(request)
    if media_type in _FORMS:
        return await _file(request)
    raise HTTPException(415, "Post a file as multipart/form-data, or an address as application/json.")


async def _address(request: Request) -> AddressRequest:
    body = await request.body()
    if len(body) > MAX_JSON_BODY:
        raise HTTPException(413)
    try:
        return AddressRequest.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]) from error


async def _file(request: Request) -> PostedFile:
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile | FormFile):
            wrong = {"type": "missing", "loc": ("body", "file"), "msg": "A file is needed", "input": None}
            raise RequestValidationError([wrong])
        body = await file.read()
        name = _file_name(file.filename)
        if not body:
            raise HTTPException(422, f"{name} is empty.")
        return PostedFile(name, file.content_type or "application/octet-stream", body)


def _file_name(name: str | None) -> str:
    """A posted file's own name: no folders, nothing unprintable, of a length one can show."""
    base = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in base if char.isprintable())[-200:].strip(". ") or "unnamed"
