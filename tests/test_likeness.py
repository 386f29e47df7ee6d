import random

import numpy as np
import pytest

from rag.likeness import ONE_STORY, RUN, WINDOW, Words, share


def words(seed: int, count: int = 400) -> list[str]:
    chooser = random.Random(seed)
    return [f"{chooser.choice(LETTERS)}{chooser.choice(LETTERS)}{chooser.randrange(50)}x" for _ in range(count)]


LETTERS = "abcdefghijklmnopqrstuvwxyz"
ORIGINAL = words(1)


def common(one: list[str], other: list[str]) -> float:
    ours = Words.of(" ".join(one))
    return share(ours.common(Words.of(" ".join(other))))


def in_common(one: str, other: str) -> set[int]:
    return {*Words.of(one).fingerprints().tolist()} & {*Words.of(other).fingerprints().tolist()}


def test_fingerprints_are_the_same_on_every_machine_and_blind_to_case_and_marks() -> None:
    text = "Mistral AI raised 385 million euros."
    assert Words.of(text).fingerprints().tolist() == Words.of(text.upper().replace(" ", ", ")).fingerprints().tolist()
    assert Words.of(text).fingerprints().tolist() == [-8877001757448318750]


def test_the_share_is_of_the_words_that_stand_in_runs_the_other_text_has() -> None:
    assert common(ORIGINAL, ORIGINAL) == 1.0
    assert common(ORIGINAL, words(2)) == 0.0
    assert common(ORIGINAL[:100] + words(2)[:300], ORIGINAL) == 0.25
    assert common(ORIGINAL, ORIGINAL[:100] + words(2)) == 0.25


def test_a_copy_with_every_fifth_word_changed_is_the_same_story_still() -> None:
    edited = ["changed" if i % 5 == 0 else word for i, word in enumerate(ORIGINAL)]
    assert common(ORIGINAL, edited) >= ONE_STORY


@pytest.mark.parametrize("seed", range(20))
def test_any_nineteen_words_in_a_row_give_two_texts_a_fingerprint_in_common(seed: int) -> None:
    """The promise of winnowing: a run of WINDOW + RUN - 1 words holds one whole window of runs."""
    at = random.Random(seed).randrange(300)
    quoted = ORIGINAL[at : at + WINDOW + RUN - 1]
    newsletter = [*words(seed + 100, 2000), *quoted, *words(seed + 200, 2000)]
    assert in_common(" ".join(ORIGINAL), " ".join(newsletter))


def test_other_texts_have_no_fingerprint_in_common() -> None:
    assert not in_common(" ".join(ORIGINAL), " ".join(words(2, 5000)))


def test_few_fingerprints_stand_for_a_text_and_a_book_has_not_many_more() -> None:
    assert 30 <= len(Words.of(" ".join(ORIGINAL)).fingerprints()) <= 80
    assert len(Words.of(" ".join(words(3, 60_000))).fingerprints()) <= 4096


def test_a_stretch_repeats_another_text_by_its_words_and_only_with_every_number_it_has() -> None:
    story = "Acme raised 385 million euros on Monday in a round that was led by Example Ventures of Paris."
    told = Words.of(f"Some news first. {story} And more of it.")
    for sentence, repeats in (
        (story, True),
        (story.replace("385", "415"), False),
        (f"{story} It was the twelfth round of the week, by our own count, and by no means the last one.", False),
        ("Acme raised 385 million", False),
    ):
        ours = Words.of(f"{'x ' * 30}{sentence}")
        found = ours.repeated(ours.common(told), told, [(0, 60), (60, 60 + len(sentence))], 0.7)
        assert found == ([1] if repeats else [])


def test_texts_of_one_word_or_none_are_no_trouble() -> None:
    assert common(["one"], ["one"]) == 1.0
    assert common(["one"], ["two"]) == common([], ["one"]) == 0.0
    assert Words.of("?!").fingerprints().tolist() == []
    assert isinstance(Words.of("").common(Words.of("One.")), np.ndarray)
