"""Refusals: why there is no answer, by kind and in words, and what the nearest articles are about."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

import rag
from rag.answer import Answer

COHERE = """---
title: Cohere in the spring
published: 2025-04-10
---
Cohere is in talks to sell shares at a valuation of $9 billion.

Cohere raised $40 million in its Series A in September 2021. Index Ventures led the Series A.

Cohere has 500 employees in Toronto.
"""
HELSING = """---
title: Helsing and its drones
published: 2025-05-02
---
Helsing had revenue of $30 million in 2023 and of $60 million in 2024.

Helsing hired a new adviser.
"""
SIERRA = """---
title: A dinner in May
published: 2025-05-03
---
Anysphere has 300 employees, and a cook.

A dinner was held in May. Among the guests was a founder of Sierra, who had just closed a Series B.
"""


@pytest.fixture
def ask(library_of: Callable[[Mapping[str, str]], Path]) -> Iterator[Callable[..., Answer]]:
    with rag.open(library_of({"cohere.md": COHERE, "helsing.md": HELSING, "sierra.md": SIERRA})) as library:
        yield library.ask


@pytest.mark.parametrize(
    ("question", "kind", "words"),
    [
        ("Who is the chief financial officer of Mistral AI?", "not_mentioned", "mentions Mistral AI"),
        (
            "Who led Cohere's Series B?",
            "another_round",
            "lead investor of other rounds than the one asked about: Series A",
        ),
        ("How many customers does Cohere have?", "another_quantity", "they give the headcount"),
        ("How many employees does Sierra have?", "another_company", "Cohere, not of Sierra"),
        (
            "What was Helsing's revenue in 2021?",
            "another_date",
            "for other days than the one asked about: 2023 and 2024",
        ),
        ("What is Cohere's valuation?", "only_a_rumour", "the valuation only as planned, expected or rumoured"),
        ("Who is the chair of Helsing?", "not_said", "do not give the chair"),
    ],
)
def test_a_refusal_tells_what_is_there_instead(
    ask: Callable[..., Answer], question: str, kind: str, words: str
) -> None:
    answer = ask(question)
    assert answer.not_found is not None, answer.text
    assert (answer.status, answer.not_found.kind) == ("not_found", kind), answer.text
    assert words in answer.not_found.reason
    assert answer.text.startswith(answer.not_found.reason)


def test_a_rumour_that_is_asked_about_is_told(ask: Callable[..., Answer]) -> None:
    answer = ask("At what valuation is Cohere in talks to sell shares?")
    assert answer.status == "answered", answer.text
    assert "in talks to sell shares at a valuation of $9 billion" in answer.text


def test_what_was_known_by_a_day_may_be_older(ask: Callable[..., Answer]) -> None:
    assert "$60 million in 2024" in ask("What was Helsing's revenue as of May 2025?").text


def test_an_answer_has_no_refusal(ask: Callable[..., Answer]) -> None:
    assert ask("Who led Cohere's Series A?").not_found is None


def test_nothing_in_reach_is_a_kind_of_its_own(ask: Callable[..., Answer]) -> None:
    answer = ask("Who led Cohere's Series A?", as_of="2001")
    assert answer.not_found is not None
    assert (answer.not_found.kind, answer.not_found.nearest) == ("no_articles", ())


def test_the_nearest_articles_are_named_with_what_they_are_about(ask: Callable[..., Answer]) -> None:
    answer = ask("Who is the chair of Helsing?")
    assert answer.not_found is not None
    first = answer.not_found.nearest[0]
    assert (first.title, first.published, first.companies) == ("Helsing and its drones", "2025-05-02", ("Helsing",))
    assert "“Helsing and its drones” (about Helsing)" in answer.text


def test_a_nation_is_no_name_that_an_article_must_mention(ask: Callable[..., Answer]) -> None:
    answer = ask("How many customers does the Scottish brewer have?")
    assert answer.not_found is not None
    assert "Scottish" not in answer.not_found.reason


def test_each_part_of_a_question_has_its_own_kind(ask: Callable[..., Answer]) -> None:
    answer = ask("Who led Cohere's Series A and who led Cohere's Series B?")
    assert [part.kind for part in answer.parts] == [None, "another_round"]
    assert answer.not_found is None
