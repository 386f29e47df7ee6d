"""`dossier serve` as who runs it has it: a process, a port, a library that others write to."""

import json
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.end_to_end.serving import Running, dossier, served
from tests.web_server import ARTICLE, Answer, WebServer

PATIENCE = 60.0  # for things that take a second or two on a machine that has time


@pytest.fixture
def server(corpus_copy: Path, tmp_path: Path) -> Iterator[Running]:
    with served(corpus_copy, tmp_path / "server.log") as running:
        yield running


def eventually(found: Callable[[], Any], patience: float = PATIENCE) -> Any:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if value := found():
            return value
        time.sleep(0.1)
    raise AssertionError(f"not within {patience} s")


def sources_of(server: Running, question: str) -> set[str]:
    answer = httpx.post(f"{server.address}/v1/ask", json={"question": question}, timeout=30).json()
    return {citation["title"] for citation in answer["citations"]}


def workers(server: Running) -> list[psutil.Process]:
    children = psutil.Process(server.process.pid).children()
    return [
        child for child in children if child.status() != psutil.STATUS_ZOMBIE and "ingest.worker" in child.cmdline()
    ]


def test_it_answers_without_torch_and_transformers_in_little_memory(corpus_copy: Path, tmp_path: Path) -> None:
    program = "import sys; from ingest.cli import app; sys.argv[0] = 'dossier'; app()"
    command = (sys.executable, "-X", "importtime", "-c", program, "serve")
    with served(corpus_copy, tmp_path / "server.log", command=command) as server:
        answer = httpx.post(
            f"{server.address}/v1/ask", json={"question": "Who led Mistral AI's Series A?"}, timeout=30
        ).json()
        assert answer["status"] == "answered"
        eventually(lambda: httpx.get(f"{server.address}/readyz").status_code == 200)
        assert psutil.Process(server.process.pid).memory_info().rss < 700_000_000
    imported = {
        line.rsplit("|", 1)[1].strip().split(".")[0] for line in server.log.read_text().splitlines() if "|" in line
    }
    assert {"fastapi", "onnxruntime", "tantivy"} <= imported
    assert not {"torch", "transformers", "sentence_transformers", "trafilatura"} & imported


def test_an_article_that_another_process_ingests_is_found_by_the_running_server(
    server: Running, tmp_path: Path
) -> None:
    assert not sources_of(server, "How much did Quendric raise?")
    article = tmp_path / "new.md"
    article.write_text(
        "---\ntitle: Quendric raises money\n---\n\nQuendric raised $77 million in a Series B in May 2024.\n"
    )
    library = str(tmp_path / "library")
    done = dossier("ingest", str(article), "--library", library)
    assert done.returncode == 0, done.stderr
    eventually(lambda: "Quendric raises money" in sources_of(server, "How much did Quendric raise?"))


def test_a_posted_file_becomes_an_article_that_answers(server: Running) -> None:
    text = "# Quendric opens a laboratory\n\nQuendric opened a laboratory in Lyon on 3 May 2024, with 31 people.\n"
    posted = httpx.post(f"{server.address}/v1/articles", files={"file": ("quendric.md", text, "text/markdown")})
    assert posted.status_code == 202
    address = server.address + posted.headers["location"]
    job = eventually(lambda: (job := httpx.get(address).json())["status"] in ("done", "failed") and job)
    assert job["status"] == "done", job
    assert (
        httpx.get(f"{server.address}/v1/articles/{job['article_id']}").json()["title"] == "Quendric opens a laboratory"
    )
    eventually(lambda: sources_of(server, "Where did Quendric open a laboratory?") == {"Quendric opens a laboratory"})


def test_a_posted_file_that_is_no_article_fails_its_job_and_nothing_else(server: Running) -> None:
    body = bytes(range(256)) * 40
    posted = httpx.post(f"{server.address}/v1/articles", files={"file": ("noise.md", body)})
    address = server.address + posted.headers["location"]
    job = eventually(lambda: (job := httpx.get(address).json())["status"] in ("done", "failed") and job)
    assert job["status"] == "failed"
    assert "noise.md" in job["error"]
    eventually(lambda: httpx.get(f"{server.address}/readyz").status_code == 200)


def ended(server: Running, location: str) -> dict[str, Any]:
    """The job when it is done or has failed."""

    def found() -> Any:
        job = httpx.get(server.address + location, timeout=30).json()
        return job["status"] in ("done", "failed") and job

    job: dict[str, Any] = eventually(found)
    return job


ALLOWED = {"DOSSIER_FETCH_ALLOW": "127.0.0.0/8", "DOSSIER_FETCH_DELAY": "0"}


def test_a_posted_address_is_fetched_by_the_worker_and_becomes_an_article_that_answers(
    corpus_copy: Path, tmp_path: Path
) -> None:
    with (
        WebServer().running() as web,
        served(corpus_copy, tmp_path / "server.log", ALLOWED) as server,
    ):
        words = "Quendric opened a laboratory in Lyon on 3 May 2024, with 31 people who had worked for it before."
        web.pages["/story"] = Answer(ARTICLE.replace("Acme raised", f"{words} Acme raised"))
        posted = httpx.post(f"{server.address}/v1/articles", json={"url": f"{web.url}/story"})
        assert posted.status_code == 202
        job = ended(server, posted.headers["location"])
        assert (job["status"], job["name"]) == ("done", f"{web.url}/story"), job
        article = httpx.get(f"{server.address}/v1/articles/{job['article_id']}").json()
        assert article["url"] == f"{web.url}/story"
        eventually(lambda: "Acme raises" in sources_of(server, "Where did Quendric open a laboratory?"))


