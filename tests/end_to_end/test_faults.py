"""What a library survives: kills, damage, a full disk, a read-only disk, several processes at once."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

import rag
from rag.catalog import Catalog
from rag.documents import Article, Chunk
from rag.embedding import Embedder, without_sentences
from rag.indexes import Indexes, state
from rag.library import differences
from rag.settings import Settings
from tests.conftest import REPOSITORY, ingest_into, place_model
from tests.end_to_end.serving import DOSSIER, dossier, environment, served

QUESTION, QUOTE = "How much did Acme raise in its Series A?", "$12 million"
ACME = "# Acme raises money\n\nAcme raised $12 million in its Series A, led by Fund One.\n"

SUBJECTS = (
    "bread rivers copper winter letters orchards glass ferries maps wool clocks islands salt bridges paper horses "
    "lamps stone gardens music rope harbours flour silver stairs kites wells towers honey timber chalk boats drums"
).split()


def story(number: int, version: int) -> str:
    """An article of one to four paragraphs, each of which says of which article and version it is."""
    count = 1 + (number + version) % 4
    words = random.Random(number)  # of its own: of forty copies of one story, their order says which are compared
    paragraphs = [
        f"Part {part} of {count}: in version {version}, Startup {number} raised ${part + 1} million. "
        f"It speaks of {' '.join(words.choices(SUBJECTS, k=40))}."
        for part in range(count)
    ]
    return f"# Startup {number} in the news\n\n" + "\n\n".join(paragraphs) + "\n"


def contents(library: Path) -> dict[str, tuple[object, ...]]:
    """Everything a library holds, by source: the article with its text, its chunks, their vectors."""
    catalog = Catalog.open(library)
    try:
        found = {}
        for listed in catalog.articles():
            article = catalog.article(listed.id)
            stored = catalog.chunks_of([article.id])
            found[article.source] = (article, *((part.chunk, part.vector.tobytes()) for part in stored))
        assert len(found) == catalog.counts()[0]  # no source twice
        return found
    finally:
        catalog.close()


def is_whole(article: Article) -> bool:
    """All of one version of its story."""
    versions = set(re.findall(r"in version (\d+)", article.text))
    parts = re.findall(r"Part (\d) of (\d)", article.text)
    return len(versions) == 1 and {int(part) for part, _ in parts} == set(range(int(parts[0][1])))


def answers(library: Path) -> None:
    """The library answers with the right quote, and nothing is wrong with it then."""
    with rag.open(library) as opened:
        answer = opened.ask(QUESTION)
        assert QUOTE in answer.text
        assert all(opened.article(c.article_id).text[c.start : c.end] == c.quote for c in answer.citations)
    assert differences(Settings(library=library)) == []


# kills


@pytest.mark.slow
def test_an_ingest_killed_at_25_random_moments_leaves_a_whole_library_that_can_be_finished(
    tmp_path: Path, model_folder: Path, embedder: Embedder
) -> None:
    moments = random.Random(231211)
    folder, library = tmp_path / "articles", tmp_path / "library"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.md").write_text(story(number, 0))
    place_model(model_folder, library)
    command = [DOSSIER, "ingest", str(folder), "--library", str(library)]

    def run(seconds: float | None) -> int:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment())
        try:
            _, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            _, errors = process.communicate()
        assert b"Traceback" not in errors, errors
        return process.returncode

    longest = 6.0
    kills = 0
    for attempt in range(1, 26):
        for number in moments.sample(range(40), 12):  # there is always something to do, to replace and to remove
            (folder / f"{number:02}.md").write_text(story(number, attempt))
        started = time.perf_counter()
        if run(moments.uniform(0.3, longest)) < 0:
            kills += 1
        else:  # it was done before: kills are to come while there is something to do
            longest = max(0.6, 1.1 * (time.perf_counter() - started))
        if not (library / "catalog.sqlite").exists():
            continue
        if attempt % 5 == 0:
            done = dossier("check", "--library", str(library))
            assert done.returncode == 0 or "There is no library" in done.stderr, done
        elif (library / "catalog.sqlite").stat().st_size or (library / "catalog.sqlite-wal").stat().st_size:
            assert differences(Settings(library=library)) == []
        for article, *chunks in contents(library).values():
            assert isinstance(article, Article)
            assert is_whole(article)
            assert chunks
    assert kills >= 8, "the kills came too late: hardly an ingest was still running"

    for number in range(40):
        (folder / f"{number:02}.md").write_text(story(number, 99))
    assert run(None) == 0
    undisturbed = tmp_path / "undisturbed"
    place_model(model_folder, undisturbed)
    ingest_into(undisturbed, embedder, folder)
    assert contents(library) == contents(undisturbed)
    assert differences(Settings(library=library)) == []


# damage


@pytest.fixture(scope="module")
def large_library(tmp_path_factory: pytest.TempPathFactory, model_folder: Path, embedder: Embedder) -> Path:
    """One article that answers among 1,100 chunks of fillers: so many that Chroma writes its graph to files."""
    root = tmp_path_factory.mktemp("large")
    (root / "acme.md").write_text(ACME)
    library = root / "library"
    place_model(model_folder, library)
    ingest_into(library, embedder, root / "acme.md")
    catalog = Catalog.open(library)
    catalog.require(embedder.stamp)
    noise = np.random.default_rng(0)
    for number in range(11):
        text = "\n".join(f"Filler {number} says nothing {part}." for part in range(100))
        article = Article(id=f"filler{number}", source=f"{number}.md", title=f"Filler {number}", text=text)
        chunks, at = [], 0
        for part, line in enumerate(text.split("\n")):
            chunks.append(Chunk(f"{article.id}-{part}", article.id, part, at, at + len(line), line))
            at += len(line) + 1
        vectors = noise.normal(size=(100, embedder.stamp.dimension)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        catalog.put(article, chunks, without_sentences(vectors), location=f"/{number}.md", fingerprint="1")
    indexes = Indexes(catalog)
    indexes.sync()
    indexes.close()
    catalog.close()
    return library


def copy_of(library: Path, target: Path) -> Path:
    shutil.copytree(library, target, ignore=shutil.ignore_patterns("model"))
    place_model(library / "model", target)
    return target


def index_files(library: Path) -> list[Path]:
    """Every file of both indexes, relative to the library."""
    files = [path for name in ("chroma", "lexical") for path in (library / name).rglob("*") if path.is_file()]
    return sorted(path.relative_to(library) for path in files if not path.name.endswith(".lock"))


def truncated(path: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: chance.randrange(max(1, path.stat().st_size))])


def deleted(path: Path, chance: random.Random) -> None:
    path.unlink()


def replaced_by_garbage(path: Path, chance: random.Random) -> None:
    path.write_bytes(chance.randbytes(chance.randrange(1, 5000)))


def overwritten_at_the_same_size(path: Path, chance: random.Random) -> None:
    path.write_bytes(chance.randbytes(path.stat().st_size))


def with_another_header(path: Path, chance: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(chance.randbytes(min(len(content), 100)) + content[100:])


HARMS = [truncated, deleted, replaced_by_garbage, overwritten_at_the_same_size, with_another_header]


@pytest.mark.slow
@pytest.mark.parametrize("left_open", [False, True], ids=["closed in order", "left open by a kill"])
def test_damage_to_any_file_of_an_index_costs_a_rebuild_and_never_an_answer(
    large_library: Path, tmp_path: Path, left_open: bool
) -> None:
    chance = random.Random(str(left_open))
    files = index_files(large_library)
    kinds = {path.suffix or path.name for path in files}
    assert {".sqlite3", ".bin", ".idx", ".term", ".store", ".json"} <= kinds
    chroma = [path for path in files if path.parts[0] == "chroma"]
    lexical = [path for path in files if path.parts[0] == "lexical"]
    chance.shuffle(chroma)
    chance.shuffle(lexical)
    for number in range(max(len(chroma), len(lexical))):
        library = copy_of(large_library, tmp_path / f"library{number}")
        if left_open:
            for name in ("chroma", "lexical"):
                known = state.read(library / name)
                state.write(library / name, known.last_change, known.lineage, closed=False)
        for path, harm in ((chroma[number % len(chroma)], number), (lexical[number % len(lexical)], number + 2)):
            HARMS[harm % len(HARMS)](library / path, chance)
        answers(library)
        shutil.rmtree(library)


def test_without_its_index_folders_a_library_answers(large_library: Path, tmp_path: Path) -> None:
    library = copy_of(large_library, tmp_path / "library")
    shutil.rmtree(library / "chroma")
    shutil.rmtree(library / "lexical")
    answers(library)


def test_a_damaged_catalog_is_named_and_left_as_it_is(large_library: Path, tmp_path: Path) -> None:
    library = copy_of(large_library, tmp_path / "library")
    catalog = library / "catalog.sqlite"
    catalog.write_bytes(b"garbage" * 1000)
    (tmp_path / "acme.md").write_text(ACME)
    for command in (["ask", QUESTION], ["ingest", str(tmp_path / "acme.md")], ["check"]):
        done = dossier(*command, "--library", str(library))
        assert done.returncode == 2
        assert str(catalog) in done.stderr
        assert "restore it from a copy" in done.stderr
        assert "Traceback" not in done.stderr
    assert catalog.read_bytes() == b"garbage" * 1000


# several processes


def test_two_ingests_at_once_beside_a_server_lose_nothing_and_write_nothing_twice(
    tmp_path: Path, model_folder: Path, embedder: Embedder
) -> None:
    library = tmp_path / "library"
    (tmp_path / "acme.md").write_text(ACME)
    place_model(model_folder, library)
    ingest_into(library, embedder, tmp_path / "acme.md")
    for name, numbers in (("one", range(20)), ("two", range(10, 30))):
        (tmp_path / name).mkdir()
        for number in numbers:
            (tmp_path / name / f"{number:02}.md").write_text(story(number, 0))
    with served(library, tmp_path / "log") as server:
        ingests = [
            subprocess.Popen(
                [DOSSIER, "ingest", str(tmp_path / name), "--library", str(library), "--json"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
            )
            for name in ("one", "two")
        ]  # fmt: skip
        for process in ingests:
            output, errors = process.communicate(timeout=180)
            assert process.returncode == 0, errors
            assert json.loads(output)["failed"] == []
        question = {"question": "How much did Startup 29 raise?"}
        found = eventually(
            lambda: httpx.post(f"{server.address}/v1/ask", json=question, timeout=30).json(),
            lambda answer: "Startup 29" in answer["text"] and answer["status"] == "answered",
        )
        assert found["citations"]
    held = contents(library)
    texts = [article.text for article, *_ in held.values() if isinstance(article, Article)]
    assert len(set(texts)) == len(texts) == 31
    assert differences(Settings(library=library)) == []


def eventually(look: Callable[[], Any], enough: Callable[[Any], bool], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while not enough(found := look()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert enough(found), found
    return found


# disks


@contextmanager
def mounted(folder: Path, *arguments: str) -> Iterator[Path]:
    """Mounts something on a folder for as long as the context lasts; skips the test where one may not."""
    folder.mkdir(exist_ok=True)
    if os.getuid() or subprocess.run(["mount", *arguments, str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("mounting needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_is_told_loses_nothing_and_the_ingest_goes_on_when_there_is_room(
    tmp_path: Path, model_folder: Path, embedder: Embedder
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "acme.md").write_text(ACME)
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=6m", "tmpfs") as disk:
        library = disk / "library"
        library.mkdir()
        (library / "model").symlink_to(model_folder)
        ingest_into(library, embedder, folder)
        before = contents(library)
        for number in range(30):
            (folder / f"{number:02}.md").write_text(story(number, 0))
        filler = disk / "filler"
        with filler.open("wb") as file:
            room = shutil.disk_usage(disk).free
            file.write(b"\0" * (room - 200_000))

        done = dossier("ingest", str(folder), "--library", str(library))
        assert done.returncode == 2, done
        assert str(library) in done.stderr
        assert "disk" in done.stderr.lower()
        assert "full" in done.stderr
        assert "Traceback" not in done.stderr
        held = contents(library)
        assert held.keys() >= before.keys()
        done = dossier("ask", QUESTION, "--library", str(library))
        assert done.returncode == 0, done
        assert QUOTE in done.stdout

        filler.unlink()
        done = dossier("ingest", str(folder), "--library", str(library))
        assert done.returncode == 0, done
        assert len(contents(library)) == 31
        answers(library)


INGEST_AND_DIE = """
import os, sys
from pathlib import Path
from ingest.pipeline import run
from rag.catalog import Catalog
from rag.embedding import build_embedder
from rag.indexes import Indexes
from rag.settings import Settings

