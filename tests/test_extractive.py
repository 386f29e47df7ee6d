"""Answers without a language model, over small libraries of real ingested articles."""

from collections.abc import Callable, Iterator

import pytest

import rag
from rag.answer import Answer
from rag.answering.wanted import named
from rag.indexes.lexical import terms
from tests.conftest import MakeLibrary

LUMEN = """---
title: Lumen Robotics lands $80M to teach warehouse arms
published: 2025-05-06
---
Lumen Robotics, a Zurich-based start-up, has closed an $80 million Series B. Balderton Capital led the round.

The deal puts the company's value at $410 million. Lumen has now collected $117 million in all.

## Who they are

Petra Keller and Amir Haddad started the business in 2019. Keller is chief executive; Haddad looks after technology.
When will they sell? Nobody knows. There are 140 people on the team, up from 90 a year ago.

Early advisers were:

- Ida Roth, CEO of Foundry
- Max Brandt, professor at ETH
- Ines Vogt (also co-founding adviser at Lumen)

| Round | Amount | Valuation |
|---|---|---|
| Seed | $4 million | $20 million |
| Series A | $33 million | $130 million |

## Business

Annual recurring revenue passed $21 million in March. In January Lumen bought Gripwise, a Lyon outfit.
"""
WEEK = """---
title: The week in AI
published: 2025-10-12
---
Northbeam, the Austin maker of sales agents, raised $30 million from Sequoia.

Quillon employs 320 people. Its chief executive is Dana Ortiz.

Helixa was last valued at $1.1 billion in 2022.

Ostara, founded in Lisbon, sells a search engine written in Rust and raised $9 million.

Ostara published the Tool Exchange Protocol in May 2025. It took six months and 12 drafts.

Jonas Weil, former secretary of state, joined Quillon as an adviser.

Quillon's Falcon 2 has a context window of 64k tokens.
"""
OLDER = """---
title: Quillon grows
published: 2024-02-01
---
Quillon employs 110 people in its Boston office.

| Month | Annual recurring revenue |
|---|---|
| March 2023 | $3 million |
| June 2023 | $5 million |
"""


@pytest.fixture(scope="module")
def ask(shared_library_of: MakeLibrary) -> Iterator[Callable[..., Answer]]:
    with rag.open(shared_library_of({"lumen.md": LUMEN, "week.md": WEEK, "older.md": OLDER})) as library:
        yield library.ask


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("Who led Lumen's Series B?", "Balderton Capital"),
        ("What is Lumen Robotics worth?", "$410 million"),
        ("What has Lumen raised in total?", "$117 million"),
        ("Who are the founders of Lumen?", "Petra Keller"),
        ("Which person looks after technology at Lumen?", "Haddad"),
        ("What is the headcount of Lumen Robotics?", "140 people"),
        ("How large was Lumen's seed round?", "Seed | $4 million"),
        ("At what valuation did Lumen raise its Series A?", "$130 million"),
        ("Which company did Lumen acquire?", "Gripwise"),
        ("Where is Northbeam based?", "Austin"),
        ("Who is Quillon's boss?", "Dana Ortiz"),
        ("what does northbeam make", "sales agents"),
        ("What kind of company is Gripwise?", "outfit"),
        ("Who is Jonas Weil?", "secretary of state"),
        ("falcon 2 ctx", "64k"),
        ("When was TEP published?", "Tool Exchange Protocol"),
    ],
)
def test_the_first_sentence_quotes_what_was_asked_for(ask: Callable[..., Answer], question: str, quoted: str) -> None:
    answer = ask(question)
    assert answer.sentences, answer.text
    first = answer.sentences[0].citations
    assert any(quoted in c.quote for c in answer.citations if c.number in first), answer.text


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Who is Lumen's chief financial officer?", "chief financial officer"),
        ("Who heads the finances of Lumen?", "chief financial officer"),
        ("What is Northbeam's revenue?", "revenue"),
        ("What is the valuation of Quillon?", "valuation"),
        ("How many employees does Northbeam have?", "headcount"),
        ("Who founded Helixa?", "founders"),
        ("What does Lumen's API cost?", "price"),
        ("How much was Lumen's Series C?", "round"),
        ("Who founded Ostara?", "founders"),
        ("falcon 64 context window?", "context window"),
        ("What does falcon 2 score on mmlu", ""),
        ("What is the headcount of Ostara?", "headcount"),
        ("How many drafts has Quillon?", ""),
        ("lumen subscription per month", "price"),
    ],
)
def test_what_no_article_says_is_refused_and_named(ask: Callable[..., Answer], question: str, missing: str) -> None:
    answer = ask(question)
    assert answer.status == "not_found", answer.text
    assert missing in answer.text or "No article" in answer.text


def test_a_row_of_days_and_sums_is_quoted_and_says_of_whom(ask: Callable[..., Answer]) -> None:
    answer = ask("Quillon ARR June 2023?")
    assert answer.text.startswith("Quillon: June 2023, $5 million."), answer.text


def test_a_title_in_another_company_is_not_the_one_asked_for(ask: Callable[..., Answer]) -> None:
    answer = ask("Who is the CEO of Lumen?")
    assert "Keller" in answer.citations[0].quote
    assert not any("Foundry" in citation.quote for citation in answer.citations)


def test_a_co_founding_adviser_is_no_founder(ask: Callable[..., Answer]) -> None:
    answer = ask("Who are the founders of Lumen Robotics?")
    assert "Petra Keller" in answer.text
    assert "Ines Vogt" not in answer.text


def test_a_question_in_an_article_is_no_answer(ask: Callable[..., Answer]) -> None:
    assert not any(c.quote.endswith("?") for c in ask("When will Lumen's founders sell?").citations)


def test_the_newest_value_comes_first_and_an_as_of_date_brings_back_the_older(ask: Callable[..., Answer]) -> None:
    assert "320" in ask("How many people does Quillon employ?").citations[0].quote
    assert "110" in ask("How many people does Quillon employ?", as_of="2024-12").citations[0].quote


def test_a_company_that_no_article_names_is_refused(ask: Callable[..., Answer]) -> None:
    answer = ask("What is Anthropic's valuation?")
    assert answer.status == "not_found"
    assert "No article in the library mentions Anthropic." in answer.text


def test_every_quote_is_an_exact_slice(shared_library_of: MakeLibrary) -> None:
    with rag.open(shared_library_of({"lumen.md": LUMEN})) as library:
        for question in ("How large was Lumen's Series A?", "Who advises Lumen?", "Who led the Series B?"):
            for c in library.ask(question).citations:
                assert library.article(c.article_id).text[c.start : c.end] == c.quote


def test_the_same_question_has_the_same_answer(ask: Callable[..., Answer]) -> None:
    first, second = (ask("Who led Lumen's Series B?").text for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("text", "says_it"),
    [
        ("It runs on GPT-4 today.", True),
        ("it runs on gpt 4.", True),
        ("It beat GPT 3.5 with a team of 4.", False),
        ("GPT-4.5 came later.", False),
        ("GPT-41 is no model.", False),
    ],
)
def test_a_version_that_is_a_bare_number_stands_beside_its_family(text: str, says_it: bool) -> None:
    assert named("GPT-4").stands_in(text, frozenset(terms(text))) is says_it
