"""The addresses of the service. Each route reads its request, calls the assistant, and shapes the response; no more."""

from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.exceptions import HTTPException

from rag.answer import Answer
from rag.assistant import Assistant
from rag.question import Turn
from rag.settings import Settings
from rag.web.events import EventStream, encode_events
from rag.web.posting import MAX_JSON_BODY, REQUEST_BODY, PostedFile, read_posted
from rag.web.problems import ModelNotAllowedError, documented
from rag.web.schemas import (
    ArticleList,
    ArticleSummary,
    AskRequest,
    AsOf,
    FoundPassages,
    FullArticle,
    Health,
    JobStatus,
    Name,
    Readiness,
    Text,
)

MULTIPART_OVERHEAD = 16_384  # bytes around the file in a form
_EVENT = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"type": "string", "enum": ["passages", "delta", "answer", "error", "done"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}
_EVENTS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {"itemSchema": _EVENT}}}}


def the_assistant(request: Request) -> Assistant:
    """The assistant that the application opened at its start (rag/web/app.py)."""
    assistant: Assistant = request.state.assistant
    return assistant


def the_settings(request: Request) -> Settings:
    """The settings of the process."""
    settings: Settings = request.state.settings
    return settings


TheAssistant = Annotated[Assistant, Depends(the_assistant)]
TheSettings = Annotated[Settings, Depends(the_settings)]


def build_router(settings: Settings) -> APIRouter:
    """All routes of the interface, with the limits on what may be sent to them."""
    # Not the application's limit: that one answers outside of all middleware, in plain text and without a log line.
    router = APIRouter(max_body_size=MAX_JSON_BODY)
    ask_errors = documented(400, 413, 422, 500, 502, 503)
    router.post("/v1/ask", tags=["questions"], response_model=Answer, responses={**_EVENTS, **ask_errors})(ask)
    router.get("/v1/search", tags=["questions"], responses=documented(422, 503))(search)
    router.get("/v1/articles", tags=["articles"], responses=documented(422, 503))(list_articles)
    router.get("/v1/articles/{article_id}", tags=["articles"], responses=documented(404, 422, 503))(show_article)
    router.post(
        "/v1/articles",
        tags=["articles"],
        status_code=202,
        responses=documented(400, 413, 415, 422, 503),
        openapi_extra=REQUEST_BODY,
        max_body_size=upload_limit(settings) + MULTIPART_OVERHEAD,
    )(add_article)
    router.get("/v1/jobs/{job_id}", tags=["articles"], responses=documented(404, 422, 503))(show_job)
    router.get("/healthz", tags=["operation"])(health)
    router.get("/readyz", tags=["operation"], responses={503: {"model": Readiness, "description": "Not ready"}})(
        readiness
    )
    return router


async def ask(
    asked: AskRequest, request: Request, assistant: TheAssistant, settings: TheSettings
) -> Answer | EventStream:
    """Answers a question from the library, every sentence with its citations.

    With `stream: true` the answer comes as server-sent events: `passages`, `delta` (the text, bit by bit), `answer`
    (the whole Answer), `error` (problem details) when something fails, and `done` always, last.
    """
    limits: dict[str, Any] = {
        "as_of": asked.as_of,
        "companies": asked.companies,
        "sites": asked.sites,
        "authors": asked.authors,
        "history": [Turn(turn.question, turn.answer) for turn in asked.history],
        "model": allowed_model(asked.model, settings),
        "k": asked.k,
    }
    if asked.stream:
        return EventStream(encode_events(assistant.stream(asked.question, **limits), request.state.request_id))
    return await assistant.ask(asked.question, **limits)


async def search(
    assistant: TheAssistant,
    q: Annotated[Text, Query(description="What to look for.", min_length=1)],
    k: Annotated[int, Query(ge=1, le=100, description="How many passages.")] = 10,
    as_of: Annotated[AsOf | None, Query()] = None,
    company: Annotated[list[Name] | None, Query(max_length=20, description="May be repeated.")] = None,
    site: Annotated[list[Name] | None, Query(max_length=20, description="May be repeated.")] = None,
    author: Annotated[list[Name] | None, Query(max_length=20, description="May be repeated.")] = None,
    explain: Annotated[bool, Query(description="Say what each signal says of a passage.")] = False,
) -> FoundPassages:
    """Finds the passages that fit a question, best first."""
    found = await assistant.search(
        q, k=k, as_of=as_of, companies=company or (), sites=site or (), authors=author or (), explain=explain
    )
    return FoundPassages(passages=found)


async def list_articles(
    assistant: TheAssistant,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
) -> ArticleList:
    """Lists the library's articles without their texts, newest first."""
    found = await run_sync(assistant.articles)
    shown = [ArticleSummary.of(article) for article in found[offset : offset + limit]]
    return ArticleList(articles=shown, total=len(found), limit=limit, offset=offset)


async def show_article(assistant: TheAssistant, article_id: str) -> FullArticle:
    """Shows one article with its text."""
    return FullArticle.of(await run_sync(assistant.article, article_id))


async def add_article(request: Request, response: Response, assistant: TheAssistant) -> JobStatus:
    """Takes an article into the inbox: a file, or the address of a page.

    Another process fetches and reads it; the job, at `Location`, tells how that went. The same once more, while it
    waits, is the same job. When too much waits, the answer is 503, with the time to wait.
    """
    posted = await read_posted(request)
    if isinstance(posted, PostedFile):
        job = await run_sync(assistant.inbox.add, posted.name, posted.media_type, posted.body)
    else:
        job = await run_sync(assistant.inbox.add_address, posted.url)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return JobStatus.of(job)


async def show_job(assistant: TheAssistant, job_id: str) -> JobStatus:
    """Tells how a posted document is doing."""
    job = await run_sync(assistant.inbox.job, job_id)
    if job is None:
        raise HTTPException(404, "No job has this id.")
    return JobStatus.of(job)


async def health() -> Health:
    """The process lives. Says nothing about whether it can answer: that is `/readyz`."""
    return Health()


async def readiness(assistant: TheAssistant, response: Response) -> Readiness:
    """Whether questions can be answered: library open, index in step, model usable."""
    parts = await assistant.readiness()
    ready = all(state == "ok" for state in parts.values())
    response.status_code = 200 if ready else 503
    return Readiness(status="ready" if ready else "not ready", parts=parts)


def allowed_model(asked: str | None, settings: Settings) -> str | None:
    """The model a request may use: `extractive` or the one in the settings. Raises ModelNotAllowedError.

    A model's name makes the server call a provider at its owner's expense, or open a file of the machine. That is for
    who runs the server to decide, not for who can reach it.
    """
    if asked in (None, "extractive", settings.model):
        return asked
    offered = " or ".join(f"`{name}`" for name in dict.fromkeys(("extractive", settings.model)))
    raise ModelNotAllowedError(
        "The request names another model.", f"Ask for {offered}, or set DOSSIER_MODEL on the server."
    )


def upload_limit(settings: Settings) -> int:
    """The largest posted file, in bytes."""
    return int(settings.max_article_mb * 1_000_000)
