"""The HTTP interface, against a real small library."""

import asyncio
import json
import re
import shutil
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message
from structlog.testing import capture_logs

from rag.assistant import Assistant, Delta, Event
from rag.catalog import Catalog
from rag.documents import Article, Chunk
from rag.embedding import build_embedder
from rag.errors import QuestionError
from rag.settings import Settings, load_settings
from rag.testing.provider_server import Behaviour, Fail, ProviderServer, Say
from rag.web.app import PAGE, build_app, keep_in_step
from rag.web.events import EventStream, encode_events
from rag.web.middleware import SAFE_HEADERS, RequestMiddleware
from rag.web.problems import describe, respond
from rag.web.worker import keep_worker
from tests.conftest import place_model

ARTICLES = (
    Article(
        "mistral-series-a",
        "mistral.md",
        "Mistral AI raises a Series A",
        "Mistral AI raised $415 million in a Series A on 11 December 2023 👋. Andreessen Horowitz led the round.\n\n"
        "The seed round of $113 million was announced on 13 June 2023. Lightspeed Venture Partners led it.",
        site="Example News",
        author="A. Writer",
        url="https://news.example/mistral",
        published="2023-12-11",
        companies=("Mistral AI",),
        people=("Arthur Mensch",),
        models=("Mistral 7B",),
        products=("Le Chat",),
        origin_id="mistral-series-a",
    ),
    Article(
        "poolside-office",
        "poolside.md",
        "Poolside opens an office",
        "Poolside opened an office in Paris in March 2024. It employs 40 people there.",
        published="2024-03-05",
        companies=("Poolside",),
        origin_id="poolside-office",
    ),
)
CAN_BE_WRONG = (("post", "/v1/ask"), ("get", "/v1/search"), ("get", "/v1/articles"))
NAUGHTY = [
    '"', "*", "AND NOT", "title:", "[a TO b]", "((((", "a" * 1999, " ", "\t\n", "the of and",
    "\u202e\u200b", "ﷺ" * 50, "👩‍👩‍👧‍👦",
    "'; DROP TABLE articles; --", "<script>alert(1)</script>", "{{7*7}}", "../../etc/passwd", "%00",
    "\x00", "\x7f\x1b[31m",
    "-1", "1e999", "NaN", "null", "field:^5~2", "\\", "\ud83d", "İı", "̷̡̛͙̗",
]  # fmt: skip


