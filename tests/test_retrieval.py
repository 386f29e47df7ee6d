"""Finding passages: two legs, fused, filtered."""

from collections.abc import Callable, Mapping
from pathlib import Path

import rag
from rag.indexes.hits import Hit
from rag.retrieval import fuse

ARTICLES = {
    "a.md": "---\ntitle: Acme raises\npublished: 2024-01-02\ncompanies: [Acme]\n---\nAcme raised money from Zeta.\n",
    "b.md": "---\ntitle: Bolt hires\npublished: 2025-03-04\ncompanies: [Bolt]\n---\nBolt hired a chief scientist.\n",
}


def test_a_chunk_that_both_legs_find_beats_those_that_one_leg_finds() -> None:
    dense = [Hit("x", 0.9), Hit("both", 0.8), Hit("z", 0.1)]
    lexical = [Hit("y", 12.0), Hit("both", 11.0), Hit("z", 1.0)]
    assert [hit.chunk_id for hit in fuse(dense, lexical)] == ["both", "y", "x", "z"]


def test_scores_that_are_all_equal_or_missing_fuse_all_the_same() -> None:
    assert [hit.chunk_id for hit in fuse([Hit("b", 0.5), Hit("a", 0.5)], [])] == ["a", "b"]
    assert fuse([], []) == []


def test_what_was_published_after_the_as_of_date_is_not_found(library_of: Callable[[Mapping[str, str]], Path]) -> None:
    with rag.open(library_of(ARTICLES)) as library:
        assert {p.title for p in library.search("chief scientist")} == {"Acme raises", "Bolt hires"}
        assert {p.title for p in library.search("chief scientist", as_of="2024")} == {"Acme raises"}


def test_only_articles_about_the_companies_asked_for_are_found(
    library_of: Callable[[Mapping[str, str]], Path],
) -> None:
    with rag.open(library_of(ARTICLES)) as library:
        assert {p.title for p in library.search("money", companies=["Bolt"])} == {"Bolt hires"}


def test_a_company_or_product_that_occurs_nowhere_is_named_in_the_refusal(
    library_of: Callable[[Mapping[str, str]], Path],
) -> None:
    with rag.open(library_of(ARTICLES)) as library:
        for name in ("Anthropic", "Nimbus 7B", "Wexler"):
            answer = library.ask(f"What does {name} cost?")
            assert answer.status == "not_found"
            assert f"mentions {name}" in answer.text


def test_the_best_passage_comes_first_and_no_more_than_k(library_of: Callable[[Mapping[str, str]], Path]) -> None:
    with rag.open(library_of(ARTICLES)) as library:
        found = library.search("Who is chief scientist at Bolt?", k=1)
        assert [p.title for p in found] == ["Bolt hires"]
