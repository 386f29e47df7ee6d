from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.dates import first_day, is_partial_date, last_day, parse_as_of, precision, written_out
from rag.errors import QuestionError

NO_DATES = [
    "", "2023-", "2023-13", "2023-00", "2023-06-31", "2023-02-29", "2023-06-00", "0000", "23", "2023-6", "2023-06-1",
    "20230613", "2023/06/13", "yesterday", "2023-06-13T00:00", "2023-06-13 ", "\n2023", "2023\n", "99999", "-2023",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "first", "last", "written"),
    [
        ("2023", date(2023, 1, 1), date(2023, 12, 31), "2023"),
        ("2023-06", date(2023, 6, 1), date(2023, 6, 30), "June 2023"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        ("2023-06-13", date(2023, 6, 13), date(2023, 6, 13), "13 June 2023"),
        ("2023-06-01", date(2023, 6, 1), date(2023, 6, 1), "1 June 2023"),
        ("9999", date(9999, 1, 1), date(9999, 12, 31), "9999"),
    ],
)
def test_a_partial_date_has_a_first_and_a_last_day(text: str, first: date, last: date, written: str) -> None:
    assert (first_day(text), last_day(text), written_out(text)) == (first, last, written)
    assert is_partial_date(text)


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_date_is_refused(text: str) -> None:
    assert not is_partial_date(text)
    with pytest.raises(ValueError, match=r"date|day|month|year"):
        last_day(text)


def test_an_as_of_date_is_the_last_day_it_may_mean() -> None:
    assert parse_as_of(" 2023-06 ") == date(2023, 6, 30)


@given(st.text(max_size=12))
def test_an_as_of_date_is_a_day_or_a_question_error(text: str) -> None:
    if is_partial_date(text.strip()):
        assert isinstance(parse_as_of(text), date)
    else:
        with pytest.raises(QuestionError, match="2023-12-14"):
            parse_as_of(text)


@given(st.dates())
def test_every_day_comes_back_as_itself(day: date) -> None:
    assert first_day(day.isoformat()) == last_day(day.isoformat()) == day


@pytest.mark.parametrize(("text", "known"), [("2023", "year"), ("2023-06", "month"), ("2023-06-13", "day")])
def test_a_date_says_how_exactly_it_is_known(text: str, known: str) -> None:
    assert precision(text) == known
