"""Files that were made to do harm: each is told by its name, nothing is written elsewhere, and the rest goes in."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.pipeline import run
from ingest.reading import Reader
from rag.catalog import Catalog
from rag.settings import Settings
from tests.conftest import REPOSITORY
from tests.end_to_end.serving import environment
from tests.hash_embedder import HashEmbedder
from tests.made_files import docx, epub, mail, paragraph

STORY = "{}, a start-up in Paris, raised five million dollars on Monday in a round that Example Ventures led."
GIGABYTE = 1_000_000_000
# What the process that ingests may use beyond its start; the one that reads articles has a limit of its own.
MOST_MEMORY = 200_000_000
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]><x>&j;</x>"
)
# Ingests a folder, and prints the report and how many bytes the memory has grown at the most.
WITHIN_BOUNDS = """
import json, resource, sys
from pathlib import Path
from ingest.pipeline import run
from rag.catalog import Catalog
from rag.settings import Settings
from tests.hash_embedder import HashEmbedder

catalog = Catalog.open(Path(sys.argv[1]), create=True)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
report = run(sys.argv[2:], catalog, HashEmbedder(), Settings(), lambda progress: None).to_dict()
print(json.dumps(report | {"grown": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024}))
"""


def within_bounds(library: Path, *sources: Path) -> dict[str, Any]:
    command = [sys.executable, "-c", WITHIN_BOUNDS, library, *sources]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, env=environment(), timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["grown"] < MOST_MEMORY
    return report


def texts(library: Path) -> list[str]:
    catalog = Catalog.open(library)
    try:
        assert catalog.check() == []
        return sorted(catalog.article(article.id).text.partition(",")[0] for article in catalog.articles())
    finally:
        catalog.close()


@contextmanager
def nothing_written_beside(folder: Path) -> Iterator[None]:
    """No file outside of a folder's library may come or change."""
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    yield
    after = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    assert {path for path in after if after[path] != before.get(path) and "library" not in path.parts} == set()


@pytest.mark.slow
def test_a_line_of_a_gigabyte_is_refused_by_its_number_within_bounds_and_the_lines_around_it_go_in(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(json.dumps({"text": STORY.format("Acme")}).encode() + b'\n{"text": "')
        file.seek(GIGABYTE, os.SEEK_CUR)  # a hole: no disk is filled
        file.write(b'"}\n' + json.dumps({"text": STORY.format("Beta")}).encode() + b"\n")
    report = within_bounds(tmp_path / "library", path)
    assert report["added"] == 2
    (failed,) = report["failed"]
    assert failed["source"] == "a.jsonl#line 2"
    assert "larger than" in failed["reason"]
    assert texts(tmp_path / "library") == ["Acme", "Beta"]


def zip_bomb() -> bytes:
    made = io.BytesIO(docx(paragraph(STORY.format("Bomb"))))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("word/media/a.xml", "w") as entry:
        for _ in range(300):
            entry.write(b" " * 1_000_000)
    return made.getvalue()


def nested_mail(depth: int) -> bytes:
    opening = "".join(f'Content-Type: multipart/mixed; boundary="b{i}"\n\n--b{i}\n' for i in range(depth))
    return f"From: a@example.com\nSubject: x\nMIME-Version: 1.0\n{opening}Content-Type: text/plain\n\nx\n".encode()


def test_each_harmful_file_fails_by_its_name_within_bounds_and_the_rest_goes_in(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    harmful = {
        "bomb.docx": zip_bomb(),
        "laughs.docx": docx("", **{"word/document.xml": LAUGHS}),
        "laughs.epub": epub({}, **{"OEBPS/book.opf": LAUGHS}),
        "deep.eml": nested_mail(20_000),
        "cut.pdf": b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog",
        "binary\nname\x1b[31m.md": b"\x00\x01\x02",
        "lines.jsonl": b'{"text": 1}\n',
    }
    sound = {
        "first.md": STORY.format("Acme").encode(),
        "line\nend.md": STORY.format("Beta").encode(),
        "up.epub": epub({"a.xhtml": f"<p>{STORY.format('Gamma')}</p>", "../../../up.xhtml": "<p>Elsewhere.</p>"}),
        "letter.eml": mail(STORY.format("Delta")),
        "last.txt": STORY.format("Omega").encode(),
    }
    for name, body in (harmful | sound).items():
        (folder / name).write_bytes(body)
    with nothing_written_beside(tmp_path):
        report = within_bounds(tmp_path / "library", folder)
    failed = report["failed"]
    sources = [entry["source"].partition("#")[0] for entry in failed]
    assert sources == sorted(name.replace("\n", "\\n").replace("\x1b", "\\x1b") for name in harmful)
    for entry in failed:
        assert entry["source"].partition("#")[0] in entry["reason"]
        assert entry["reason"].isprintable(), "a name must not write on a terminal"
    assert report["added"] == len(sound)
    assert [text for text in texts(tmp_path / "library") if text in ("Acme", "Beta", "Delta", "Omega")] == [
        "Acme", "Beta", "Delta", "Omega",
    ]  # fmt: skip


PIECES = st.sampled_from(
    ["<p>", "</p>", "<div>", "</div>", "<article>", "<table><tr><td>", "</table>", "<ul><li>", "<script>", "</script>",
     "<!--", "-->", "<![CDATA[", "]]>", "<svg>", "<template>", "<a href='javascript:x'>", "&amp;", "&#0;", "&#x110000;",
     "<h1>", "<base href='//x'>", "\x00", "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
     "<meta charset='utf-7'>", "<time datetime='0000-99-99'>", '<script type="application/ld+json">{"a":[', "é",
     "\u202e", "<frameset>", "<plaintext>", "<noscript>", "<p " + "a=b " * 50 + ">", STORY.format("Acme")]
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pages=st.lists(st.lists(PIECES | st.text(max_size=20), max_size=40), min_size=1, max_size=4))
def test_pages_of_any_markup_fail_one_by_one_or_go_in_whole(
    pages: list[list[str]], reader: Reader, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("pages")
    folder = root / "articles"
    folder.mkdir()
    for number, page in enumerate(pages):
        (folder / f"{number}.html").write_text("<html><body>" + "".join(page), encoding="utf-8", errors="replace")
    (folder / "sound.md").write_text(STORY.format("Sound"))
    catalog = Catalog.open(root / "library", create=True)
    try:
        report = run([str(folder)], catalog, HashEmbedder(), Settings(), lambda _: None, reader=reader)
        assert report.done == len(pages) + 1
        assert "sound.md" in {article.source for article in catalog.articles()}
        assert {failure.source for failure in report.failed} <= {f"{number}.html" for number in range(len(pages))}
        assert catalog.check() == []
        assert len(catalog.failures()) == len(report.failed)
    finally:
        catalog.close()
