"""Where sources disagree, what is no disagreement, and the earlier values of what changes."""

from collections.abc import Callable, Mapping
from pathlib import Path

import anyio
import pytest

import rag
from rag.answer import Answer
from rag.answering.equivalent import same_value
from rag.answering.generative import GenerativeAnswerer
from rag.assistant import Assistant
from rag.checking.quantities import quantities
from rag.settings import load_settings
from rag.testing.scripted_model import ScriptedChatModel

Library = Callable[[Mapping[str, str]], Path]


def _article(title: str, published: str, text: str) -> str:
    return f"---\ntitle: {title}\nsite: {title.split()[0]} News\npublished: {published}\n---\n{text}\n"


ONE = _article("Quillon in March", "2025-03-10", "Quillon had annualised revenue of $3.6 billion in February 2025.")
OTHER = _article(
    "Another look at Quillon", "2025-04-02", "Quillon's annualised revenue was $3.7 billion in February 2025."
)
OLD = _article("Quillon a year ago", "2024-03-10", "Quillon had annualised revenue of $1.1 billion in February 2024.")
ROUNDED = _article(
    "Quillon rounded", "2025-04-02", "In February 2025 Quillon's annualised revenue was about $3.5 billion."
)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("about $2bn", "$1.97 billion", True),
        ("a seed round of €105M", "a seed of $113 million", True),
        ("$1.5 billion", "$1.5 million", False),
        ("$3.6 billion", "$3.7 billion", False),
        ("$415 million", "$414 million", True),
        ("more than 100 people", "120 people", True),
        ("more than 100 people", "900 people", False),
        ("$2.4 billion", "$2.43 billion", True),
        ("€2 billion", "$3.9 billion", False),
        ("$35 million annualised", "$1.8 million a month", False),
        ("$24 million a year", "$2 million a month", True),
        ("April 2023", "28 April 2023", True),
        ("April 2023", "May 2023", False),
        ("in 2023", "in May 2023", True),
        ("HK$4.8 billion", "$620 million", True),
        ("26 percent", "27 percent", False),
    ],
)
def test_rounding_bounds_and_exchange_rates_are_told_from_a_difference(one: str, other: str, same: bool) -> None:
    a, b = quantities(one)[0], quantities(other)[0]
    assert same_value(a, b, one, other) is same
    assert same_value(b, a, other, one) is same


def test_two_outlets_with_two_values_are_both_shown_with_quotes_days_and_a_reason(library_of: Library) -> None:
    with rag.open(library_of({"one.md": ONE, "other.md": OTHER})) as library:
        answer = library.ask("What was Quillon's annualised revenue in February 2025?")
        (conflict,) = answer.conflicts
        assert {value.value for value in conflict.values} == {"$3.6 billion", "$3.7 billion"}
        assert conflict.about == "revenue of Quillon"
        for value in conflict.values:
            assert value.date == "2025-02"
            assert value.citation in answer.citations
            text = library.article(value.citation.article_id).text
            assert text[value.citation.start : value.citation.end] == value.citation.quote
            assert value.value in value.citation.quote
        assert conflict.values[conflict.preferred].value in answer.sentences[0].text
        assert "source" in conflict.why
        assert "Sources disagree: " in answer.text
        assert "Sources disagree on the revenue" in str(answer)
        assert "Sources disagree on the revenue" in answer._repr_html_()


def test_a_newer_value_of_what_changes_is_no_conflict_and_the_older_is_history(library_of: Library) -> None:
    with rag.open(library_of({"one.md": ONE, "old.md": OLD})) as library:
        answer = library.ask("What is Quillon's annualised revenue?")
        assert answer.conflicts == ()
        (earlier,) = answer.history
        assert (earlier.value, earlier.date, earlier.published) == ("$1.1 billion", "2024-02", "2024-03-10")
        assert earlier.citation not in answer.citations
        assert "Earlier: $1.1 billion (for February 2024, Quillon News, 10 March 2024)" in str(answer)


def test_what_is_later_than_the_day_asked_about_is_no_history(library_of: Library) -> None:
    with rag.open(library_of({"one.md": ONE, "old.md": OLD})) as library:
        assert library.ask("What is Quillon's annualised revenue?", as_of="2024-06").history == ()


@pytest.mark.parametrize(
    "articles",
    [
        {"one.md": ONE, "rounded.md": ROUNDED},
        {"one.md": ONE, "copy.md": ONE.replace("title: Quillon in March", "title: Quillon, as sent on")},
        {"one.md": ONE, "else.md": OTHER.replace("Quillon", "Northbeam")},
        {"one.md": ONE, "worth.md": OTHER.replace("annualised revenue was", "valuation was")},
    ],
    ids=["rounded", "copy", "another company", "another thing"],
)
def test_what_is_no_disagreement_is_not_shown_as_one(library_of: Library, articles: Mapping[str, str]) -> None:
    with rag.open(library_of(articles)) as library:
        answer = library.ask("What was Quillon's annualised revenue in February 2025?")
        assert "$3.6 billion" in answer.text or "$3.5 billion" in answer.text
        assert answer.conflicts == ()
        assert "disagree" not in answer.text


def test_an_answer_that_a_model_writes_has_them_too(library_of: Library) -> None:
    folder = library_of({"one.md": ONE, "other.md": OTHER})
    model = ScriptedChatModel(scripts=["Quillon had annualised revenue of $3.6 billion in February 2025. [1]"])

    async def asked(wording: str) -> Answer:
        assistant = Assistant.open(load_settings(library=folder))
        assistant._answerers["scripted"] = GenerativeAnswerer("scripted", model, assistant.settings)
        try:
            return await assistant.ask(wording, model="scripted")
        finally:
            assistant.close()

    answer = anyio.run(asked, "What was Quillon's annualised revenue in February 2025?")
    assert {value.value for value in answer.conflicts[0].values} == {"$3.6 billion", "$3.7 billion"}