@pytest.fixture(scope="session")
def web_library(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("web") / "library"
    place_model(model_folder, folder)
    embedder = build_embedder(load_settings(), folder / "model")
    catalog = Catalog.open(folder, create=True)
    catalog.require(embedder.stamp)
    for article in ARTICLES:
        chunks = [
            Chunk(f"{article.id}-{position}", article.id, position, found.start(), found.end(), found.group())
            for position, found in enumerate(re.finditer(r"[^\n]+", article.text))
        ]
        passages = [chunk.passage(article.title) for chunk in chunks]
        vectors = embedder.embed_passages([text for text, _ in passages], [begins for _, begins in passages])
        catalog.put(article, chunks, vectors, location=article.source, fingerprint="1")
    catalog.close()
    return folder


@pytest.fixture(scope="session")
def client(web_library: Path) -> Iterator[TestClient]:
    with serving(load_settings(library=web_library, max_article_mb=0.1)) as client:
        yield client


def serving(settings: Settings) -> TestClient:
    return TestClient(build_app(settings, lambda: Assistant.open(settings)))


def asked(client: TestClient, question: str, **more: Any) -> dict[str, Any]:
    response = client.post("/v1/ask", json={"question": question, **more})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def streamed(client: TestClient, question: str, **more: Any) -> list[tuple[str, dict[str, Any]]]:
    response = client.post("/v1/ask", json={"question": question, "stream": True, **more})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    blocks = [block.split("\n") for block in response.text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


def problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert found["status"] == status
    assert found["title"]
    assert found["detail"]
    assert found["request_id"] == response.headers["x-request-id"]
    return found


# asking


def test_an_answer_cites_exact_quotes_of_articles_that_can_be_fetched(client: TestClient) -> None:
    answer = asked(client, "Who led the Series A of Mistral AI?")
    assert answer["status"] == "answered"
    assert "Andreessen Horowitz" in answer["text"]
    for citation in answer["citations"]:
        article = client.get(f"/v1/articles/{citation['article_id']}").json()
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_a_streamed_answer_comes_as_passages_then_its_text_then_the_whole_then_done(client: TestClient) -> None:
    events = streamed(client, "Who led the Series A of Mistral AI?")
    names = [name for name, _ in events]
    deltas = [data["text"] for name, data in events if name == "delta"]
    assert names == ["passages", *["delta"] * len(deltas), "answer", "done"]
    assert deltas
    assert "".join(deltas) == events[-2][1]["text"]
    assert events[0][1]["passages"] == events[-2][1]["passages"]


def test_a_streamed_refusal_has_no_text_before_the_answer(client: TestClient) -> None:
    events = streamed(client, "What is the price of Zyxwonian's API?")
    assert [name for name, _ in events] == ["passages", "answer", "done"]
    assert events[1][1]["status"] == "not_found"


def test_an_as_of_date_and_a_company_limit_what_is_used(client: TestClient) -> None:
    for limit in ({"as_of": "2023-12"}, {"companies": ["Mistral AI"]}):
        answer = asked(client, "Who opened an office in Paris?", **limit)
        assert {passage["article_id"] for passage in answer["passages"]} == {"mistral-series-a"}


def test_an_empty_question_is_refused_before_and_within_a_stream(client: TestClient) -> None:
    assert "question" in problem(client.post("/v1/ask", json={"question": ""}), 422)["detail"]
    problem(client.post("/v1/ask", json={"question": " \n"}), 422)
    events = streamed(client, " \n")
    assert [name for name, _ in events] == ["error", "done"]
    assert events[0][1]["type"] == "urn:dossier:question"


def test_an_impossible_date_is_refused_with_the_forms_that_are_dates(client: TestClient) -> None:
    found = problem(client.post("/v1/ask", json={"question": "Who?", "as_of": "2023-13"}), 422)
    assert "2023-12" in found["hint"]
    problem(client.post("/v1/ask", json={"question": "Who?", "as_of": "last spring"}), 422)


def test_a_stranger_may_not_choose_the_model(client: TestClient) -> None:
    for model in ("mistralai:mistral-large-latest", "local:/etc/passwd"):
        found = problem(client.post("/v1/ask", json={"question": "Who?", "model": model}), 400)
        assert "DOSSIER_MODEL" in found["hint"]
        assert model not in json.dumps(found)
    assert asked(client, "Who led the Series A?", model="extractive")["model"] == "extractive"


def test_a_model_that_cannot_be_used_is_named_in_readiness_and_in_the_error(web_library: Path) -> None:
    with serving(load_settings(library=web_library, model="nobody:nothing")) as client:
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert ready.json()["status"] == "not ready"
        assert ready.json()["parts"]["library"] == "ok" != ready.json()["parts"]["model"]
        assert "nobody" in problem(client.post("/v1/ask", json={"question": "Who led the Series A?"}), 500)["detail"]
        events = streamed(client, "Who led the Series A?")
        assert [name for name, _ in events][-2:] == ["error", "done"]
        assert client.get("/healthz").status_code == 200


@contextmanager
def serving_with_a_provider(library: Path, *behaviours: Behaviour) -> Iterator[TestClient]:
    with ProviderServer(behaviours) as provider:
        settings = load_settings(
            library=library,
            model="mistralai:mistral-small-latest",
            model_base_url=provider.url,
            mistral_api_key="any",
            model_retries=0,
        )
        with serving(settings) as client:
            yield client


def test_a_model_that_stops_in_mid_answer_ends_the_stream_with_an_error_and_done(web_library: Path) -> None:
    text = "Andreessen Horowitz led the Series A round of $415 million [1]. It was on 11 December 2023 [1]. And then"
    with serving_with_a_provider(web_library, Say(text, cut=18)) as client:
        events = streamed(client, "Who led the Series A of Mistral AI?")
    assert [name for name, _ in events][:2] == ["passages", "delta"]
    assert [name for name, _ in events][-2:] == ["error", "done"]
    assert events[-2][1]["type"] == "urn:dossier:model"
    assert events[-2][1]["hint"]


def test_a_model_that_fails_is_a_502_or_a_503_with_the_time_to_wait(web_library: Path) -> None:
    with serving_with_a_provider(web_library, Fail(500), Fail(400)) as client:
        overloaded = client.post("/v1/ask", json={"question": "Who led the Series A of Mistral AI?"})
        assert problem(overloaded, 503)["hint"]
        assert int(overloaded.headers["retry-after"]) > 0
        problem(client.post("/v1/ask", json={"question": "Who led the Series A of Mistral AI?"}), 502)


def test_a_question_that_is_too_long_is_refused(client: TestClient) -> None:
    problem(client.post("/v1/ask", json={"question": "a " * 20_000}), 422)
    problem(client.post("/v1/ask", json={"question": "a" * 100_000}), 413)

    def body() -> Iterator[bytes]:  # without a Content-Length
        yield b'{"question": "'
        for _ in range(100):
            yield b"a" * 1000
        yield b'"}'

    problem(client.post("/v1/ask", content=body(), headers={"content-type": "application/json"}), 413)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"question": "\\ud83d"}',
        b'{"question": "a\\u0000b"}',
        b"[" * 60_000,
    ],
)
def test_a_body_that_is_no_question_is_refused(client: TestClient, body: bytes) -> None:
    response = client.post("/v1/ask", content=body, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    problem(response, response.status_code)


def test_an_error_names_the_field_and_repeats_no_huge_input(client: TestClient) -> None:
    wrong = {"question": "Who?", "k": "five", "x" * 5000: 1, **{f"unknown{number}\ud800": 1 for number in range(100)}}
    response = client.post("/v1/ask", content=json.dumps(wrong), headers={"content-type": "application/json"})
    found = problem(response, 422)
    assert len(response.content) < 5000
    assert problem(client.post("/v1/ask", json={"question": "Who?", "k": "five"}), 422)["fields"].keys() == {"body.k"}
    assert found["fields"]


def test_an_error_that_repeats_odd_input_can_still_be_sent() -> None:
    found = describe(QuestionError("\ud800" * 5000, "\x00\udfff"))
    assert "\ud800" not in found.model_dump_json()  # as an event of a stream
    shown = respond(found)
    assert shown.status_code == 422
    assert len(shown.body) < 3000
    assert json.loads(bytes(shown.body))["detail"].endswith("…")


@pytest.mark.parametrize("text", NAUGHTY)
def test_odd_questions_get_an_answer_or_a_4xx(client: TestClient, text: str) -> None:
    body = json.dumps({"question": text, "companies": [text[:200]], "history": [{"question": text, "answer": text}]})
    for response in (
        client.post("/v1/ask", content=json.dumps({"question": text}), headers={"content-type": "application/json"}),
        client.post("/v1/ask", content=body, headers={"content-type": "application/json"}),
        client.get("/v1/search", params={"q": text.encode("utf-8", "replace").decode(), "k": 3}),
    ):
        assert response.status_code == 200 or 400 <= response.status_code < 500, response.text


@hypothesis_settings(max_examples=60, deadline=None, derandomize=True)
@given(text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=200))
def test_any_question_gets_an_answer_or_a_4xx(client: TestClient, text: str) -> None:
    response = client.post("/v1/ask", json={"question": text})
    assert response.status_code in (200, 422)


