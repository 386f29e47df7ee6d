"""`dossier ingest` as its users have it: the real command, the real model, real faults."""

import json
import mailbox
import os
import signal
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from rag.catalog import Catalog
from rag.errors import LibraryError
from rag.inbox import Inbox
from rag.settings import Settings
from tests.conftest import place_model
from tests.made_files import column, docx, epub, mail, paragraph, pdf

DOSSIER = Path(sys.executable).with_name("dossier")
REPOSITORY = Path(__file__).resolve().parents[2]

ARTICLES = {
    "seed.md": "---\ntitle: Acme raises\npublished: 2023-06-13\n---\nAcme raised $113 million from Example Ventures.",
    "damaged.txt": "# Beta\n\nTimothée Lacroix’s team has 22 employees.".encode().decode("mac_roman"),
    "page.html": "<html><head><title>Gamma</title></head><body><p>Gamma has an office in Köln.</p></body></html>",
}


def dossier(*arguments: str | Path, check: int | None = 0, **environ: str) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [DOSSIER, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONWARNINGS": "error::DeprecationWarning:ingest", **environ},
    )
    assert check is None or done.returncode == check, done.stderr
    return done


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def library(tmp_path: Path, model_folder: Path) -> Path:
    place_model(model_folder, tmp_path / "library")
    return tmp_path / "library"


def test_articles_go_in_once_change_and_fail_one_by_one(articles: Path, library: Path) -> None:
    first = dossier("ingest", articles, "--library", library)
    assert [line.split() for line in first.stdout.splitlines()[:4]] == [
        ["added", "3"],
        ["updated", "0"],
        ["unchanged", "0"],
        ["failed", "0"],
    ]
    assert first.stderr == ""  # no progress bar where nobody watches

    (articles / "seed.md").write_text("# Acme\n\nAcme raised $120 million.")
    (articles / "broken.md").write_bytes(b"\x00\x01\x02")
    again = dossier("ingest", articles, "--library", library, "--json", check=1)
    report = json.loads(again.stdout)
    assert (report["added"], report["updated"], report["unchanged"], report["chunks_embedded"]) == (0, 1, 2, 1)
    assert [failure["source"] for failure in report["failed"]] == ["broken.md"]
    assert "broken.md is binary" in report["failed"][0]["reason"]

    shown = dossier("ingest", articles, "--library", library, check=1)
    assert "broken.md is binary" in shown.stdout
    remaining = json.loads(dossier("failures", "--library", library, "--json").stdout)
    assert [entry["location"] for entry in remaining] == [str(articles / "broken.md")]
    assert "broken.md is binary" in dossier("failures", "--library", library).stdout
    (articles / "broken.md").write_text("# Delta\n\nDelta has an office in Rome.")
    mended = json.loads(dossier("ingest", articles, "--library", library, "--json").stdout)
    assert (mended["added"], mended["unchanged"]) == (1, 3)
    assert dossier("failures", "--library", library).stdout == ""
    (articles / "broken.md").unlink()
    listed = json.loads(dossier("articles", "--library", library, "--json").stdout)
    assert sorted(article["title"] for article in listed) == ["Acme", "Beta", "Delta", "Gamma"]
    assert dossier("check", "--library", library).stdout.startswith("ok")


