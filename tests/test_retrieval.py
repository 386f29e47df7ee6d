"""Finding passages: two legs, fused, filtered."""

import asyncio
from contextlib import closing

import pytest

import rag
from rag.assistant import Assistant
from rag.errors import ConfigurationError
from rag.fusion import ARTICLE, DENSE, SENTENCE, WORDS, fuse, scaled
from rag.settings import Settings
from tests.conftest import MakeLibrary

ARTICLES = {
    "a.md": "---\ntitle: Acme raises\npublished: 2024-01-02\ncompanies: [Acme]\n---\nAcme raised money from Zeta.\n",
    "b.md": "---\ntitle: Bolt hires\npublished: 2025-03-04\ncompanies: [Bolt]\n---\nBolt hired a chief scientist.\n",
}


def test_a_chunk_that_both_legs_find_beats_those_that_one_leg_finds() -> None:
    dense = scaled({"x-0": 0.9, "both-0": 0.8, "z-0": 0.1})
    words = scaled({"y-0": 12.0, "both-0": 11.0, "z-0": 1.0})
    weights = {DENSE: 0.45, WORDS: 0.55}
    found = fuse({DENSE: dense, WORDS: words}, [*dense, *words], weights)
    assert [ranked.chunk_id for ranked in found] == ["both-0", "y-0", "x-0", "z-0"]
    assert found[0].signals[WORDS].rank == 2
    assert DENSE not in found[1].signals


def test_of_two_chunks_that_say_the_same_the_one_in_the_article_about_it_comes_first() -> None:
    dense = scaled({"aside-3": 0.8, "story-1": 0.8, "z-0": 0.1})
    found = fuse({DENSE: dense, ARTICLE: scaled({"story": 20.0, "aside": 5.0})}, dense)
    assert [ranked.chunk_id for ranked in found] == ["story-1", "aside-3", "z-0"]


def test_scores_that_are_all_equal_or_missing_fuse_all_the_same() -> None:
    even = scaled({"b-0": 0.5, "a-0": 0.5})
    assert [ranked.chunk_id for ranked in fuse({DENSE: even}, even)] == ["a-0", "b-0"]
    assert fuse({DENSE: {}, WORDS: {}, ARTICLE: {}}, []) == []


def test_what_was_published_after_the_as_of_date_is_not_found(shared_library_of: MakeLibrary) -> None:
    with rag.open(shared_library_of(ARTICLES)) as library:
        assert {p.title for p in library.search("chief scientist")} == {"Acme raises", "Bolt hires"}
        assert {p.title for p in library.search("chief scientist", as_of="2024")} == {"Acme raises"}


def test_only_articles_about_the_companies_asked_for_are_found(
    shared_library_of: MakeLibrary,
) -> None:
    with rag.open(shared_library_of(ARTICLES)) as library:
        assert {p.title for p in library.search("money", companies=["Bolt"])} == {"Bolt hires"}


def test_a_company_or_product_that_occurs_nowhere_is_named_in_the_refusal(
    shared_library_of: MakeLibrary,
) -> None:
    with rag.open(shared_library_of(ARTICLES)) as library:
        for name in ("Anthropic", "Nimbus 7B", "Wexler"):
            answer = library.ask(f"What does {name} cost?")
            assert answer.status == "not_found"
            assert f"mentions {name}" in answer.text


def test_the_best_passage_comes_first_and_no_more_than_k(shared_library_of: MakeLibrary) -> None:
    with rag.open(shared_library_of(ARTICLES)) as library:
        found = library.search("Who is chief scientist at Bolt?", k=1)
        assert [p.title for p in found] == ["Bolt hires"]


def test_a_leg_without_a_weight_is_not_asked(shared_library_of: MakeLibrary) -> None:
    settings = Settings(library=shared_library_of(ARTICLES))
    found = {}
    for name, weights in {"words": {WORDS: 1.0}, "dense": {DENSE: 1.0}, "both": {DENSE: 0.5, WORDS: 0.5}}.items():
        with closing(Assistant.open(settings, weights=weights)) as assistant:
            assistant.sync()
            passages = asyncio.run(assistant.search("chief scientist", explain=True))
        assert all([signal.name for signal in p.signals or ()] == list(weights) for p in passages)
        found[name] = [p.title for p in passages]
    assert found == {"words": ["Bolt hires"], "dense": ["Bolt hires", "Acme raises"], "both": found["dense"]}
    with closing(Assistant.open(settings, depth=1)) as assistant:
        assert [p.title for p in asyncio.run(assistant.search("chief scientist"))] == ["Bolt hires"]


@pytest.mark.parametrize(("weights", "depth"), [({ARTICLE: 1.0}, 9), ({DENSE: 1, "magic": 1}, 9), ({DENSE: 1}, 0)])
def test_weights_that_find_nothing_are_told(
    weights: dict[str, float], depth: int, shared_library_of: MakeLibrary
) -> None:
    with pytest.raises(ConfigurationError, match="Weights are of dense, sentence, words, article"):
        Assistant.open(Settings(library=shared_library_of(ARTICLES)), weights=weights, depth=depth)


def test_a_passage_is_as_near_as_its_nearest_sentence(shared_library_of: MakeLibrary) -> None:
    mixed = (
        "Acme bakes bread in Rome. Its founder plays chess. Bolt raised $5 million from Zeta. The court let it pass."
    )
    texts = {"a.md": f"---\ntitle: This week\n---\n{mixed}\n", "b.md": "---\ntitle: Bolt\n---\nBolt makes batteries.\n"}
    with rag.open(shared_library_of(texts)) as library:
        found = library.search("How much money did Bolt raise from Zeta?", explain=True)
    week, bolt = (
        {signal.name: signal for signal in p.signals or ()} for p in sorted(found, key=lambda p: -len(p.text))
    )
    assert week[SENTENCE].score > week[DENSE].score + 0.1
    assert week[SENTENCE].rank == 1
    assert bolt[SENTENCE].rank == 2