# searching and reading


def test_a_search_finds_as_many_passages_as_asked_for_best_first(client: TestClient) -> None:
    passages = client.get("/v1/search", params={"q": "Who led the round?", "k": 2}).json()["passages"]
    assert len(passages) == 2
    assert passages[0]["score"] >= passages[1]["score"]
    only = client.get("/v1/search", params={"q": "Paris office", "company": "Mistral AI", "as_of": "2024"}).json()
    assert {passage["article_id"] for passage in only["passages"]} == {"mistral-series-a"}


@pytest.mark.parametrize("query", ["", "q=", "q=a&k=0", "q=a&k=x", "q=a&as_of=soon", "q=a&as_of=2023-99", "q=%00"])
def test_a_search_that_makes_no_sense_is_refused(client: TestClient, query: str) -> None:
    problem(client.get(f"/v1/search?{query}"), 422)


def test_articles_are_listed_newest_first_in_parts_and_without_their_texts(client: TestClient) -> None:
    listed = client.get("/v1/articles").json()
    assert [article["id"] for article in listed["articles"]] == ["poolside-office", "mistral-series-a"]
    assert listed["total"] == 2
    assert "text" not in listed["articles"][0]
    assert listed["articles"][1]["companies"] == ["Mistral AI"]
    second = client.get("/v1/articles", params={"limit": 1, "offset": 1}).json()
    assert [article["id"] for article in second["articles"]] == ["mistral-series-a"]
    problem(client.get("/v1/articles", params={"limit": 0}), 422)