def test_a_dry_run_tells_what_prune_would_do_and_prune_does_it(articles: Path, library: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    shown = dossier("ingest", articles, "--dry-run", "--library", new)
    assert "added     damaged.txt" in shown.stdout
    assert "nothing was changed" in shown.stdout
    assert not new.exists()

    assert "passed over" not in shown.stdout
    (articles / "rounds.csv").write_text("company,amount\n")
    passed_over = dossier("ingest", articles, "--library", library).stdout
    assert "passed over, of kinds that are not read: 1 .csv\n" in passed_over
    (articles / "seed.md").unlink()
    assert "1 have vanished" in dossier("ingest", articles, "--library", library).stdout
    rehearsed = json.loads(dossier("ingest", articles, "--prune", "--dry-run", "--json", "--library", library).stdout)
    assert (rehearsed["dry_run"], rehearsed["removed"], rehearsed["unchanged"]) == (True, 1, 2)
    assert {"event": "removed", "source": "seed.md"} in rehearsed["events"]
    assert "$113 million" in dossier("ask", "How much did Acme raise?", "--library", library).stdout
    assert json.loads(dossier("ingest", articles, "--prune", "--json", "--library", library).stdout)["removed"] == 1
    assert "$113 million" not in dossier("ask", "How much did Acme raise?", "--library", library).stdout
    assert dossier("check", "--library", library).stdout.startswith("ok")

    for path in articles.iterdir():
        path.unlink()
    held = dossier("ingest", articles, "--prune", "--library", library, check=1)
    assert "not pruned: 2 articles have vanished" in held.stdout
    assert "removed    2" in dossier("ingest", articles, "--prune", "--force", "--library", library).stdout


def test_a_pile_of_files_of_every_kind_becomes_a_library_that_answers(library: Path, tmp_path: Path) -> None:
    stories = {
        kind: f"{name} raised ${amount} million from Example Ventures in a seed round."
        for kind, name, amount in (
            *(("pdf", "Acme", 5), ("docx", "Beta", 7), ("epub", "Gamma", 9), ("eml", "Delta", 11)),
            *(("jsonl", "Omega", 13), ("html", "Sigma", 15), ("md", "Kappa", 17), ("txt", "Lambda", 19)),
        )
    }
    files = {
        "pdf": pdf([column(stories["pdf"])], {"Title": "Acme raises"}),
        "docx": docx(paragraph("Beta raises", "Title") + paragraph(stories["docx"])),
        "epub": epub({"one.xhtml": f"<p>{stories['epub']}</p>"}, "<dc:title>Gamma raises</dc:title>"),
        "eml": mail(stories["eml"], Subject="Delta raises", From="jo@news.example"),
        "jsonl": json.dumps({"title": "Omega raises", "text": stories["jsonl"]}).encode(),
        "html": f"<html><head><title>Sigma raises</title></head><body><p>{stories['html']}</p></body></html>".encode(),
        "md": f"# Kappa raises\n\n{stories['md']}".encode(),
        "txt": f"Lambda raises\n\n{stories['txt']}".encode(),
    }
    (tmp_path / "pile").mkdir()
    for kind, body in files.items():
        (tmp_path / "pile" / f"story.{kind}").write_bytes(body)
    report = json.loads(dossier("ingest", tmp_path / "pile", "--library", library, "--json").stdout)
    assert (report["added"], report["failed"]) == (8, [])
    found = json.loads(dossier("articles", "--library", library, "--json").stdout)
    assert {one["title"] for one in found} == {f"{story.split()[0]} raises" for story in stories.values()}
    for name, amount in (("Acme", 5), ("Beta", 7), ("Gamma", 9), ("Omega", 13)):
        assert f"${amount} million" in dossier("ask", f"How much did {name} raise?", "--library", library).stdout


def test_an_inbox_becomes_a_library_that_answers(library: Path, tmp_path: Path) -> None:
    letters = {}
    for name, amount in (("Acme", 5), ("Beta", 7), ("Gamma", 9)):
        letters[name] = message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "jo@news.example", "me@example.com", f"{name} raises money"
        message["Date"], message["Message-ID"] = "Tue, 13 Jun 2023 08:00:00 +0000", f"<{name}@news.example>"
        message.set_content(f"{name} raised ${amount} million from Example Ventures in a seed round.\n")
    (tmp_path / "mail").mkdir()
    mailbox.Maildir(tmp_path / "mail" / "Inbox").add(letters["Acme"])
    archive = mailbox.mbox(tmp_path / "mail" / "Archive")
    archive.add(letters["Beta"])
    archive.close()
    (tmp_path / "mail" / "saved.eml").write_bytes(letters["Gamma"].as_bytes())
    report = json.loads(dossier("ingest", tmp_path / "mail", "--library", library, "--json").stdout)
    assert (report["added"], report["failed"]) == (3, [])
    assert "$7 million" in dossier("ask", "How much did Beta raise?", "--library", library).stdout
    found = json.loads(dossier("articles", "--library", library, "--json").stdout)
    assert {(one["published"], one["date_source"]) for one in found} == {("2023-06-13", "mail header")}


def test_what_was_repaired_is_what_is_found(articles: Path, library: Path) -> None:
    dossier("ingest", f"{articles}/*.txt", "--library", library)
    answer = json.loads(dossier("search", "How many employees?", "--library", library, "--json").stdout)
    assert "Timothée Lacroix’s team has 22 employees." in json.dumps(answer, ensure_ascii=False)


@pytest.mark.parametrize("source", ["nowhere.md", "*.nothing", "ftp://example.com/a"])
def test_a_wrong_source_is_told_and_makes_no_library(tmp_path: Path, articles: Path, source: str) -> None:
    done = dossier("ingest", articles, source, "--library", tmp_path / "new", check=2)
    assert done.stdout == ""
    assert source in done.stderr
    assert "hint:" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "new").exists()


