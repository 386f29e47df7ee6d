"""Reading in a process of its own: what a document does to a parser fails that document, and nothing else."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import psutil
import pytest

from ingest.document import Document, Told
from ingest.pipeline import run
from ingest.reading import Reader
from ingest.reading.article import read_article
from ingest.reading.messages import Reply, Request, read_reply, read_request, write_reply, write_request
from rag.catalog import Catalog
from rag.errors import ConfigurationError, SourceError
from rag.settings import Settings
from tests.conftest import REPOSITORY, place_model
from tests.end_to_end.serving import DOSSIER, environment
from tests.hash_embedder import HashEmbedder

TODAY = date(2026, 11, 23)
HOSTILE = (sys.executable, "-P", "-m", "tests.hostile_reader")
GOOD = "# Acme raises\n\nAcme raised $5 million on Monday, two people said.\n"
PATIENCE = 60.0


@pytest.fixture(scope="module")
def hostile() -> Iterator[Reader]:
    with Reader(Settings(read_timeout=3, read_memory_mb=250), HOSTILE) as reader:
        yield reader


def text_of(reader: Reader, body: str | bytes, name: str = "a.md") -> str:
    return reader.read(Document(body if isinstance(body, bytes) else body.encode()), name, TODAY).text


def eventually(found: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def has_ended(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        ("sleep", "takes longer than 3 seconds"),
        ("spin", "takes longer than 3 seconds"),
        ("eat", "needs more than 250 MB of memory"),
        ("abort", "broke the parser (SIGABRT)"),
        ("crash", "broke the parser (SIGSEGV)"),
        ("overflow", "broke the parser (SIGSEGV)"),
        ("exit", "broke the parser (status 0)"),
        ("lie", "broke the parser"),
        ("recurse", "could not be parsed: RecursionError"),
    ],
)
def test_what_harms_a_parser_is_an_error_that_names_it_and_the_next_is_read(
    hostile: Reader, harm: str, reason: str
) -> None:
    with pytest.raises(SourceError) as caught:
        text_of(hostile, harm, "harm.md")
    assert str(caught.value).startswith("harm.md ")
    assert reason in caught.value.message
    assert caught.value.hint
    assert "two people said" in text_of(hostile, GOOD)


def test_one_process_reads_many_documents_and_another_goes_on_after_a_failure(hostile: Reader) -> None:
    first = text_of(hostile, "process")
    assert text_of(hostile, "process") == first
    with pytest.raises(SourceError):
        text_of(hostile, "abort")
    assert text_of(hostile, "process") != first


def test_what_a_parser_prints_disturbs_nothing(hostile: Reader) -> None:
    assert "chatter" in text_of(hostile, "chatter and so on, said two people who know")
    assert "two people said" in text_of(hostile, GOOD)


def test_half_a_character_does_not_break_the_channel(hostile: Reader) -> None:
    assert text_of(hostile, "surrogate") == "half a pair: ?."


def test_no_key_and_no_setting_reaches_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DOSSIER_MODEL_API_KEY", "MISTRAL_API_KEY", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "DB_PASSWORD"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("LANG", "C.UTF-8")
    with Reader(Settings(), HOSTILE) as reader:
        names = text_of(reader, "environment").split()
    assert "LANG" in names
    assert not [name for name in names if name.startswith("DOSSIER") or "KEY" in name or "TOKEN" in name]
    assert "DB_PASSWORD" not in names


def test_a_real_page_that_takes_too_long_or_too_much_memory_fails_alone() -> None:
    with Reader(Settings(read_timeout=1)) as reader:
        text_of(reader, GOOD)
        with pytest.raises(SourceError, match=r"list\.md takes longer than 1 seconds"):
            text_of(reader, "- a\n" * 2_000_000, "list.md")
        assert text_of(reader, GOOD)
    with Reader(Settings(read_memory_mb=250)) as reader:
        with pytest.raises(SourceError, match=r"bold\.html needs more than 250 MB"):
            text_of(reader, "<html><body><p>" + "<b>a</b> " * 800_000, "bold.html")
        assert text_of(reader, GOOD)


def test_the_reader_finds_what_reading_here_finds(reader: Reader) -> None:
    told = Told(url="https://a.example/story", author="A. Writer", published="2023-06-13")
    for path in sorted((REPOSITORY / "docs_corpus").glob("*.md"))[:5]:
        document = Document(path.read_bytes(), told)
        assert reader.read(document, path.name, TODAY) == read_article(document, path.name, TODAY)


def test_a_request_arrives_as_it_was_sent_and_a_reply_too() -> None:
    document = Document(b"\x00\xff\n" * 10, Told(url="https://a.example/ü", author="\ud83d"))
    sent = write_request(Request(document, "a\n\ud83d.md", TODAY, 7, "abc"))

    def receive() -> bytes:
        nonlocal sent
        length = int.from_bytes(sent[:8])
        payload, sent = sent[8 : 8 + length], sent[8 + length :]
        return payload

    assert read_request(receive) == Request(document, "a\n\ud83d.md", TODAY, 7, "abc")
    reply = Reply("abc", refusal=("a", "b"), last=True)
    assert read_reply(write_reply(reply)[8:], "abc") == reply


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"article": null}',
        b'{"token": "another"}',
        b'{"token": "abc", "article": {"text": 5, "title": "a"}}',
        b'{"token": "abc", "article": {"text": "a", "title": "b", "companies": "c"}}',
        b'{"token": "abc", "article": {"text": "a", "title": "b", "date_source": "a guess"}}',
    ],
)
def test_a_reply_of_other_types_or_to_another_request_is_refused(payload: bytes) -> None:
    with pytest.raises(ValueError):
        read_reply(payload, "abc")


def test_a_process_that_does_not_start_is_no_fault_of_the_document() -> None:
    with (
        Reader(Settings(), (sys.executable, "-c", "raise SystemExit(3)")) as reader,
        pytest.raises(ConfigurationError, match="status 3"),
    ):
        text_of(reader, GOOD)
    with Reader(Settings(), ("/nowhere/python",)) as reader, pytest.raises(ConfigurationError, match="started"):
        text_of(reader, GOOD)


def test_stopping_ends_what_is_being_read_at_once_and_the_next_is_read_again() -> None:
    failures: list[str] = []

    def read_for_long() -> None:
        try:
            text_of(reader, "sleep")
        except SourceError as error:
            failures.append(error.message)

    with Reader(Settings(read_timeout=500), HOSTILE) as reader:
        text_of(reader, GOOD)
        thread = threading.Thread(target=read_for_long)
        thread.start()
        while thread.is_alive():
            reader.stop()
            thread.join(0.05)
        assert failures == ["a.md was not read: the run was stopped."]
        reader.stop()
        assert text_of(reader, GOOD)


def test_each_kind_of_harm_fails_its_item_and_the_rest_of_an_ingest_goes_in(tmp_path: Path, hostile: Reader) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    harms = ("abort", "crash", "eat", "recurse", "spin")
    for number, harm in enumerate(harms):
        (articles / f"{number}-{harm}.md").write_text(harm)
        (articles / f"{number}-good.md").write_text(GOOD.replace("5", str(number + 2)))
    catalog = Catalog.open(tmp_path / "library", create=True)
    try:
        report = run([str(articles)], catalog, HashEmbedder(), Settings(), lambda _: None, reader=hostile)
        assert report.added == len(harms)
        assert [failure.source.partition("-")[2] for failure in report.failed] == [f"{harm}.md" for harm in harms]
        entry = catalog.ledger(str(articles / "0-abort.md"))
        assert entry is not None
        assert "SIGABRT" in (entry.error or "")
    finally:
        catalog.close()


READ_FOR_EVER = """
import sys
from datetime import date
from ingest.document import Document
from ingest.reading import Reader
from rag.settings import Settings