def test_an_article_comes_with_its_text_and_an_unknown_one_is_a_404(client: TestClient) -> None:
    shown = client.get("/v1/articles/mistral-series-a").json()
    assert shown["text"] == ARTICLES[0].text
    tags = [shown[kind] for kind in ("companies", "people", "models", "products")]
    assert tags == [["Mistral AI"], ["Arthur Mensch"], ["Mistral 7B"], ["Le Chat"]]
    assert problem(client.get("/v1/articles/nothing"), 404)["type"] == "urn:dossier:article-not-found"
    for odd in ("%00", "%ED%A0%80", "..%2F..%2Fetc", "a" * 5000):
        problem(client.get(f"/v1/articles/{odd}"), 404)


# posting


def test_a_posted_file_waits_in_the_inbox_as_a_job(client: TestClient, web_library: Path) -> None:
    file = ("../../notes\x07/my article.md", b"# A title\n\nSome words.", "text/markdown")
    response = client.post("/v1/articles", files={"file": file})
    assert response.status_code == 202
    job = response.json()
    assert job["name"] == "my article.md"
    assert job["status"] == "queued"
    assert client.get(response.headers["location"]).json() == job
    catalog = Catalog.open(web_library)
    try:
        claimed = catalog.inbox_claim()
    finally:
        catalog.close()
    assert claimed is not None
    assert claimed[1] == file[1]
    assert client.get(f"/v1/jobs/{job['id']}").json()["status"] == "working"


def test_a_file_that_is_empty_missing_or_too_large_is_refused(client: TestClient) -> None:
    assert "empty.md" in problem(client.post("/v1/articles", files={"file": ("empty.md", b"")}), 422)["detail"]
    problem(client.post("/v1/articles", data={"file": "no file"}), 422)
    problem(client.post("/v1/articles", json={"text": "no form"}), 422)
    problem(client.post("/v1/articles", files={"file": ("large.md", b"a" * 120_000)}), 413)
    assert client.post("/v1/articles", files={"file": ("fits.md", b"a" * 90_000)}).status_code == 202


def test_a_posted_address_waits_in_the_inbox_as_a_job(client: TestClient) -> None:
    address = "https://news.example/2024/ünïcode?a=b#c"
    response = client.post("/v1/articles", json={"url": address})
    assert response.status_code == 202
    job = response.json()
    assert (job["name"], job["status"]) == (address, "queued")
    assert client.get(response.headers["location"]).json() == job


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"https://a.example/"',
        b"\xff",
        b"{}",
        b'{"url": 5}',
        b'{"url": null}',
        b'{"url": "https://a.example/", "more": 1}',
        b'{"url": ""}',
        b'{"url": "a.example/story"}',
        b'{"url": "file:///etc/passwd"}',
        b'{"url": "ftp://a.example/"}',
        b'{"url": "javascript:alert(1)"}',
        b'{"url": "https://"}',
        b'{"url": "https:///path"}',
        b'{"url": "https://user:word@a.example/"}',
        b'{"url": "https://a.example\\\\@b.example/"}',
        b'{"url": "https://a.example:99999/"}',
        b'{"url": "https://a.example:x/"}',
        b'{"url": "http://[::1/"}',
        b'{"url": "https://a.example/a b"}',
        b'{"url": "https://a.example/\\u0000"}',
        b'{"url": "https://a.example/\\u202e"}',
        b'{"url": "https://a.example/\\ud83d"}',
        b'{"url": "https://a.example/\\n"}',
        b'{"url": " https://a.example/"}',
        b'{"url": "https://a.example/' + b"a" * 2000 + b'"}',
    ],
)
def test_what_is_no_address_is_refused(client: TestClient, body: bytes) -> None:
    refused = client.post("/v1/articles", content=body, headers={"content-type": "application/json"})
    problem(refused, 422)
    assert not any(word in refused.text for word in ("regex", "pattern", "^https", "word@"))


