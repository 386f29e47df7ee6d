"""Values are the same however they are written, and a changed value is always noticed."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checking.quantities import missing, quantities, supports

SPELLINGS = {
    ("amount", "2000000000", "USD"): (
        "$2Bn", "$2B", "$2bn", "$2 billion", "2 billion dollars", "US$2,000 million", "US$2bn", "USD 2bn",
        "2bn USD", "$2,000,000,000", "two billion dollars", "2-billion-dollar", "$2.0 billion", "$2,000m", "$2 B",
        "2 billion US dollars", "$2\u00a0billion",
    ),
    ("amount", "105000000", "EUR"): ("€105M", "105M€", "EUR 105m", "105 million euros", "€105 million", "EUR105M"),
    ("amount", "500000000", "USD"): ("half a billion dollars", "$500M", "$0.5bn"),
    ("amount", "3000000", "GBP"): ("£3m", "3 million pounds", "GBP 3 million", "three million pounds"),
    ("number", "32000", ""): ("32k", "32K", "32,000", "32 thousand"),
    ("number", "22", ""): ("22", "twenty-two", "twenty two"),
    ("number", "12", ""): ("a dozen", "twelve", "12"),
    ("percent", "15", ""): ("15%", "15 percent", "15 per cent", "fifteen percent", "15.0%"),
    ("date", "2023-12-11", ""): (
        "11 December 2023", "Dec 11, 2023", "11th December 2023", "2023-12-11", "December 11th, 2023", "11 Dec 2023",
        "11th of December, 2023", "Dec. 11, 2023",
    ),
    ("date", "2023-06", ""): ("June 2023", "2023-06", "Jun 2023"),
    ("date", "2023", ""): ("2023", "mid-2023"),
    ("name", "mistral 7b", ""): ("Mistral 7B", "Mistral-7B"),
    ("name", "gpt 4", ""): ("GPT-4", "GPT 4"),
}  # fmt: skip


@pytest.mark.parametrize(("value", "text"), [(value, text) for value, texts in SPELLINGS.items() for text in texts])
def test_spellings_of_one_value_are_equal(value: tuple[str, str, str], text: str) -> None:
    found = quantities(f"They said {text}, as it was.")
    assert [(q.kind, q.value, q.unit) for q in found] == [value]


@pytest.mark.parametrize(
    "text", ["Series A", "one-time", "Two Sigma", "by April Smith", "https://x.example/2023/06/13/5", "the first round"]
)
def test_what_is_no_quantity_is_none(text: str) -> None:
    assert [q for q in quantities(text) if q.value != "1"] == []


@pytest.mark.parametrize("name", ["8x7B", "GPT-4o", "Llama 3.1", "H100", "Qwen2.5", "gpt-oss-120b", "Claude 2", "o1"])
def test_numbers_in_names_are_names(name: str) -> None:
    found = quantities(f"It beats {name} by far.")
    assert [q.kind for q in found] == ["name"]
    assert not missing(f"It beats {name}.", [f"Better than {name.upper()}, they say"])


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Mistral 7B", "Mixtral 8x7B"),
        ("GPT-4", "GPT-4o"),
        ("GPT-4", "GPT-4.5"),
        ("Llama 3", "Llama 3.1"),
        ("3 founders", "Claude 3"),
        ("$4 billion", "up to $4 billion"),
        ("$4 billion", "$3-4 billion"),
        ("100 people", "fewer than 100 people"),
        ("less than $650M", "over $650M"),
        ("13 June 2023", "June 2023"),
        ("June 2023", "2023"),
        ("11 December 2023", "11 December"),
        ("$2 billion", "€2 billion"),
        ("$2 billion", "2 billion users"),
        ("32k tokens", "32,768 tokens"),
        ("15%", "15 people"),
        ("10x", "10 people"),
    ],
)
def test_what_says_less_or_something_else_does_not_support(claim: str, evidence: str) -> None:
    assert missing(claim, [evidence])


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("June 2023", "13 June 2023"),
        ("2023", "on 13th June 2023"),
        ("in June", "13 June 2023"),
        ("3 founders", "three founders"),
        ("three founders", "3 founders"),
        ("raised 415 million", "raised $415M"),
        ("2,000 employees", "2000 employees"),
        ("one of the founders", "a founder"),
        ("$200 to 300 million", "between $200 million and $300 million"),
        ("a 7B model", "Mistral 7B"),
    ],
)
def test_what_says_as_much_or_more_supports(claim: str, evidence: str) -> None:
    assert missing(claim, [evidence]) == ()


def test_a_range_shares_scale_and_currency() -> None:
    found = quantities("at $1.5-2 billion")
    assert [(q.value, q.unit, q.bound) for q in found] == [
        ("1500000000", "USD", "range"),
        ("2000000000", "USD", "range"),
    ]


def test_a_change_is_no_range() -> None:
    found = quantities("rose from 1 to 73 million dollars")
    assert [(q.value, q.bound) for q in found] == [("1000000", ""), ("73000000", "")]


def test_quantities_are_found_once_each_with_their_place() -> None:
    text = "On 13 June 2023 it raised €105M (about $113 million) for 15% with twenty-two people."
    found = quantities(text)
    assert [text[q.start : q.end] for q in found] == [
        "13 June 2023", "€105M", "$113 million", "15%", "twenty-two",
    ]  # fmt: skip
    assert [q.number for q in found] == [None, 105_000_000, 113_000_000, 15, 22]


CURRENCIES = {"USD": ("$", "US$", "USD "), "EUR": ("€", "EUR "), "GBP": ("£", "GBP ")}
WORDS = {"USD": " dollars", "EUR": " euros", "GBP": " pounds"}
SCALES = {"thousand": ("k", 3), "million": ("M", 6), "billion": ("bn", 9)}
amounts = st.tuples(
    st.decimals(min_value=Decimal("0.1"), max_value=Decimal(999), places=1),
    st.sampled_from(sorted(SCALES)),
    st.sampled_from(sorted(CURRENCIES)),
)


def written(amount: tuple[Decimal, str, str], draw: st.DrawFn) -> str:
    number, scale, currency = amount
    letter, power = SCALES[scale]
    whole = number * 10**power
    digits = f"{number.normalize():f}"
    prefix = draw(st.sampled_from(CURRENCIES[currency]))
    return draw(
        st.sampled_from(
            [
                f"{prefix}{digits} {scale}",
                f"{prefix}{digits}{letter}",
                f"{digits} {scale}{WORDS[currency]}",
                f"{prefix}{int(whole):,}" if whole >= 1000 else f"{prefix}{digits} {scale}",
                f"{prefix}{number}{letter}",
            ]
        )
    )


@given(amounts, st.data())
def test_any_two_ways_to_write_an_amount_are_equal(amount: tuple[Decimal, str, str], data: st.DataObject) -> None:
    one, other = data.draw(st.composite(lambda draw: (written(amount, draw), written(amount, draw)))())
    assert missing(f"It raised {one}.", [f"A round of {other} was closed"]) == ()


@given(amounts, amounts, st.data())
def test_another_amount_is_always_noticed(
    amount: tuple[Decimal, str, str], wrong: tuple[Decimal, str, str], data: st.DataObject
) -> None:
    values = [(a[0] * 10 ** SCALES[a[1]][1], a[2]) for a in (amount, wrong)]
    one, other = data.draw(st.composite(lambda draw: (written(amount, draw), written(wrong, draw)))())
    assert bool(missing(f"It raised {one}.", [f"A round of {other} was closed"])) == (values[0] != values[1])


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.data())
def test_a_date_is_the_same_in_every_form_and_another_is_noticed(day: date, other: date, data: st.DataObject) -> None:
    forms = [
        lambda d: d.isoformat(),
        lambda d: f"{d.day} {d:%B} {d.year}",
        lambda d: f"{d:%b} {d.day}, {d.year}",
        lambda d: f"{d:%B} {d.day}th {d.year}",
        lambda d: f"{d.day}th of {d:%B}, {d.year}",
    ]
    one, two = data.draw(st.sampled_from(forms)), data.draw(st.sampled_from(forms))
    assert bool(missing(f"Announced on {one(day)}.", [f"It was on {two(other)} that"])) == (day != other)
    assert missing(f"Announced in {day:%B} {day.year}.", [f"It was on {two(day)} that"]) == ()


@given(st.text())
def test_any_text_has_quantities_that_stand_in_it_and_support_themselves(text: str) -> None:
    for q in quantities(text):
        assert 0 <= q.start < q.end <= len(text)
        assert q.kind == "name" or supports(q, q)
    assert missing(text, [text]) == ()