def test_a_posted_address_of_the_machine_itself_is_not_fetched(server: Running) -> None:
    for address in (server.address, "http://169.254.169.254/latest/meta-data/", "http://0x7f.1/"):
        posted = httpx.post(f"{server.address}/v1/articles", json={"url": address})
        job = ended(server, posted.headers["location"])
        assert job["status"] == "failed"
        assert "may not be fetched" in job["error"]


def test_a_posted_file_that_hangs_the_parser_fails_alone(corpus_copy: Path, tmp_path: Path) -> None:
    with served(corpus_copy, tmp_path / "server.log", {"DOSSIER_READ_TIMEOUT": "3"}) as server:
        (worker,) = eventually(lambda: workers(server))
        locations = []
        for name, text in (("list.md", "- a\n" * 4_000_000), ("good.md", "# Quendric\n\nQuendric has 31 people.\n")):
            posted = httpx.post(f"{server.address}/v1/articles", files={"file": (name, text)}, timeout=30)
            locations.append(posted.headers["location"])
        hung, good = (ended(server, location) for location in locations)
        assert (hung["status"], good["status"]) == ("failed", "done")
        assert hung["error"].startswith("list.md takes longer than 3 seconds to read.")
        assert workers(server) == [worker]


def test_jobs_survive_a_server_and_a_worker_that_are_killed_at_any_moment(corpus_copy: Path, tmp_path: Path) -> None:
    names = [f"story-{number}" for number in range(6)]
    locations: list[str] = []
    with WebServer().running() as web:
        for name in names:
            web.pages[f"/{name}"] = Answer(ARTICLE.replace("Acme", f"Quendric {name}"), headers={"ETag": f'"{name}"'})
        for kill, pause in enumerate((0.0, 1.0, 2.5)):
            with served(corpus_copy, tmp_path / f"{kill}.log", ALLOWED) as server:
                for name in names[2 * kill : 2 * kill + 2]:
                    file = {"file": (f"{name}.md", f"# File {name}\n\nQuendric {name} has {kill + 31} people.")}
                    url = {"url": f"{web.url}/{name}"}
                    for posted in (
                        httpx.post(f"{server.address}/v1/articles", files=file, timeout=30),
                        httpx.post(f"{server.address}/v1/articles", json=url, timeout=30),
                    ):
                        locations.append(posted.headers["location"])
                time.sleep(pause)  # the moment of the kill, not a wait for anything
                for child in psutil.Process(server.process.pid).children(recursive=True):
                    child.kill()
                server.process.kill()
        with served(corpus_copy, tmp_path / "last.log", ALLOWED) as server:
            jobs = [ended(server, location) for location in locations]
            listed = httpx.get(f"{server.address}/v1/articles", params={"limit": 1000}, timeout=30).json()["articles"]
    assert {job["status"] for job in jobs} == {"done"}, jobs
    made = [article["id"] for article in listed if "story-" in article["title"]]
    assert sorted(made) == sorted(job["article_id"] for job in jobs)  # each once
    assert len(made) == len(set(made)) == 12


def test_a_worker_that_is_killed_comes_back_and_ends_with_the_server(corpus_copy: Path, tmp_path: Path) -> None:
    with served(corpus_copy, tmp_path / "server.log") as server:
        (first,) = eventually(lambda: workers(server))
        first.kill()
        second = eventually(lambda: [worker for worker in workers(server) if worker.pid != first.pid])[0]
    assert server.process.returncode == 0
    assert not second.is_running()


def test_a_server_that_is_killed_takes_its_worker_with_it(corpus_copy: Path, tmp_path: Path) -> None:
    with served(corpus_copy, tmp_path / "server.log") as server:
        (worker,) = eventually(lambda: workers(server))
        server.process.kill()
        eventually(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
    with served(corpus_copy, tmp_path / "again.log") as again:
        assert httpx.get(f"{again.address}/v1/articles", timeout=30).json()["total"] > 20


def test_it_stops_in_order_when_it_is_asked_to(server: Running) -> None:
    eventually(lambda: workers(server))
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(20) == 0
    log = server.log.read_text()
    assert "Traceback" not in log
    assert "Fatal" not in log


def test_a_port_in_use_is_named_with_the_remedy(corpus_copy: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = dossier("serve", "--library", str(corpus_copy), "--port", str(port))
    assert done.returncode == 2
    assert str(port) in done.stderr
    assert "DOSSIER_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_library_that_is_not_there_is_named_with_the_remedy(tmp_path: Path) -> None:
    done = dossier("serve", "--library", str(tmp_path / "none"), "--port", "0")
    assert done.returncode == 2
    assert "none" in done.stderr
    assert "ingest" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_log_is_json_when_asked_for_and_holds_no_question(corpus_copy: Path, tmp_path: Path) -> None:
    with served(corpus_copy, tmp_path / "server.log", {"DOSSIER_LOG_JSON": "true"}) as server:
        httpx.post(f"{server.address}/v1/ask", json={"question": "Who led the zyxwvian round?"}, timeout=30)
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    request = next(line for line in lines if line.get("path") == "/v1/ask")
    assert request["status"] == 200
    assert request["request_id"]
    assert "zyxwvian" not in server.log.read_text()
