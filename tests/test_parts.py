"""Questions that ask for several things, and companies that are described."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import rag
from rag.descriptions import with_companies
from rag.names import Names
from rag.names.entries import Entry
from rag.parts import parts_of
from rag.question import understand

KNOWN = Names(
    [
        Entry("company", "Lumen", ("Lumen",), "Lumen"),
        Entry("company", "Quillon", ("Quillon",), "Quillon"),
        Entry("company", "Weft & Sons", ("Weft & Sons",), "Weft & Sons"),
        Entry("product", "Inkwell", ("Quillon",), "Inkwell"),
        Entry("model", "Falcon 3B", ("Quillon",), "Falcon 3B"),
        Entry("person", "Dana Ortiz", ("Quillon",), "Dana Ortiz"),
        Entry("person", "Petra Keller", ("Lumen", "Quillon"), "Petra Keller"),
    ]
)


def parts(question: str) -> list[str]:
    return [part.wording for part in parts_of(understand(question, known=KNOWN))]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Who runs Lumen, and when was Quillon founded?",
            ["Who runs Lumen?", "when was Quillon founded?"],
        ),
        (
            "How big was Lumen's Series B and who led it?",
            ["How big was Lumen's Series B?", "who led it (Lumen, Series B)?"],
        ),
        ("Who founded Lumen and when?", ["Who founded Lumen?", "when founded Lumen?"]),
        ("Lumen vs Quillon: headcount", ["Lumen: headcount", "Quillon: headcount"]),
        ("What are Lumen and Quillon worth?", ["What are Lumen worth?", "What are Quillon worth?"]),
        ("Lumen ARR: May 2023 vs May 2024", ["Lumen ARR: May 2023", "Lumen ARR: May 2024"]),
        (
            "Lumen's price at the Series A and at the Series B?",
            ["Lumen's price at the Series A?", "Lumen's price at the Series B?"],
        ),
        ("Falcon 3B vs 8B - which licence?", ["Falcon 3B - which licence?", "Falcon 8B - which licence?"]),
        ("Lumen: staff size & name of its app", ["Lumen: staff size", "Lumen: name of its app"]),
        ("Compare the headcounts of Lumen and Quillon", ["headcounts of Lumen", "headcounts of Quillon"]),
        ("Compare Lumen's and Quillon's prices", ["Lumen's prices", "Quillon's prices"]),
        ("headcount of Zork versus Blarg", ["headcount of Zork", "headcount of Blarg"]),
    ],
)
def test_a_question_in_several_parts_is_taken_apart(question: str, expected: list[str]) -> None:
    assert parts(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "What is Weft & Sons worth?",
        "Who led the merger of Lumen and Quillon?",
        "How much did Lumen earn between 2023 and 2024?",
        "How many Alpha and Beta testers are there?",
        "What does Lumen make and sell?",
    ],
)
def test_what_is_one_question_stays_one(question: str) -> None:
    assert len(parts(question)) == 1


@pytest.mark.parametrize(
    ("wording", "meant"),
    [
        ("What's the Inkwell maker worth?", "What's Quillon worth?"),
        ("inkwell's maker: headcount", "Quillon: headcount"),
        ("price of the maker of the Inkwell app", "price of Quillon"),
        ("Who backs Ortiz's company?", "Who backs Quillon?"),
        ("Who backs Keller's company?", "Who backs Keller's company?"),
        ("Who backs the maker of arms?", "Who backs the maker of arms?"),
        ("How many people does Lumen employ?", "How many people does Lumen employ?"),
    ],
)
def test_a_company_is_known_by_what_it_makes_and_whose_it_is(wording: str, meant: str) -> None:
    assert with_companies(wording, KNOWN) == meant


LUMEN = """---
title: Lumen Robotics lands $80M
published: 2025-05-06
---
Lumen Robotics has closed an $80 million Series B. Balderton Capital led the round.
"""
QUILLON = """---
title: Quillon in figures
published: 2025-06-01
---
Quillon employs 320 people in Boston. Its chief executive is Dana Ortiz.
"""


def test_each_part_is_answered_or_reported_not_found(library_of: Callable[[Mapping[str, str]], Path]) -> None:
    with rag.open(library_of({"lumen.md": LUMEN, "quillon.md": QUILLON})) as library:
        both = library.ask("Who led Lumen's Series B and how many people does Quillon employ?")
        assert [part.status for part in both.parts] == ["answered", "answered"]
        assert both.table is not None
        assert [row[1].text for row in both.table.rows] == ["Balderton Capital", "320 people"]
        assert all(row[1].citations for row in both.table.rows)
        for part, quoted in zip(both.parts, ("Balderton", "320"), strict=True):
            numbers = {number for at in part.sentences for number in both.sentences[at].citations}
            assert any(quoted in c.quote for c in both.citations if c.number in numbers)

        half = library.ask("Who led Lumen's Series B and what is the revenue of Quillon?")
        assert half.status == "answered"
        assert [part.status for part in half.parts] == ["answered", "not_found"]
        assert half.table is not None
        assert (half.table.rows[1][1].text, half.table.rows[1][1].citations) == ("not found", ())
        assert half.text.count("Not found:") == 1
        assert "revenue" in half.text

        none = library.ask("Who is Lumen's treasurer and what is the revenue of Quillon?")
        assert none.status == "not_found"
        assert {part.status for part in none.parts} == {"not_found"}
        assert none.table is None
        assert not none.citations

        single = library.ask("Who led Lumen's Series B?")
        assert single.parts == ()


WORTH = """---
title: "{title}"
published: {day}
---
{text}
"""


def test_the_articles_nearest_in_time_are_looked_at_unless_a_number_of_passages_is_asked_for(
    library_of: Callable[[Mapping[str, str]], Path],
) -> None:
    older = {
        f"older-{month}.md": WORTH.format(
            title=f"What Anthropic is worth, part {month}",
            day=f"2021-{month:02}-01",
            text=f"What is Anthropic worth? Its worth was put at ${month} billion; it is worth that to some.",
        )
        for month in range(1, 11)
    }
    newest = WORTH.format(title="Notes of the week", day="2025-11-01", text="Anthropic: $77 billion, by its valuation.")
    with rag.open(library_of({**older, "newest.md": newest})) as library:
        assert len(library.ask("What is Anthropic worth?", k=3).passages) == 3
        assert len(library.search("What is Anthropic worth?", k=3)) == 3
        found = library.ask("What is Anthropic worth?").passages
        assert "Notes of the week" in {passage.title for passage in found}
        as_of = library.ask("What is Anthropic worth?", as_of="2022").passages
        assert "Notes of the week" not in {passage.title for passage in as_of}
