import random

from ingest.dedupe import Origins, signature, similarity


def words(seed: int, count: int = 400) -> list[str]:
    chooser = random.Random(seed)
    return [f"w{chooser.randrange(5000)}" for _ in range(count)]


def edited(text: list[str], every: int) -> str:
    return " ".join("changed" if i % every == 0 else word for i, word in enumerate(text))


ORIGINAL = words(1)
TEXT = " ".join(ORIGINAL)
LIGHTLY_EDITED = edited(ORIGINAL, 100)
REWRITTEN = edited(ORIGINAL, 4)


def test_a_signature_is_the_same_every_time_and_blind_to_case_and_marks() -> None:
    assert signature(TEXT) == signature(TEXT.upper().replace(" ", ", "))


def test_similarity_is_near_the_share_of_common_shingles() -> None:
    assert similarity(signature(TEXT), signature(TEXT)) == 1.0
    assert similarity(signature(TEXT), signature(" ".join(words(2)))) < 0.05
    assert 0.8 < similarity(signature(TEXT), signature(LIGHTLY_EDITED)) < 1.0


def test_a_lightly_edited_copy_has_the_first_as_its_origin() -> None:
    origins = Origins([("first", "2023-12-11", signature(TEXT))])
    assert origins.origin_of("second", "2023-12-12", signature(LIGHTLY_EDITED)) == "first"


def test_another_story_and_a_rewritten_one_are_their_own_origins() -> None:
    origins = Origins([("first", "2023-12-11", signature(TEXT))])
    assert origins.origin_of("other", None, signature(" ".join(words(2)))) == "other"
    assert origins.origin_of("rewritten", None, signature(REWRITTEN)) == "rewritten"


def test_the_earliest_published_of_several_is_the_origin_and_undated_ones_come_last() -> None:
    known = [
        ("undated", None, signature(TEXT)),
        ("late", "2024-01", signature(TEXT)),
        ("early", "2023-12-11", signature(TEXT)),
    ]
    assert Origins(known).origin_of("new", None, signature(LIGHTLY_EDITED)) == "early"


def test_copies_within_one_run_are_found() -> None:
    origins = Origins([])
    assert origins.origin_of("first", None, signature(TEXT)) == "first"
    assert origins.origin_of("second", None, signature(LIGHTLY_EDITED)) == "first"


def test_an_article_is_no_copy_of_its_own_former_self() -> None:
    origins = Origins([("first", None, signature(TEXT))])
    assert origins.origin_of("first", None, signature(LIGHTLY_EDITED)) == "first"


def test_it_is_found_among_many() -> None:
    known = [(f"id{i}", None, signature(" ".join(words(i, 60)))) for i in range(2, 1002)]
    origins = Origins([*known, ("first", None, signature(TEXT))])
    assert origins.origin_of("second", None, signature(LIGHTLY_EDITED)) == "first"


def test_short_texts_and_missing_signatures_are_no_trouble() -> None:
    origins = Origins([("bare", None, b"")])
    assert origins.origin_of("tiny", None, signature("One.")) == "tiny"
    assert origins.origin_of("same", None, signature("One.")) == "tiny"
    assert origins.origin_of("none", None, signature("")) == "none"