def test_a_wrong_setting_is_told(tmp_path: Path, articles: Path) -> None:
    done = dossier("ingest", articles, "--library", tmp_path / "new", check=2, DOSSIER_MAX_ARTICLE_MB="many")
    assert "DOSSIER_MAX_ARTICLE_MB" in done.stderr


def test_a_library_that_cannot_be_made_or_opened_is_told(tmp_path: Path, articles: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert "file" in dossier("ingest", articles, "--library", tmp_path / "file" / "library", check=2).stderr
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "catalog.sqlite").write_text("no database, but long enough to be read as one" * 50)
    assert "catalog.sqlite" in dossier("ingest", articles, "--library", tmp_path / "damaged", check=2).stderr


def test_help_is_there_without_the_heavy_packages() -> None:
    script = (
        "import sys; from ingest.cli import app\n"
        "heavy = {'torch', 'transformers', 'chromadb', 'onnxruntime', 'trafilatura', 'tantivy', 'langchain_core'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_an_interrupt_ends_with_a_summary_and_a_whole_library(tmp_path: Path, library: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(3000):
        (folder / f"{i:04}.md").write_text(f"# Story {i}\n\n" + f"Acme {i} raised {i} million dollars. " * 12)
    command = subprocess.Popen(
        [DOSSIER, "ingest", folder, "--library", library, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not article_count(library):
        time.sleep(0.1)
    command.send_signal(signal.SIGINT)
    out, errors = command.communicate(timeout=60)
    assert command.returncode == 130, errors
    report = json.loads(out)
    assert report["interrupted"]
    assert 0 < report["added"] == article_count(library) < 3000
    assert dossier("check", "--library", library).stdout.startswith("ok")


def article_count(library: Path) -> int:
    try:
        catalog = Catalog.open(library)
    except LibraryError:  # it is being made
        return 0
    try:
        return catalog.counts()[0]
    finally:
        catalog.close()


# the inbox worker


def start_worker(library: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "ingest.worker", "--library", library]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("end", ["its parent is gone", "SIGTERM"])
def test_the_worker_takes_what_was_posted_and_ends_when(end: str, library: Path) -> None:
    catalog = Catalog.open(library, create=True)
    inbox = Inbox(catalog, Settings())
    job = inbox.add("story.md", "text/markdown", b"# Acme\n\nAcme raised $5 million.")
    worker = start_worker(library)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and catalog.counts()[0] == 0:
        time.sleep(0.1)
    if end == "SIGTERM":
        worker.terminate()
        assert worker.wait(20) == 0
    _, errors = worker.communicate(timeout=20)
    assert (worker.returncode, errors) == (0, b"")
    done = inbox.job(job.id)
    assert done is not None
    assert (done.status, done.article_id) == ("done", next(iter(catalog.articles())).id)
    catalog.close()


def test_a_worker_without_a_library_says_so(tmp_path: Path) -> None:
    worker = start_worker(tmp_path / "nowhere")
    assert b"There is no library" in worker.communicate(timeout=30)[1]
    assert worker.returncode == 1