def test_a_bad_address_is_told_what_is_wrong_and_what_to_do(client: TestClient) -> None:
    refused = client.post("/v1/articles", json={"url": "a.example/story"}).json()
    assert refused["fields"]["body.url"].startswith("the address does not begin with http:// or https://. Give the")
    refused = client.post("/v1/articles", json={"url": "https://jane:s3cret@a.example/"}).json()
    assert "has a user's name or a password in it. Leave out" in refused["fields"]["body.url"]
    assert "s3cret" not in str(refused)


def test_a_body_that_is_neither_a_form_nor_json_or_too_large_is_refused(client: TestClient) -> None:
    for media_type in ("text/plain", "application/octet-stream", "multipart/mixed; boundary=a", ""):
        refused = client.post("/v1/articles", content=b"words", headers={"content-type": media_type})
        assert "multipart/form-data" in problem(refused, 415)["detail"]
    problem(client.post("/v1/articles", json={"url": "https://a.example/" + "a" * 70_000}), 413)
    broken = client.post("/v1/articles", content=b"words", headers={"content-type": "multipart/form-data"})
    problem(broken, 400)


def test_the_same_posted_again_while_it_waits_is_the_same_job(client: TestClient) -> None:
    def posted(name: str, body: bytes, media_type: str = "text/markdown") -> str:
        job = client.post("/v1/articles", files={"file": (name, body, media_type)})
        assert job.status_code == 202
        return str(job.json()["id"])

    first = posted("twice.md", b"the same words")
    assert posted("twice.md", b"the same words") == first
    assert posted("twice.md", b"the very words") != first
    assert posted("other.md", b"the same words") != first
    assert posted("twice.md", b"the same words", "text/html") != first
    addresses = ["https://a.example/twice", "https://a.example/twice", "https://a.example/other"]
    ids = [client.post("/v1/articles", json={"url": address}).json()["id"] for address in addresses]
    assert ids[0] == ids[1] != ids[2]


