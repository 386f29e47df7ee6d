"""The commands as a user has them: processes, their output, their exit status."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rag.answer import Answer
from rag.library import differences
from rag.settings import Settings
from tests.conftest import MakeLibrary
from tests.end_to_end.serving import DOSSIER, dossier, environment

LED = "Who led Mistral AI's Series A?"
ANSWER = {
    "question", "asked_as", "status", "value", "parts", "table", "text", "conflicts", "history",
    "sentences", "citations", "passages", "model", "usage", "timings", "warnings", "not_found",
}  # fmt: skip
CITATION = {"number", "article_id", "title", "site", "author", "url", "published", "quote", "start", "end", "also_in"}
PASSAGE = {"chunk_id", "article_id", "title", "published", "text", "start", "end", "score", "also_in"}

ACME = """---
title: "Acme [raises] money"
published: 2024-05-02
---

Acme raised $12 million in its Series A, led by Fund One.
"""
BOLT = "# Bolt raises money\n\nBolt raised $90 million in its Series B, led by Fund Two.\n"


DELETE_A_ROW = """
import sys
import chromadb

chunks = chromadb.PersistentClient(sys.argv[1]).get_collection("chunks", embedding_function=None)
chunks.delete(ids=chunks.get()["ids"][:1])
"""


@pytest.fixture
def two_articles(library_of: MakeLibrary) -> Path:
    return library_of({"acme.md": ACME, "bolt.md": BOLT})


def dossier_set(settings: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs a command with these settings in its environment."""
    return subprocess.run(
        [DOSSIER, *arguments], capture_output=True, text=True, timeout=180, env=environment(settings), check=False
    )


def ids(library: Path) -> dict[str, str]:
    """Article ids by source."""
    listed = json.loads(dossier("articles", "--json", "--library", str(library)).stdout)
    return {article["source"]: article["id"] for article in listed}


def fails_with(done: "subprocess.CompletedProcess[str]", *words: str) -> None:
    """A wrong command: status 2, what happened and what to do on standard error, nothing of the inside."""
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith(("error: ", "Error: ", "Usage: "))
    for word in words:
        assert word in done.stderr


# ask and search


def test_ask_prints_the_answer_its_quotes_and_their_sources_for_a_pipe(corpus_library: Path) -> None:
    done = dossier("ask", LED, "--library", str(corpus_library))
    assert (done.returncode, done.stderr) == (0, "")
    answer, _, sources = done.stdout.partition("\n\n")
    assert "Andreessen Horowitz" in answer
    assert "\n" not in answer  # not wrapped
    assert re.match(r"\[1\] “.+”\n    .+\(\w+, \d+-\d+\)\n", sources)
    assert "\x1b" not in done.stdout


