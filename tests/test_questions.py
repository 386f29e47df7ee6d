"""The questions over the sample corpus: enough of each kind, and nothing expected that its articles do not say."""

import re
from collections import Counter

import frontmatter
import pytest

from rag.evaluation import Asked, read_questions
from rag.evaluation.matching import holds, plain
from tests.conftest import REPOSITORY

QUESTIONS = read_questions(sorted((REPOSITORY / "benchmarks" / "questions").glob("*.jsonl")))
TEXTS = {
    path.stem: f"{found['title']}\n{found.content}"
    for path in (REPOSITORY / "docs_corpus").glob("*.md")
    if path.name != "README.md" and (found := frontmatter.loads(path.read_text(encoding="utf-8")))
}
KINDS = {
    **{"single fact": 50, "several articles": 20, "comparison": 20, "list": 20, "follow-up": 25, "conflict": 15},
    **{"as-of": 60, "false premise": 15, "unanswerable": 75},
}


def test_there_are_enough_questions_of_each_kind_and_in_each_half() -> None:
    assert Counter(asked.kind for asked in QUESTIONS) == KINDS
    halves = Counter(asked.half for asked in QUESTIONS)
    assert min(halves.values()) > len(QUESTIONS) / 3


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.id)
def test_what_is_expected_stands_in_the_articles_named(asked: Asked) -> None:
    articles = [name for part in asked.articles for name in part]
    assert set(articles) <= set(TEXTS)
    everything = "\n".join(TEXTS[name] for name in articles)
    for part in asked.accept:
        assert any(holds(everything, one) for one in part), part
    for part in asked.phrases:
        for phrase in part:
            assert " ".join(plain(phrase).split()) in plain(re.sub(r"\s+", " ", everything)), phrase
    if asked.kind == "unanswerable":
        assert not asked.answerable
        assert not asked.accept
