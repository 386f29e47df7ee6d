"""Typing errors in questions."""

import pytest

from rag.spelling import corrected


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("How much was rasied?", "How much was raised?"),
        ("its seires B", "its series B"),
        ("How many paramters?", "How many parameters?"),
        ("Antropic's valuaton", "Anthropic's valuation"),
    ],
)
def test_a_sure_slip_is_put_right(typed: str, meant: str) -> None:
    assert corrected(typed) == meant


@pytest.mark.parametrize(
    "word",
    [
        "praise",
        "founders",
        "employer",
        "inventor",
        "coherent",
        "Lumen",
        "GPT-4o",
        "raising",
        "weakly",
        "Figured",
        "funded",
        "brought",
    ],
)
def test_a_word_that_may_be_meant_stays(word: str) -> None:
    assert corrected(f"the {word} of it") == f"the {word} of it"