library = Path(sys.argv[1])
catalog = Catalog.open(library, create=True)
run([sys.argv[2]], catalog, build_embedder(Settings(), library / "model"), Settings(), lambda progress: None)
Indexes(catalog).sync()
os._exit(9)
"""


@pytest.mark.parametrize("after_a_kill", [False, True], ids=["closed in order", "left open by a kill"])
def test_a_read_only_library_answers_and_says_that_it_cannot_be_written(
    tmp_path: Path, model_folder: Path, embedder: Embedder, after_a_kill: bool
) -> None:
    library = tmp_path / "library"
    (tmp_path / "acme.md").write_text(ACME)
    (tmp_path / "new.md").write_text(story(1, 1))
    place_model(model_folder, library)
    if after_a_kill:
        command = [sys.executable, "-c", INGEST_AND_DIE, library, tmp_path / "acme.md"]
        subprocess.run(command, env=environment(), cwd=REPOSITORY, check=False, timeout=120)
        assert (library / "catalog.sqlite-wal").stat().st_size
    else:
        ingest_into(library, embedder, tmp_path / "acme.md")
    with mounted(library, "--bind", "-o", "ro", str(library)):
        if os.access(library, os.W_OK):  # older mounts take the option only the second time
            subprocess.run(["mount", "-o", "remount,bind,ro", str(library)], check=True)
        done = dossier("ask", QUESTION, "--library", str(library))
        assert (done.returncode, done.stderr) == (0, "")
        assert QUOTE in done.stdout
        assert "Acme" in dossier("search", "Acme Series A", "--library", str(library)).stdout
        for command in (["ingest", str(tmp_path / "new.md")], ["remove", *contents_ids(library)], ["reindex"]):
            done = dossier(*command, "--library", str(library))
            assert done.returncode == 2, done
            assert str(library) in done.stderr
            assert "cannot be written" in done.stderr
            assert "Traceback" not in done.stderr
    assert len(contents(library)) == 1
    answers(library)


def contents_ids(library: Path) -> list[str]:
    return [article.id for article, *_ in contents(library).values() if isinstance(article, Article)]
