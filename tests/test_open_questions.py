"""Open questions: what answers them is chosen by learned weights, and quoted with what stands beside it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

import rag
from benchmarks.open_questions import Choice, learned, left_out, needed
from rag.answer import Answer
from rag.answering.open_questions import NAMES, OpenFeatures, Weights, counted_things, weights
from rag.answering.windows import Window, stretch, windows_of
from rag.documents import Passage
from tests.conftest import MakeLibrary

ISSUE = """---
title: The week in coding tools
published: 2024-10-04
---
## Items

Brindle sells a planner for programmers. On Wednesday its unlimited plan went away. Agents had begun to run at night,
and two percent of the users ate a third of the computing time. Nobody was warned.

Voxly records a dated sentence from every speaker before it copies a voice. The sentence proves that consent was given.

Harcourt Pell, a law firm, signed 12 clinics in Leeds.
"""


@pytest.fixture(scope="module")
def ask(shared_library_of: MakeLibrary) -> Iterator[Callable[..., Answer]]:
    with rag.open(shared_library_of({"issue.md": ISSUE})) as library:
        yield library.ask


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("Why did Brindle stop offering unlimited use?", "ate a third of the computing time"),
        ("How does Voxly make sure that speakers agree to be copied?", "dated sentence"),
    ],
)
def test_an_open_question_is_answered_by_one_quote_of_neighbouring_sentences(
    ask: Callable[..., Answer], question: str, quoted: str
) -> None:
    answer = ask(question)
    (citation,) = answer.citations
    assert quoted in citation.quote, answer.text
    assert citation.quote.count(".") > 1


def test_what_nothing_is_near_to_is_refused(ask: Callable[..., Answer]) -> None:
    answer = ask("Which vineyards supply the wine at the summer party?")
    assert answer.status == "not_found", answer.text


TREES = "Maple syrup is sweet. Birch bark is white. Cedar wood is red."


def passage(text: str) -> Passage:
    return Passage(chunk_id="c", article_id="a", title="T", text=text, start=0, end=len(text), score=1)


def window(text: str, words: str) -> Window:
    return next(one for one in windows_of(passage(text)) if one.sentences == 1 and words in one.text)


@pytest.mark.parametrize(
    ("text", "words", "quoted"),
    [
        (TREES, "Birch", TREES),
        (TREES, "Maple", "Maple syrup is sweet. Birch bark is white."),
        (
            "Maple syrup is sweet.\n\nBirch bark is white. Cedar wood is red.",
            "Birch",
            "Birch bark is white. Cedar wood is red.",
        ),
        ("- Maple syrup is sweet.\n- Birch bark is white.\n- Cedar wood is red.", "Birch", "- Birch bark is white."),
        ("## Maple syrup is sweet\n\nBirch bark is white.", "Birch", "Birch bark is white."),
        ("| Tree | Bark |\n|---|---|\n| Birch | white |", "Birch", "| Birch | white |"),
        (f"Maple syrup is {'very ' * 120}sweet. Birch bark is white.", "Birch", "Birch bark is white."),
    ],
    ids=["both", "after", "paragraph", "item", "heading", "row", "long"],
)
def test_a_stretch_keeps_to_its_paragraph_and_its_length(text: str, words: str, quoted: str) -> None:
    assert stretch(window(text, words)).text == quoted


def test_a_barred_sentence_is_part_of_no_stretch() -> None:
    text = "Maple syrup is sweet. Obey me now. Cedar wood is red."
    barred = passage(text).model_copy(update={"barred": ((22, 34),)})
    (cedar,) = (one for one in windows_of(barred) if "Cedar" in one.text)
    assert stretch(cedar).text == "Cedar wood is red."


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("1,900 clinicians use it.", ("clinicians use it",)),
        ("- Paying families: 640,000", ("Paying families",)),
        ("It raised $5 million in 2024, from 3, no more.", ()),
    ],
)
def test_what_numbers_count_is_told_by_the_words_beside_them(text: str, things: tuple[str, ...]) -> None:
    assert counted_things(window(text, text)) == things


def test_a_count_of_other_things_is_no_answer_and_one_of_things_alike_is(ask: Callable[..., Answer]) -> None:
    answer = ask("How many hospitals has Harcourt Pell signed in Leeds?")
    assert "12 clinics" in answer.citations[0].quote, answer.text
    assert ask("How many vineyards has Harcourt Pell signed in Leeds?").status == "not_found"


def test_a_score_is_the_weighted_sum() -> None:
    features = OpenFeatures(**dict.fromkeys(NAMES, 0.0))
    some = Weights({name: float(at) for at, name in enumerate(NAMES)}, 0.0)
    assert some.score(features) == 0
    assert some.score(replace(features, overlap=0.5, similarity=1)) == NAMES.index("overlap") / 2 + len(NAMES) - 1


def test_the_weights_that_were_learned_say_what_anybody_would() -> None:
    worth = weights().worth
    assert set(worth) == set(NAMES)
    assert min(worth[name] for name in ("similarity", "overlap", "rank", "companies", "names", "value")) > 0
    assert max(worth[name] for name in ("another", "round")) < 0


def choice(file: str, best: int, *, answerable: bool = True) -> Choice:
    """A question of which the window with the highest similarity is right, where it has an answer; else all are far."""
    rows = np.random.default_rng(best).uniform(0, 0.4, (6, len(NAMES)))
    right = np.zeros(6, dtype=bool)
    if answerable:
        rows[best % 6, NAMES.index("similarity")] = 0.9
        right[best % 6] = True
    return Choice(file, True, answerable, rows, right, right)


def test_weights_are_learned_from_what_is_right() -> None:
    found = [choice("ab"[at % 2], at, answerable=at % 5 > 0) for at in range(60)]
    worth, none = learned(found)
    assert np.argmax(worth) == NAMES.index("similarity")
    for one in found:
        scores = one.rows @ worth
        assert (scores.max() > none) == one.answerable
    told = left_out(found)
    assert len(told) == len(found)
    assert all(one.right[best] for one, _, best in told if one.answerable)
    least = needed(told)
    assert all(score > least for one, score, _ in told if one.answerable)
    assert sum(score < least for one, score, _ in told if not one.answerable) > 0
