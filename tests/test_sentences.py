from itertools import pairwise

import pytest
import sentencex
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
        ("Character.AI grew. C3.AI did too.", ["Character.AI grew.", "C3.AI did too."]),
        ("It closed a round.The price is secret.", ["It closed a round.", "The price is secret."]),
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


@pytest.mark.parametrize("sentence", ["東京は大きな街です。", "Acme raised $2.5 million (in May). ", "“It’s good.” "])
def test_the_sentences_of_a_very_long_line_are_those_of_its_parts(sentence: str) -> None:
    text = sentence * 3_000
    assert sentences(text) == sentences(sentence) * 3_000


def test_a_very_long_sentence_is_one() -> None:
    long = "word " * 10_000 + "end."
    assert sentences(f"One. {long} Two.") == ["One.", long, "Two."]


def test_no_more_is_segmented_at_once_than_a_window_where_there_are_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    segment = sentencex.segment

    def counted(language: str, text: str) -> list[str]:
        asked.append(len(text))
        return segment(language, text)

    monkeypatch.setattr(sentencex, "segment", counted)
    sentences("東京は大きな街です。" * 14_000)
    assert max(asked) <= 4_000
    assert sum(asked) < 2 * 140_000
