"""The questions of the suites: enough of each kind, and nothing expected that their articles do not say."""

import re
from collections import Counter
from datetime import date

import pytest

from ingest.extract import extract
from rag.evaluation import Asked, read_questions
from rag.evaluation.matching import holds, plain
from tests.conftest import REPOSITORY

ARTICLES = {"corpus": "docs_corpus", "newsletters": "benchmarks/newsletters/articles"}
QUESTIONS = {
    "corpus": read_questions(sorted((REPOSITORY / "benchmarks" / "questions").glob("*.jsonl"))),
    "newsletters": read_questions(sorted((REPOSITORY / "benchmarks" / "newsletters").glob("*.jsonl"))),
}
KINDS = {
    "corpus": {
        **{"single fact": 71, "several articles": 32, "comparison": 26, "list": 27, "follow-up": 35, "conflict": 21},
        **{"as-of": 76, "false premise": 22, "unanswerable": 100},
    },
    "newsletters": {
        **{"single fact": 35, "several articles": 16, "comparison": 8, "list": 10, "follow-up": 16, "conflict": 7},
        **{"as-of": 20, "false premise": 8, "unanswerable": 30},
    },
}


def texts_of(suite: str) -> dict[str, str]:
    """The articles of a suite by their names, as they are read."""
    read = {
        path.stem: extract(path.read_bytes(), path.name, date(2026, 11, 29))
        for path in (REPOSITORY / ARTICLES[suite]).glob("*.md")
        if path.name != "README.md"
    }
    return {name: f"{found.title}\n{found.text}" for name, found in read.items()}


TEXTS = {suite: texts_of(suite) for suite in ARTICLES}


@pytest.mark.parametrize("suite", KINDS)
def test_there_are_enough_questions_of_each_kind_and_in_each_half(suite: str) -> None:
    assert Counter(asked.kind for asked in QUESTIONS[suite]) == KINDS[suite]
    halves = Counter(asked.half for asked in QUESTIONS[suite])
    assert min(halves.values()) > len(QUESTIONS[suite]) / 3


@pytest.mark.parametrize(
    ("suite", "asked"),
    [pytest.param(suite, asked, id=asked.id) for suite, all_asked in QUESTIONS.items() for asked in all_asked],
)
def test_what_is_expected_stands_in_the_articles_named(suite: str, asked: Asked) -> None:
    texts = TEXTS[suite]
    articles = [name for part in asked.articles for name in part]
    assert set(articles) <= set(texts)
    everything = "\n".join(texts[name] for name in articles)
    for part in asked.accept:
        assert any(holds(everything, one) for one in part), part
    for part in asked.phrases:
        for phrase in part:
            assert " ".join(plain(phrase).split()) in plain(re.sub(r"\s+", " ", everything)), phrase
    if asked.kind == "unanswerable":
        assert not asked.answerable
        assert not asked.accept
