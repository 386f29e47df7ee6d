"""How often the extractive answer over the sample corpus is right, and how often it refuses rightly."""

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import rag
from benchmarks.articles import CORPUS
from benchmarks.measurement import Benchmark, Measurement
from benchmarks.workspace import Workspace, ingest
from rag.documents import Answer

QUESTIONS = Path(__file__).parent / "questions"


def measure(workspace: Workspace) -> Sequence[Measurement]:
    """Asks every question of both sets."""
    library = workspace.new_library("quality")
    ingest(CORPUS, library, workspace.embedder)
    with closing(rag.open(library)) as opened:
        return [
            figure
            for name in ("development", "second")
            for figure in _figures(name, [(asked, _ask(opened, asked)) for asked in _read(name)])
        ]


def _read(name: str) -> list[dict[str, Any]]:
    lines = (QUESTIONS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _ask(library: rag.Library, asked: dict[str, Any]) -> Answer:
    return library.ask(asked["question"], as_of=asked["as_of"])


def _figures(name: str, asked: Sequence[tuple[dict[str, Any], Answer]]) -> Sequence[Measurement]:
    answerable = [(question, answer) for question, answer in asked if question["answerable"]]
    others = [answer for question, answer in asked if not question["answerable"]]
    right = [is_right(answer, question["accept"]) for question, answer in answerable]
    refused = [answer.status == "not_found" for _, answer in answerable]
    return (
        Measurement(f"{name}: answerable questions", len(answerable), "count"),
        Measurement(f"{name}: answered rightly, with the right quote", _share(right), "%"),
        Measurement(f"{name}: refused wrongly", _share(refused), "%"),
        Measurement(f"{name}: unanswerable questions", len(others), "count"),
        Measurement(f"{name}: of these, refused", _share([answer.status == "not_found" for answer in others]), "%"),
    )


def is_right(answer: Answer, accept: Sequence[str]) -> bool:
    """Whether a cited quote holds one of the accepted answers; commas and case do not count."""
    quotes = [" ".join(citation.quote.replace(",", "").split()).casefold() for citation in answer.citations]
    return any(wanted.casefold() in quote for quote in quotes for wanted in accept)


def _share(of: Sequence[bool]) -> float:
    return 100 * sum(of) / len(of)


BENCHMARK = Benchmark(
    "quality",
    "Right answers and right refusals",
    "The questions of `benchmarks/questions/`, asked of the sample corpus without a language model. The answerer was "
    "developed with the first set; half of the misses on the second were looked at too, so neither is unseen.",
    measure,
)
