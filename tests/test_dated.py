"""Values that change: each with the day it speaks of, and the one that held on the day asked about."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest

import rag
from rag.answer import Answer
from rag.answering.aspects import aspect_of
from rag.answering.dated import dated_values
from rag.answering.sought import sought_by
from rag.answering.windows import windows_of
from rag.documents import Passage
from rag.question import understand
from tests.conftest import MakeLibrary


def _dated(question: str, text: str, published: str | None = "2025-06-30") -> list[tuple[str, date | None, bool]]:
    passage = Passage(
        chunk_id="a-0", article_id="a", title="Lumen", published=published, text=text, start=0, end=len(text), score=1.0
    )
    understood = understand(question, today=date(2026, 1, 1))
    sought = sought_by(understood, [passage], lambda word: 1.0, aspect_of(understood.wording, understood.kind))
    window = next(window for window in windows_of(passage) if dated_values(window, sought))
    return [(value.text, value.day, value.overtaken) for value in dated_values(window, sought)]


@pytest.mark.parametrize(
    ("text", "value", "day"),
    [
        ("In May 2024 Lumen was valued at $2 billion.", "$2 billion", date(2024, 5, 31)),
        ("Lumen is valued at $2 billion.", "$2 billion", date(2025, 6, 30)),
        ("On 4 March Lumen was valued at $2 billion.", "$2 billion", date(2025, 3, 4)),
        ("On 4 October Lumen was valued at $2 billion.", "$2 billion", date(2024, 10, 4)),
        ("It grew in May 2022. Lumen was valued at $2 billion in June.", "$2 billion", date(2022, 6, 30)),
        ("It grew in November 2022. Lumen was valued at $2 billion in January.", "$2 billion", date(2023, 1, 31)),
        ("In 2022 it grew. Lumen was valued at $2 billion in March.", "$2 billion", date(2022, 3, 31)),
        ("It was founded in 2019. Its valuation is $2 billion.", "$2 billion", date(2019, 12, 31)),
        ("| When | Valuation |\n|---|---|\n| August 2024 | $2 billion |", "$2 billion", date(2024, 8, 31)),
        ("| | 2023 | 2024 |\n|---|---|---|\n| Valuation | $1 billion | n/a |", "$1 billion", date(2023, 12, 31)),
    ],
)
def test_a_value_is_of_the_day_its_sentence_or_row_gives_or_of_its_article(text: str, value: str, day: date) -> None:
    assert _dated("What is Lumen's valuation?", text)[-1][:2] == (value, day)


def test_two_values_of_a_sentence_have_a_day_each_and_what_was_overtaken_is_told() -> None:
    text = "Lumen was valued at $1 billion in May 2023, and at $2 billion in June 2024."
    assert [found[:2] for found in _dated("What is Lumen's valuation?", text)] == [
        ("$1 billion", date(2023, 5, 31)),
        ("$2 billion", date(2024, 6, 30)),
    ]
    text = "Lumen was valued at $2 billion, up from $1 billion."
    assert [found[2] for found in _dated("What is Lumen's valuation?", text)] == [False, True]


def test_a_projection_is_of_no_later_day_than_its_article() -> None:
    text = "Lumen expects revenue of $9 million in 2027."
    assert _dated("What is Lumen's revenue?", text)[0][1] == date(2025, 6, 30)


def test_a_value_of_an_article_without_a_date_has_none() -> None:
    assert _dated("What is Lumen's valuation?", "Lumen's valuation is $2 billion.", None)[0][1] is None


LIBRARY = {
    "old.md": (
        "---\ntitle: Quillon grows\npublished: 2024-02-01\n---\n"
        "Quillon employs 110 people in its Boston office. Quillon is valued at $300 million.\n"
        "\nQuillon's annualised revenue was $3 million in December 2023.\n"
        "\nQuillon released Falcon 1 on 5 January 2024.\n"
    ),
    "middle.md": (
        "---\ntitle: The week in funding\npublished: 2025-03-03\n---\n"
        "Northbeam raised $30 million.\n\nQuillon, whose staff now counts 320 people, is worth $1.2 billion.\n"
        "\nQuillon is close to raising $90 million in a Series C.\n"
        "\n| Company | As of | Annualised revenue |\n|---|---|---|\n"
        "| Northbeam | January 2025 | $2 million |\n| Quillon | January 2025 | $21 million |\n"
        "\nQuillon brought out Falcon 2 on 2 March 2025.\n"
    ),
    "late.md": (
        "---\ntitle: Quillon, looked back on\npublished: 2025-11-20\n---\n"
        "Quillon employs 500 people. In August 2024 it was valued at $700 million; today Quillon is valued at "
        "$2.5 billion.\n\nQuillon has raised $85 million in its Series C, led by Sequoia.\n"
    ),
}


ROUNDS = {
    "rounds.md": (
        "---\ntitle: The rounds of Cohere\npublished: 2025-11-20\n---\n"
        "Cohere raised its Series B of $50 million on 12 June 2024.\n"
    ),
    "before.md": "---\ntitle: Cohere early\npublished: 2024-02-01\n---\nCohere employs 35 people.\n",
    "after.md": "---\ntitle: Cohere now\npublished: 2025-02-01\n---\nCohere employs 90 people.\n",
}


@pytest.fixture(scope="module")
def ask(shared_library_of: MakeLibrary) -> Iterator[Callable[..., Answer]]:
    with rag.open(shared_library_of(LIBRARY)) as library:
        yield library.ask


@pytest.mark.parametrize(
    ("question", "as_of", "said"),
    [
        ("What is Quillon worth?", "2024-06", "$300 million"),
        ("What is Quillon worth?", "2025-06", "$1.2 billion"),
        ("What is Quillon worth?", None, "$2.5 billion"),
        ("How many people work at Quillon?", "2024", "110"),
        ("How many people work at Quillon?", "2025-04", "320"),
        ("quillon run rate", "2025-04", "$21 million"),
        ("quillon run rate", "2024-03", "$3 million"),
        ("What was Quillon worth in autumn 2024?", None, "$700 million"),
        ("What's the newest model out of Quillon?", "2024-12", "Falcon 1"),
        ("What's the newest model out of Quillon?", "2025-12", "Falcon 2"),
        ("How much did Quillon raise in its Series C?", "2025-04", "$90 million"),
        ("How much did Quillon raise in its Series C?", "2025-12", "$85 million"),
    ],
)
def test_the_newest_value_of_the_day_asked_about_is_given(
    ask: Callable[..., Answer], question: str, as_of: str | None, said: str
) -> None:
    answer = ask(question, as_of=as_of)
    assert answer.status == "answered"
    assert said in answer.sentences[0].text


@pytest.mark.parametrize(
    ("question", "asked_as", "said"),
    [
        (
            "How many people worked at Cohere before its Series B?",
            "How many people worked at Cohere before 12 June 2024?",
            "35",
        ),
        (
            "How many people worked at Cohere before its Series F?",
            "How many people worked at Cohere before its Series F?",
            "",
        ),
    ],
)
def test_a_day_told_by_a_round_is_looked_up(
    shared_library_of: MakeLibrary, question: str, asked_as: str, said: str
) -> None:
    with rag.open(shared_library_of(ROUNDS)) as library:
        answer = library.ask(question)
        assert answer.asked_as == asked_as
        assert not said or said in answer.sentences[0].text
