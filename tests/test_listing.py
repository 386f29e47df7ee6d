"""Questions that want several companies or models, over texts of their own."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

import rag
from rag.answer import Answer
from rag.answering.listing import list_wanted
from rag.question import understand
from tests.conftest import MakeLibrary

LEADS = """---
title: Who signed first
published: 2025-03-02
---
| Lead | Company | Round |
|---|---|---|
| Marble Peak | Perplexity | Series C |
| Northgate | Cohere | Series B |

Marble Peak led the seed round of Anysphere as well. Northgate led a round of Sierra; Marble Peak took part.
"""
PLACES = """---
title: A walk through the Lisbon scene
published: 2025-04-10
---
Lisbon is home to Helsing, which writes software for drones. Cohere moved to Lisbon in March.

Sierra stays in San Francisco.
"""
MODELS = """---
title: Which weights are free
published: 2025-05-01
---
| Model | Licence |
|---|---|
| Mistral 7B | Apache-2.0 |
| Codestral | research only |
| Pixtral 12B | Apache-2.0 |
| Zephyr 7B | Apache-2.0 |
"""
UNDER_HEADINGS = """---
title: Who works where
published: 2025-04-10
---
# Who works where

## Helsing

Drones need software, and somebody must write it in a quiet room.

The company has had its offices in Lisbon since May.

## Others

Cohere has had its offices in Lisbon for years.
"""


@pytest.fixture(scope="module")
def ask(shared_library_of: MakeLibrary) -> Iterator[Callable[[str], Answer]]:
    with rag.open(shared_library_of({"leads.md": LEADS, "places.md": PLACES, "models.md": MODELS})) as library:
        yield library.ask


@pytest.mark.parametrize(
    ("question", "named", "others"),
    [
        ("Which companies did Marble Peak lead a round in?", ("Perplexity", "Anysphere"), ("Sierra", "Cohere")),
        ("companies in Lisbon?", ("Helsing", "Cohere"), ("Sierra",)),
        ("Which Mistral models are under an Apache licence?", ("Mistral 7B", "Pixtral 12B"), ("Codestral", "Zephyr")),
    ],
)
def test_a_list_has_an_entry_and_a_citation_for_each_thing(
    ask: Callable[[str], Answer], question: str, named: tuple[str, ...], others: tuple[str, ...]
) -> None:
    answer = ask(question)
    assert answer.status == "answered", answer.text
    quotes = [citation.quote for citation in answer.citations]
    for name in named:
        assert any(name in quote for quote in quotes), quotes
    for name in others:
        assert not any(quote.startswith((name, f"| {name}", f"{name} ")) for quote in quotes), quotes
    assert len(answer.sentences) == len(named)
    assert any("there may be others" in warning for warning in answer.warnings)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Which start-ups did Acme back?", "company"),
        ("Acme led rounds in which companies?", "company"),
        ("who makes vector databases?", "company"),
        ("Which open models came out of China?", "model"),
        ("How many models did Acme release?", None),
        ("Which company bought Acme?", None),
        ("What is Acme's model called?", None),
    ],
)
def test_what_wants_several_things_is_known(question: str, wanted: str | None) -> None:
    assert list_wanted(understand(question)) == wanted


def test_an_entry_says_what_it_lists_and_cites_the_heading_that_names_it(
    library_of: Callable[[Mapping[str, str]], Path],
) -> None:
    with rag.open(library_of({"rivals.md": UNDER_HEADINGS})) as library:
        answer = library.ask("Which companies are in Lisbon?")
    by_number = {citation.number: citation.quote for citation in answer.citations}
    told = {sentence.text: [by_number[number] for number in sentence.citations] for sentence in answer.sentences}
    assert told == {
        "Helsing: The company has had its offices in Lisbon since May.": [
            "## Helsing",
            "The company has had its offices in Lisbon since May.",
        ],
        "Cohere has had its offices in Lisbon for years.": ["Cohere has had its offices in Lisbon for years."],
    }


def test_a_name_with_a_full_stop_in_a_title_is_told_whole(library_of: Callable[[Mapping[str, str]], Path]) -> None:
    left = (
        "---\ntitle: What is left of Character.AI, in seven questions\n---\nMarble Peak led a round of $150 million.\n"
    )
    other = "---\ntitle: Rounds\n---\nMarble Peak led the round of Harvey, the maker of software for lawyers.\n"
    with rag.open(library_of({"left.md": left, "other.md": other})) as library:
        answer = library.ask("Which companies did Marble Peak lead a round in?")
    assert "Character.AI: Marble Peak led a round of $150 million." in answer.text, answer.text
    assert "left out" not in str(answer.warnings)
