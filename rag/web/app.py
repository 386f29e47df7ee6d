"""The application: what it opens at its start, what runs beside it, and what it closes at its end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from anyio.to_thread import run_sync
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from rag.assistant import Assistant
from rag.errors import DossierError
from rag.settings import Settings
from rag.web.middleware import RequestMiddleware
from rag.web.problems import on_dossier_error, on_http_error, on_invalid_request
from rag.web.routes import build_router
from rag.web.worker import keep_worker

log = structlog.get_logger(__name__)

PAGE = Path(__file__).parent / "page"
SYNC_SECONDS = 0.5
LONGEST_PAUSE = 30.0
LONGEST_PAUSE = 30.0


def build_app(
    settings: Settings,
    open_assistant: Callable[[], Assistant],
    worker_command: Sequence[str] | None = None,
) -> FastAPI:
    """The service as an ASGI application.

    `open_assistant` is called once, in a worker thread, when the application starts. `worker_command` runs the process
    that reads the inbox; without one, posted documents wait for a `dossier ingest` or another server.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        assistant = await run_sync(open_assistant)
        beside = [asyncio.create_task(keep_in_step(assistant.sync))]
        if worker_command:
            beside.append(asyncio.create_task(keep_worker(worker_command)))
        try:
            yield {"assistant": assistant, "settings": settings}
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await run_sync(assistant.close)

    app = FastAPI(
        title="Dossier",
        summary="Cited answers about AI start-ups, from a library of articles.",
        version="1",
        # The documentation pages of FastAPI load scripts from a CDN. /openapi.json stays.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        exception_handlers={
            DossierError: on_dossier_error,
            RequestValidationError: on_invalid_request,
            HTTPException: on_http_error,
        },
    )
    app.add_middleware(RequestMiddleware)
    app.include_router(build_router(settings))
    app.add_api_route("/", show_page, methods=["GET", "HEAD"], include_in_schema=False)
    app.mount("/static", _PageFiles(directory=PAGE))
    return app


async def keep_in_step(sync: Callable[[], None], seconds: float = SYNC_SECONDS) -> None:
    """Brings the indexes up to the catalog again and again: another process's ingest is found within two seconds.

    An error is logged once and tried again, ever more slowly: rebuilding an index on a full disk is work.
    """
    last_error, pause = "", seconds
    while True:
        try:
            await run_sync(sync)
            last_error, pause = "", seconds
        except Exception as error:  # the boundary of this task: questions are still answered from what is known
            if str(error) != last_error:
                log.exception("the index cannot be brought up to date; it is tried again")
            last_error, pause = str(error), min(2 * pause, LONGEST_PAUSE)
        await asyncio.sleep(pause)


async def show_page() -> Response:
    """The page. Browsers keep it and ask whether it has changed."""
    return FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})


class _PageFiles(StaticFiles):
    """The page's parts. Their names have no version in them, so a browser asks before it uses what it kept."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        MutableHeaders(raw=response.raw_headers)["Cache-Control"] = "no-cache"
        return response