with Reader(Settings(read_timeout=500), (sys.executable, "-P", "-m", "tests.hostile_reader")) as reader:
    print(reader.read(Document(b"process"), "a.md", date(2026, 11, 23)).text, flush=True)
    reader.read(Document(sys.argv[1].encode()), "a.md", date(2026, 11, 23))
"""


@pytest.mark.parametrize("doing", ["spin", "sleep"])
def test_the_process_ends_with_a_parent_that_is_killed_whatever_it_is_busy_with(doing: str) -> None:
    command = [sys.executable, "-c", READ_FOR_EVER, doing]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        if doing == "spin":
            eventually(lambda: psutil.Process(child).cpu_times().user > 1)
        parent.kill()
    eventually(lambda: has_ended(child))


def test_ctrl_c_ends_an_ingest_whose_parser_hangs_and_the_process_it_hangs_in(
    tmp_path: Path, model_folder: Path
) -> None:
    (tmp_path / "a.md").write_text(GOOD)
    (tmp_path / "b.md").write_text("- a\n" * 4_900_000)
    place_model(model_folder, tmp_path / "library")
    command = [
        DOSSIER,
        "ingest",
        str(tmp_path / "a.md"),
        str(tmp_path / "b.md"),
        "--library",
        str(tmp_path / "library"),
    ]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, start_new_session=True) as ingest:
        children: list[psutil.Process] = []

        def is_reading() -> bool:
            children[:] = psutil.Process(ingest.pid).children()
            return bool(children) and children[0].cpu_times().user > 1.5

        eventually(is_reading)
        os.killpg(ingest.pid, signal.SIGINT)
        _, errors = ingest.communicate(timeout=PATIENCE)
    assert (ingest.returncode, errors) == (130, b"")
    assert has_ended(children[0].pid)


def test_a_stop_that_comes_as_a_reading_ends_fails_no_other_one() -> None:
    with Reader(Settings()) as reader:
        for number in range(3):
            assert reader.read(Document(b"# Acme\n\nIt raised money."), f"{number}.md", TODAY).title == "Acme"
            reader._is_reading = True  # as another thread may still see it
            reader.stop()
            reader._is_reading = False