def test_ask_as_json_is_exactly_an_answer(corpus_library: Path) -> None:
    done = dossier("ask", LED, "--json", "-k", "4", "--library", str(corpus_library))
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found.keys() == ANSWER
    assert found["usage"].keys() == {"input_tokens", "output_tokens"}
    assert found["timings"].keys() == {"retrieve_ms", "answer_ms", "total_ms"}
    assert len(found["passages"]) == 4
    assert all(passage.keys() == PASSAGE for passage in found["passages"])
    assert found["citations"]
    assert all(citation.keys() == CITATION for citation in found["citations"])
    assert all(sentence.keys() == {"text", "citations"} for sentence in found["sentences"])
    assert Answer.model_validate(found).to_dict() == found
    for citation in found["citations"]:
        shown = dossier("show", citation["article_id"], "--json", "--library", str(corpus_library))
        assert json.loads(shown.stdout)["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_a_question_the_library_does_not_answer_is_no_error(corpus_library: Path) -> None:
    done = dossier("ask", "Who is the head gardener of Zorbaxian?", "--library", str(corpus_library))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Not found. ")
    assert "Zorbaxian" in done.stdout


def test_as_of_and_company_limit_what_is_used(corpus_library: Path) -> None:
    done = dossier(
        "search", "How much was raised?", "--as-of", "2024-06", "--company", "mistral", "--company", "Cohere",
        "-k", "5", "--json", "--library", str(corpus_library),
    )  # fmt: skip
    passages = json.loads(done.stdout)
    assert 0 < len(passages) <= 5
    assert all(passage["published"] <= "2024-06-30" for passage in passages)
    assert all(passage.keys() == PASSAGE for passage in passages)
    titles = dossier("search", "How much was raised?", "-k", "3", "--library", str(corpus_library)).stdout
    assert len(re.findall(r"^[01]\.\d{3}  .+\(.+\)$", titles, re.MULTILINE)) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ask", ""), ("The question is empty", "hint: ")),
        (("ask", "x" * 100_000), ("100,000 characters",)),
        (("ask", LED, "--as-of", "soon"), ("'soon' is not a date", "2023-12-14")),
        (("ask", LED, "--model", "nobody:nothing"), ("nobody", "hint: ")),
        (("ask", LED, "-k", "0"), ("-k",)),
        (("ask",), ("question",)),
        (("search", LED, "--company"), ("--company",)),
        (("show", "nope"), ("No article has the id 'nope'", "hint: `dossier articles`")),
        (("show", "\udcff"), ("No article has the id",)),
        (("remove", "nope"), ("No article has the id 'nope'",)),
        (("frobnicate",), ("frobnicate",)),
    ],
    ids=lambda value: " ".join(value)[:30].encode("ascii", "replace").decode() if isinstance(value, tuple) else None,
)
def test_a_wrong_command_is_told_on_standard_error(
    corpus_library: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    library = () if arguments[0] == "frobnicate" else ("--library", str(corpus_library))
    fails_with(dossier(*arguments[:1], *library, *arguments[1:]), *words)


@pytest.mark.parametrize("command", [("ask", LED), ("articles",), ("check",), ("reindex",), ("serve",)])
def test_a_library_that_is_not_there_is_named_with_the_remedy(tmp_path: Path, command: tuple[str, ...]) -> None:
    fails_with(dossier(*command, "--library", str(tmp_path / "none")), str(tmp_path / "none"), "dossier ingest")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_setting_is_refused_by_its_name(corpus_library: Path) -> None:
    fails_with(
        dossier_set({"DOSSIER_FOO": "1"}, "articles", "--library", str(corpus_library)), "DOSSIER_FOO is not a setting"
    )


def test_question_bytes_that_are_no_text_are_answered(corpus_library: Path) -> None:
    question = b"Who led Mistral AI\xff's Series A?"
    done = subprocess.run(
        [DOSSIER.encode(), b"ask", question, b"--library", os.fsencode(corpus_library)],
        capture_output=True, timeout=180, env=environment(), check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout


# articles, show, remove


def test_articles_for_a_pipe_are_lines_of_tab_separated_columns(two_articles: Path) -> None:
    done = dossier("articles", "--library", str(two_articles))
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [row[1:] for row in rows] == [
        ["2024-05-02", "Acme [raises] money", "acme.md"],
        ["", "Bolt raises money", "bolt.md"],
    ]
    assert rows[0][0] == ids(two_articles)["acme.md"]


def test_articles_on_a_terminal_are_a_table(two_articles: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [DOSSIER, "articles", "--library", str(two_articles)], stdout=theirs, stderr=theirs,
        env=environment({"TERM": "xterm", "COLUMNS": "120"}),
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(ours, 4096):
            shown += block
    except OSError:
        pass  # Linux tells the end of a terminal so
    os.close(ours)
    assert process.wait(60) == 0
    plain = re.sub(r"\x1b\[[\d;]*m", "", shown.decode())
    assert "published" in plain.splitlines()[0]
    assert "2 May 2024" in plain
    assert "Acme [raises] money" in plain
    assert "no date" in plain


def test_show_prints_an_article_and_as_json_all_of_it(two_articles: Path) -> None:
    article_id = ids(two_articles)["acme.md"]
    done = dossier("show", article_id, "--library", str(two_articles))
    assert done.stdout.splitlines()[0].startswith("Acme [raises]")
    assert "2 May 2024" in done.stdout
    assert "Acme raised $12 million" in done.stdout
    found = json.loads(dossier("show", article_id, "--json", "--library", str(two_articles)).stdout)
    assert found.keys() >= {"id", "title", "author", "site", "url", "published", "source", "text"}


def test_an_articles_tags_are_shown_and_follow_companies_toml_by_retag(library_of: MakeLibrary) -> None:
    story = "# News\n\nAcme raised $5 million; OpenAI, ChatGPT, GPT-4 and Sam Altman were not amused by the mistral.\n"
    library = library_of({"a.md": story})
    found = ids(library)["a.md"]

    def tags() -> dict[str, list[str]]:
        shown = json.loads(dossier("show", found, "--json", "--library", str(library)).stdout)
        return {kind: shown[kind] for kind in ("companies", "people", "models", "products")}

    others = {"people": ["Sam Altman"], "models": ["GPT-4"], "products": ["ChatGPT"]}
    assert tags() == {"companies": ["OpenAI"], **others}
    assert "companies: OpenAI\npeople: Sam Altman\n" in dossier("show", found, "--library", str(library)).stdout
    (library / "companies.toml").write_text('[[company]]\nname = "Acme Corporation"\naliases = ["Acme"]\n')
    assert dossier("retag", "--library", str(library)).stdout == "1 of 1 articles have other tags now\n"
    assert tags() == {"companies": ["Acme Corporation", "OpenAI"], **others}
    asked = dossier("ask", "How much did acme raise?", "--company", "acme", "--library", str(library))
    assert "$5 million" in asked.stdout
    (library / "companies.toml").write_text("[[company]]\nnames = 3\n")
    for command in (("retag",), ("ask", LED)):
        fails_with(dossier(*command, "--library", str(library)), "companies.toml", "company 1", "names", "hint: ")


def test_remove_takes_all_or_none_and_leaves_nothing_to_be_found(two_articles: Path) -> None:
    at = ("--library", str(two_articles))
    acme = ids(two_articles)["acme.md"]
    fails_with(dossier("remove", acme, "nope", *at), "nope")
    assert len(ids(two_articles)) == 2
    done = dossier("remove", acme, *at)
    assert (done.returncode, done.stdout) == (0, "1 removed\n")
    assert acme not in dossier("search", "Acme raised $12 million", *at).stdout
    assert dossier("ask", "How much did Acme raise?", *at).stdout.startswith("Not found.")
    assert dossier("check", *at).returncode == 0


# raw bytes


def test_reextract_and_raw_say_when_nothing_was_kept_and_read_what_was(two_articles: Path, tmp_path: Path) -> None:
    at = ("--library", str(two_articles))
    acme = ids(two_articles)["acme.md"]
    fails_with(dossier("reextract", *at), "kept no raw bytes")
    fails_with(dossier("show", acme, "--raw", *at), "kept no raw bytes")
    fails_with(dossier("reextract", acme, "--all-changed", *at), "--all-changed")
    command = [DOSSIER, "ingest", str(tmp_path / "articles"), *at]
    subprocess.run(command, env=environment({"DOSSIER_KEEP_RAW": "true"}), check=True, capture_output=True, timeout=180)
    assert dossier("show", acme, "--raw", *at).stdout == ACME
    done = dossier("reextract", "--json", *at)
    assert (done.returncode, json.loads(done.stdout)["unchanged"]) == (0, 2)
    assert dossier("reextract", "--all-changed", "--json", *at).returncode == 0


# check and reindex


def test_check_tells_a_row_that_was_deleted_behind_dossiers_back_and_reindex_mends_it(two_articles: Path) -> None:
    at = ("--library", str(two_articles))
    done = dossier("check", *at)
    assert (done.returncode, done.stdout) == (0, "ok: the catalog is whole and both indexes agree with it\n")

    command = [sys.executable, "-c", DELETE_A_ROW, two_articles / "chroma"]
    subprocess.run(command, check=True, env=environment(), timeout=120)

    done = dossier("check", *at)
    assert done.returncode == 1
    assert "chroma" in done.stdout
    assert "dossier reindex" in done.stderr
    told = json.loads(dossier("check", "--json", *at).stdout)["differences"]
    assert len(told) == 1
    done = dossier("reindex", *at)
    assert (done.returncode, done.stdout) == (0, "2 chunks indexed, 0 embedded anew\n")
    assert dossier("check", "--json", *at).stdout == '{\n  "differences": []\n}\n'


@pytest.mark.slow
def test_a_library_can_be_embedded_anew_with_another_precision(two_articles: Path) -> None:
    at = ("--library", str(two_articles))
    int8 = {"DOSSIER_EMBEDDING_PRECISION": "int8"}
    fails_with(dossier_set(int8, "ask", "How much did Acme raise?", *at), "dossier reindex")
    assert "$12 million" in dossier("ask", "How much did Acme raise?", *at).stdout  # nothing was changed
    done = dossier_set(int8, "reindex", *at)
    assert (done.returncode, done.stdout) == (0, "2 chunks indexed, 2 embedded anew\n")
    assert "$12 million" in dossier_set(int8, "ask", "How much did Acme raise?", *at).stdout
    fails_with(dossier("ask", "How much did Acme raise?", *at), "dossier reindex")
    assert differences(Settings(library=two_articles)) == []


def test_an_explained_search_tells_each_signals_place_and_score(corpus_library: Path) -> None:
    search = ("search", LED, "-k", "3", "--explain", "--library", str(corpus_library))
    done = dossier(*search)
    for name in ("dense", "words", "article"):
        assert f"       {name}" in done.stdout
    for passage in json.loads(dossier(*search, "--json").stdout):
        total = sum(signal["scaled"] * signal["weight"] for signal in passage["signals"])
        assert total == pytest.approx(passage["score"], abs=0.001)