def test_a_full_inbox_refuses_with_the_time_to_wait_and_takes_again_when_there_is_room(
    web_library: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "library"
    shutil.copytree(web_library, folder)
    catalog = Catalog.open(folder)
    catalog.inbox_requeue()
    while left := catalog.inbox_claim():  # by other tests
        catalog.inbox_finish(left[0].id, error="no")
    with closing(catalog), serving(load_settings(library=folder, inbox_jobs=3, inbox_mb=0.001)) as client:
        assert client.post("/v1/articles", files={"file": ("a.md", b"a" * 900)}).status_code == 202
        too_much = client.post("/v1/articles", files={"file": ("b.md", b"b" * 200)})
        assert problem(too_much, 503)["type"] == "urn:dossier:inbox-full"
        assert int(too_much.headers["retry-after"]) > 0
        for number in range(2):
            assert client.post("/v1/articles", json={"url": f"https://a.example/{number}"}).status_code == 202
        assert (
            "DOSSIER_INBOX_JOBS"
            in problem(client.post("/v1/articles", json={"url": "https://a.example/3"}), 503)["hint"]
        )
        # The same as waits already is no more work, so it is taken.
        assert client.post("/v1/articles", json={"url": "https://a.example/1"}).status_code == 202
        claimed = catalog.inbox_claim()
        assert claimed is not None
        problem(client.post("/v1/articles", json={"url": "https://a.example/3"}), 503)
        catalog.inbox_finish(claimed[0].id, error="no")
        assert client.post("/v1/articles", json={"url": "https://a.example/3"}).status_code == 202


def test_both_ways_to_post_are_described(client: TestClient) -> None:
    body = client.get("/openapi.json").json()["paths"]["/v1/articles"]["post"]["requestBody"]
    assert body["content"].keys() == {"multipart/form-data", "application/json"}
    assert body["content"]["application/json"]["schema"]["required"] == ["url"]


def test_an_unknown_job_is_a_404(client: TestClient) -> None:
    problem(client.get("/v1/jobs/nothing"), 404)


def test_a_page_of_another_site_may_not_write(client: TestClient) -> None:
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 202), ("none", 202)):
        response = client.post("/v1/articles", files={"file": ("a.md", b"words")}, headers={"Sec-Fetch-Site": site})
        assert response.status_code == status
    assert client.get("/v1/articles", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


# the service itself


def test_a_ready_server_says_so_part_by_part(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    client.get("/v1/search", params={"q": "anything"})
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"status": "ready", "parts": {"library": "ok", "index": "ok", "model": "ok"}}


def test_unknown_addresses_and_methods_are_problems_too(client: TestClient) -> None:
    problem(client.get("/v2/ask"), 404)
    problem(client.get("/static/nothing.js"), 404)
    problem(client.get("/static/..%2f..%2fapp.py"), 404)
    refused = client.get("/v1/ask")
    problem(refused, 405)
    assert refused.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "address", ["/", "/healthz", "/v1/articles", "/v1/articles/nothing", "/static/page.js", "/nowhere"]
)
def test_every_response_carries_the_safe_headers(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    assert {name: headers.get(name) for name in SAFE_HEADERS} == SAFE_HEADERS
    assert "access-control-allow-origin" not in headers


def test_an_unexpected_error_is_a_500_that_shows_nothing_of_the_inside() -> None:
    async def fail(request: Request) -> None:
        raise ZeroDivisionError("a secret")

    app = Starlette(routes=[Route("/", fail)])
    app.add_middleware(RequestMiddleware, new_id=lambda: "id-1")
    response = TestClient(app).get("/")
    assert problem(response, 500)["request_id"] == "id-1"
    assert "secret" not in response.text
    assert "ZeroDivision" not in response.text
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_library_that_does_not_open_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="library"), serving(load_settings(library=tmp_path / "none")):
        pass


def test_the_page_and_its_parts_have_their_types_and_are_asked_for_again(client: TestClient) -> None:
    types = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    for path in PAGE.iterdir():
        response = client.get("/" if path.name == "index.html" else f"/static/{path.name}")
        assert response.status_code == 200
        assert response.headers["content-type"].startswith(types[path.suffix])
        assert response.headers["cache-control"] == "no-cache"
        again = client.get(str(response.url), headers={"If-None-Match": response.headers["etag"]})
        assert again.status_code == 304 or path.name == "index.html"


def test_the_page_loads_nothing_from_elsewhere() -> None:
    for path in PAGE.iterdir():
        addresses = set(re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]+[^\s\"')]*", path.read_text()))
        assert addresses <= {"http://www.w3.org/2000/svg"}, path.name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", path.read_text())


