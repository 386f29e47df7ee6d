from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("It raised $2.5 bn. Then it grew 3.7 times.", ["It raised $2.5 bn.", "Then it grew 3.7 times."]),
        ("Dr. Smith of Acme Inc. said so. He left.", ["Dr. Smith of Acme Inc. said so.", "He left."]),
        (
            "A heading\nA first sentence.  A second.\n\n- an item",
            ["A heading", "A first sentence.", "A second.", "- an item"],
        ),
        ("  \n\t\n", []),
        ("", []),
        ("The same. The same. The same.", ["The same.", "The same.", "The same."]),
    ],
)
def test_sentences_are_found(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet=st.one_of(st.sampled_from(" .!?\n\"')A1"), st.characters(codec="utf-8")), max_size=80))
def test_spans_are_in_order_apart_and_hold_every_character_that_is_no_white_space(text: str) -> None:
    spans = sentence_spans(text)
    assert all(start < end for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    covered = {at for start, end in spans for at in range(start, end)}
    assert all(at in covered for at, character in enumerate(text) if not character.isspace())
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)
    assert not any("\n" in text[start:end] for start, end in spans)
