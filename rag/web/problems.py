"""Errors as they leave over HTTP: problem details (RFC 9457), each saying what happened and what to do next.

| error | status |
| --- | --- |
| QuestionError, SourceError, a request that does not fit its schema | 422 |
| ArticleNotFoundError | 404 |
| ModelNotAllowedError | 400 |
| ModelError | 502; 503 when trying again may help |
| LibraryError, InboxFullError | 503 |
| ConfigurationError, anything unexpected | 500 |
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from rag.errors import (
    ArticleNotFoundError,
    ConfigurationError,
    DossierError,
    InboxFullError,
    LibraryError,
    ModelError,
    QuestionError,
    SourceError,
)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
# What a request holds is repeated in an error only this far.
_LONGEST_ECHO = 200
_MOST_FIELDS = 10


class ModelNotAllowedError(ConfigurationError):
    """A request names a model that this server does not offer."""


class Problem(BaseModel):
    """What went wrong, after RFC 9457."""

    type: str = Field(description="Names the kind of problem; stable, for programs.", examples=["urn:dossier:question"])
    title: str = Field(description="The kind of problem in words.", examples=["The question cannot be worked on"])
    status: int = Field(examples=[422])
    detail: str = Field(description="What happened this time.", examples=["'last spring' is not a date."])
    hint: str = Field(default="", description="What to do next.", examples=["Write the as-of date as 2023-12-14."])
    fields: dict[str, str] = Field(
        default={}, description="For an invalid request: what is wrong, by the field's name."
    )
    request_id: str = Field(default="", description="Finds this request in the server's log.")


# The most special class first: the first that fits is taken.
_KINDS: tuple[tuple[type[DossierError], int, str, str], ...] = (
    (QuestionError, 422, "question", "The question cannot be worked on"),
    (ArticleNotFoundError, 404, "article-not-found", "No such article"),
    (InboxFullError, 503, "inbox-full", "Too much waits to be read"),
    (LibraryError, 503, "library", "The library cannot be used"),
    (ModelError, 502, "model", "The language model failed"),
    (SourceError, 422, "source", "The document cannot be read"),
    (ModelNotAllowedError, 400, "model-not-allowed", "This server does not offer that model"),
    (ConfigurationError, 500, "configuration", "The server is set up wrongly"),
)


def describe(error: Exception) -> Problem:
    """The problem details of an error. What is no DossierError shows nothing of its inside."""
    for kind, status, name, title in _KINDS:
        if isinstance(error, kind):
            if isinstance(error, ModelError) and error.retryable:
                status = HTTPStatus.SERVICE_UNAVAILABLE
            return Problem(
                type=f"urn:dossier:{name}",
                title=title,
                status=status,
                detail=_printable(error.message, 1000),
                hint=_printable(error.hint, 1000),
            )
    return Problem(
        type="urn:dossier:internal",
        title="Something went wrong inside Dossier",
        status=500,
        detail="The request could not be answered.",
        hint="Try again; the server's log has the details under the request's id.",
    )


def describe_invalid(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """The problem details of a request that does not fit its schema: which field, and what is wrong with it."""
    fields = {
        _printable(".".join(map(str, error["loc"])) or "body", 100): _printable(str(error["msg"]))
        for error in errors[:_MOST_FIELDS]
    }
    return Problem(
        type="urn:dossier:invalid-request",
        title="The request is not valid",
        status=422,
        detail="; ".join(f"{name}: {wrong}" for name, wrong in fields.items()),
        hint="/openapi.json describes every request.",
        fields=fields,
    )


def describe_status(status: int, detail: str = "") -> Problem:
    """The problem details of a plain HTTP error."""
    phrase = HTTPStatus(status).phrase
    return Problem(type="about:blank", title=phrase, status=status, detail=_printable(detail or phrase))


def respond(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a response. Escaped to ASCII, so that no odd character of a request can break it."""
    more = {"Retry-After": str(RETRY_AFTER_SECONDS)} if problem.status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    content = json.dumps(problem.model_dump())
    return Response(content, problem.status, headers={**more, **(headers or {})}, media_type=MEDIA_TYPE)


async def on_dossier_error(request: Request, error: Exception) -> Response:
    """FastAPI's handler for the errors of rag/errors.py."""
    return respond(_with_id(describe(error), request))


async def on_invalid_request(request: Request, error: Exception) -> Response:
    """FastAPI's handler for requests that do not fit their schema."""
    assert isinstance(error, RequestValidationError)
    return respond(_with_id(describe_invalid(error.errors()), request))


async def on_http_error(request: Request, error: Exception) -> Response:
    """FastAPI's handler for unknown addresses, wrong methods, bodies that are too large or broken."""
    assert isinstance(error, HTTPException)
    return respond(_with_id(describe_status(error.status_code, error.detail), request), error.headers)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may fail with these statuses, for OpenAPI."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
        }
        for status in statuses
    }


def _with_id(problem: Problem, request: Request) -> Problem:
    return problem.model_copy(update={"request_id": getattr(request.state, "request_id", "")})


def _printable(text: str, longest: int = _LONGEST_ECHO) -> str:
    """Text that any encoder takes, cut short: a request may hold lone surrogates, and megabytes."""
    shown = text if len(text) <= longest else text[: longest - 1] + "…"
    return shown.encode("utf-8", "replace").decode("utf-8")