def test_every_error_in_the_interface_is_described_as_problem_details(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for address, methods in paths.items():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400 and address != "/readyz":
                    assert response["content"].keys() == {"application/problem+json"}, (address, status)


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_generated_requests_keep_to_the_interface(web_library: Path, mode: schemathesis.GenerationMode) -> None:
    settings = load_settings(library=web_library)
    # Beyond what a schema can say: a body has a size, not every 2023-99 is a date, not every model is offered.
    checks = {
        "negative_data_rejection": {"expected-statuses": ["400", "404", "405", "413", "422"]},
        "positive_data_acceptance": {"expected-statuses": ["2xx", "400", "404", "422"]},
    }
    schema = schemathesis.openapi.from_asgi(
        "/openapi.json",
        build_app(settings, lambda: Assistant.open(settings)),
        config=schemathesis.Config.from_dict({"checks": checks}),
    )
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()  # type: ignore[union-attr]
        if mode.is_negative and (operation.method, operation.path) not in CAN_BE_WRONG:
            continue  # it takes nothing, or any bytes

        @hypothesis_settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def call(case: Any) -> None:
            case.call_and_validate()

        call()
        tried += 1
    assert tried >= len(CAN_BE_WRONG)


# what runs beside it


async def _send_nothing(message: Message) -> None:
    return


def test_a_reader_who_leaves_ends_the_answering() -> None:
    ended: list[str] = []

    async def answer() -> AsyncGenerator[bytes]:
        try:
            yield b"event: delta\n\n"
            await asyncio.sleep(30)
        finally:
            ended.append("closed")

    async def leave() -> Message:
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    async def run() -> None:
        scope = {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}}
        await EventStream(answer())(scope, leave, _send_nothing)

    asyncio.run(asyncio.wait_for(run(), 10))
    assert ended == ["closed"]


def test_an_unexpected_error_in_a_stream_is_an_event_that_shows_nothing_of_the_inside_and_is_logged() -> None:
    async def answering() -> AsyncGenerator[Event]:
        yield Delta("Mistral AI raised")
        raise KeyError("a secret")

    async def run() -> list[bytes]:
        return [event async for event in encode_events(answering(), "id-1")]

    with capture_logs() as logged:
        events = asyncio.run(run())
    names = [event.split(b"\n")[0] for event in events]
    assert names == [b"event: delta", b"event: error", b"event: done"]
    assert b'"status":500' in events[1]
    assert b"id-1" in events[1]
    assert b"secret" not in events[1]
    assert [line["event"] for line in logged] == ["streamed answer failed"]


def test_a_silent_stream_is_kept_alive() -> None:
    sent: list[bytes] = []
    enough = asyncio.Event()

    async def answer() -> AsyncGenerator[bytes]:
        await enough.wait()
        yield b"event: done\n\n"

    async def send(message: Message) -> None:
        sent.append(message.get("body", b""))
        if len(sent) == 3:
            enough.set()

    async def stay() -> Message:
        await asyncio.sleep(30)
        raise AssertionError

    async def run() -> None:
        scope = {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}}
        await EventStream(answer(), keepalive_seconds=0.01)(scope, stay, send)

    asyncio.run(asyncio.wait_for(run(), 10))
    assert sent[1:3] == [b": ping\n\n"] * 2
    assert sent[-2:] == [b"event: done\n\n", b""]


def test_syncing_goes_on_after_an_error() -> None:
    calls: list[int] = []
    synced = asyncio.Event()

    async def run() -> None:
        loop = asyncio.get_running_loop()

        def sync() -> None:
            calls.append(1)
            if len(calls) < 3:
                raise RuntimeError("the disk is full")
            loop.call_soon_threadsafe(synced.set)

        task = asyncio.create_task(keep_in_step(sync, 0.01))
        await asyncio.wait_for(synced.wait(), 10)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    assert len(calls) >= 3


def test_a_worker_that_dies_is_started_again_with_growing_pauses() -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 8:
            raise asyncio.CancelledError

    async def run() -> None:
        with pytest.raises(asyncio.CancelledError):
            await keep_worker(["/nowhere/no-such-program"], pause=pause, clock=lambda: 0.0)

    asyncio.run(run())
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_worker_ends_with_the_server(tmp_path: Path) -> None:
    started = tmp_path / "pid"
    program = f"import os, pathlib, time; pathlib.Path({str(started)!r}).write_text(str(os.getpid())); time.sleep(60)"

    async def run() -> None:
        task = asyncio.create_task(keep_worker([sys.executable, "-c", program]))
        while not started.exists() or not started.read_text():  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(asyncio.wait_for(run(), 30))
    assert not Path(f"/proc/{started.read_text()}").exists()
