"""The days a question speaks of."""

from datetime import date

import pytest

from rag.periods import periods_in
from rag.question import understand

TODAY = date(2025, 8, 20)


@pytest.mark.parametrize(
    ("wording", "first", "last"),
    [
        ("worth in early 2024", "2024-01-01", "2024-04-30"),
        ("staff as of last March", "2025-03-01", "2025-03-31"),
        ("worth at the end of 2024", "2024-12-01", "2024-12-31"),
        ("staff in mid-2024", "2024-05-01", "2024-08-31"),
        ("staff in autumn 2023", "2023-09-01", "2023-11-30"),
        ("worth in winter 2023", "2023-12-01", "2024-02-29"),
        ("ARR Feb 2024", "2024-02-01", "2024-02-29"),
        ("raised on 15 May 2024", "2024-05-15", "2024-05-15"),
        ("raised on May 15, 2024", "2024-05-15", "2024-05-15"),
        ("worth in Q3 2024", "2024-07-01", "2024-09-30"),
        ("worth last year", "2024-01-01", "2024-12-31"),
        ("staff two years ago", "2023-08-01", "2023-08-31"),
        ("worth in late November 2023", "2023-11-20", "2023-11-30"),
        ("staff in September", "2024-09-01", "2024-09-30"),
    ],
)
def test_a_stretch_of_days_is_read_from_the_words(wording: str, first: str, last: str) -> None:
    assert [(str(p.first), str(p.last)) for p in periods_in(wording, TODAY)] == [(first, last)]


@pytest.mark.parametrize("wording", ["who may march next", "$2024 million", "31 February 2024", "7,2024"])
def test_what_is_no_day_is_not_read_as_one(wording: str) -> None:
    assert periods_in(wording, TODAY) == ()


def test_two_days_are_two_periods() -> None:
    assert [p.first.year for p in periods_in("ARR: May 2023 vs May 2024", TODAY)] == [2023, 2024]


def test_what_was_known_then_limits_the_articles_and_an_event_does_not() -> None:
    assert understand("What was Lumen worth as of March 2024?", today=TODAY).as_of == date(2024, 3, 31)
    assert understand("What was Lumen worth before 2024?", today=TODAY).as_of == date(2023, 12, 31)
    event = understand("How much did Lumen raise in March 2024?", today=TODAY)
    assert event.as_of is None
    assert event.period is not None
    assert event.period.last == date(2024, 3, 31)


def test_a_given_day_stands_when_the_words_name_a_later_one() -> None:
    assert understand("Worth as of 2025?", as_of="2024-06", today=TODAY).as_of == date(2024, 6, 30)


def test_a_relative_day_is_told_from_the_as_of_day() -> None:
    asked = understand("What was Lumen worth last year?", as_of="2023-05", today=TODAY)
    assert asked.period is not None
    assert asked.period.first == date(2022, 1, 1)
