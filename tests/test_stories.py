"""Copies and quotations in the catalog, whatever the order in which articles arrive."""

import random
import sqlite3
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from rag.catalog import Catalog
from rag.catalog.database import FILE
from rag.documents import Article
from tests.made_articles import made, put

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = Catalog.open(tmp_path / "library", create=True)
    yield opened
    opened.close()


def paragraph(seed: int, words: int = 60) -> str:
    chooser = random.Random(seed)
    return " ".join(chooser.choice(LETTERS) + chooser.choice(LETTERS) + chooser.choice(LETTERS) for _ in range(words))


def edited(text: str, every: int = 12) -> str:
    return " ".join("changed" if i % every == 5 else word for i, word in enumerate(text.split()))


STORY = [paragraph(seed) for seed in range(5)]
FIRST = made("first", *STORY, published="2023-12-10")
SYNDICATED = made("syndicated", paragraph(50, 20), *STORY[:4], published="2023-12-11")
EDITED = made("edited", *map(edited, STORY), published="2023-12-12")
UNDATED = made("a-undated", *STORY, "A word more.")
NEWSLETTER = made(
    "newsletter", paragraph(60), paragraph(61), STORY[2], paragraph(62), paragraph(63), paragraph(64),
    published="2023-12-15",
)  # fmt: skip
OTHER = made("other", *(paragraph(seed) for seed in range(70, 75)), published="2023-12-01")


def origins(catalog: Catalog) -> dict[str, str]:
    return {article.id: article.origin_id for article in catalog.articles()}


def repeated(catalog: Catalog) -> dict[str, list[str]]:
    return {chunk: [a.id for a in found] for chunk, found in catalog.repeated_in(catalog.chunk_ids()).items()}


@pytest.mark.parametrize("order", list(permutations([FIRST, SYNDICATED, EDITED, OTHER])))
def test_the_earliest_is_the_origin_in_whatever_order_they_arrive(catalog: Catalog, order: tuple[Article, ...]) -> None:
    put(catalog, *order)
    assert origins(catalog) == {"first": "first", "syndicated": "first", "edited": "first", "other": "other"}


def test_a_date_known_to_the_month_comes_after_its_days_and_none_at_all_last(catalog: Catalog) -> None:
    put(catalog, UNDATED, made("month", *STORY, published="2023-12"))
    assert origins(catalog) == {"a-undated": "month", "month": "month"}
    put(catalog, FIRST)
    assert set(origins(catalog).values()) == {"first"}


def test_a_corrected_date_moves_the_origin(catalog: Catalog) -> None:
    put(catalog, FIRST, SYNDICATED, EDITED)
    put(catalog, made("edited", *map(edited, STORY), published="2023-12-01"))
    assert set(origins(catalog).values()) == {"edited"}
    put(catalog, made("edited", *map(edited, STORY), published="2024-01-01"))
    assert set(origins(catalog).values()) == {"first"}


def test_an_origin_that_is_removed_or_rewritten_hands_over_to_its_earliest_copy(catalog: Catalog) -> None:
    put(catalog, FIRST, SYNDICATED, EDITED)
    put(catalog, made("first", *(paragraph(seed) for seed in range(80, 85)), published="2023-12-10"))
    assert origins(catalog) == {"first": "first", "syndicated": "syndicated", "edited": "syndicated"}
    assert "first" not in {other for others in repeated(catalog).values() for other in others}
    catalog.remove(["syndicated"])
    assert origins(catalog) == {"first": "first", "edited": "edited"}


def test_a_copy_that_is_rewritten_is_an_origin_of_its_own(catalog: Catalog) -> None:
    put(catalog, FIRST, EDITED)
    put(catalog, made("edited", *(paragraph(seed) for seed in range(80, 85))))
    assert origins(catalog) == {"first": "first", "edited": "edited"}
    assert repeated(catalog) == {}


@pytest.mark.parametrize("order", list(permutations([FIRST, NEWSLETTER])))
def test_a_newsletter_that_quotes_a_story_is_no_copy_but_its_quotation_is(
    catalog: Catalog, order: tuple[Article, ...]
) -> None:
    put(catalog, OTHER, *order)
    assert origins(catalog)["newsletter"] == "newsletter"
    assert repeated(catalog) == {"first-2": ["newsletter"], "newsletter-2": ["first"]}


def test_those_that_repeat_a_passage_are_told_earliest_first(catalog: Catalog) -> None:
    put(catalog, NEWSLETTER, EDITED, UNDATED, SYNDICATED, FIRST)
    assert repeated(catalog)["first-2"] == ["syndicated", "edited", "newsletter", "a-undated"]


def test_what_a_copy_adds_or_says_with_another_figure_is_no_repetition(catalog: Catalog) -> None:
    figure = f"{paragraph(90, 20)} raised 385 million {paragraph(91, 20)}"
    put(
        catalog,
        made("first", *STORY, figure, published="2023-12-10"),
        made("later", *STORY, figure.replace("385", "415"), paragraph(92), published="2023-12-11"),
    )
    assert set(origins(catalog).values()) == {"first"}
    assert {chunk for chunk in repeated(catalog) if chunk.startswith("later")} == {f"later-{i}" for i in range(5)}


def test_a_story_that_many_carry_has_one_origin_and_one_more_costs_no_more(catalog: Catalog) -> None:
    put(catalog, *(made(f"copy-{i:03}", paragraph(i + 100, 10), *STORY, published="2023-12-12") for i in range(60)))
    put(catalog, FIRST)
    assert set(origins(catalog).values()) == {"first"}
    assert 30 <= len(repeated(catalog)["first-0"]) <= 40


def test_a_phrase_that_everybody_prints_makes_nobody_a_copy(catalog: Catalog) -> None:
    signature = paragraph(95, 30)
    put(catalog, *(made(f"by-{i:03}", *(paragraph(1000 + 5 * i + j) for j in range(5)), signature) for i in range(60)))
    assert all(origin == article_id for article_id, origin in origins(catalog).items())


def test_nothing_is_kept_of_a_removed_article(catalog: Catalog) -> None:
    put(catalog, FIRST, NEWSLETTER)
    catalog.remove(["newsletter", "first"])
    connection = sqlite3.connect(catalog.folder / FILE)
    for table in ("fingerprints", "repeats", "chunks", "articles"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    connection.close()


def test_a_library_of_an_older_version_learns_of_its_copies(catalog: Catalog) -> None:
    put(catalog, EDITED, FIRST, NEWSLETTER)
    expected = origins(catalog), repeated(catalog)
    connection = sqlite3.connect(catalog.folder / FILE, isolation_level=None)
    connection.executescript(  # as the tables are after their migration
        "UPDATE articles SET origin_id = id, signature = x'00'; DELETE FROM fingerprints; DELETE FROM repeats;"
    )
    connection.close()
    reopened = Catalog.open(catalog.folder)
    reopened.relate_rest()
    assert (origins(reopened), repeated(reopened)) == expected
    reopened.close()


def test_finding_that_no_copies_are_left_to_be_found_costs_the_same_in_a_larger_library(catalog: Catalog) -> None:
    def steps() -> int:
        count = 0

        def counted() -> int:
            nonlocal count
            count += 1
            return 0

        catalog._connection.set_progress_handler(counted, 1)
        catalog.relate_rest()
        catalog._connection.set_progress_handler(None, 1)
        return count

    put(catalog, FIRST)
    small = steps()
    put(catalog, *(made(f"other-{seed}", paragraph(seed)) for seed in range(100, 160)))
    assert steps() == small
