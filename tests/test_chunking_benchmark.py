"""What the chunking benchmark counts, and what it counts it on."""

import json
from pathlib import Path

import pytest

from benchmarks.chunking import ndcg, recursive, shown, whole
from benchmarks.chunking_search import evidence_found, first_words, search_all
from benchmarks.chunking_texts import LONGEST, SHORTEST, Evidence, read_abstracts, read_stories
from ingest.chunking import chunk
from rag.documents import Article, Chunk
from tests.hash_embedder import HashEmbedder

FACTS = ["Acme  sold 12 robots to Bolt in May.", "Bolt paid Acme $3 million for them."]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    abstracts = [
        {"_id": str(n), "title": f"Study {n}", "text": f"We looked at sample {n}. It was large. It grew. We stopped."}
        for n in range(600)
    ]
    claims = [{"_id": "c1", "text": "Sample 7 was large."}, {"_id": "c2", "text": "Nobody asked."}]
    story = {"url": "https://example.org/a-1", "title": "Acme sells", "facts": FACTS}
    asked = {"id": "q1", "query": "Who bought robots?", "evidence_list": [{"url": story["url"], "fact": FACTS[0]}] * 2}
    unanswerable = {"id": "q2", "query": "Who else?", "evidence_list": []}
    for name, rows in {
        "corpus.jsonl": abstracts,
        "queries.train.jsonl": claims,
        "articles.jsonl": [story],
        "queries.jsonl": [asked, unanswerable],
    }.items():
        (tmp_path / name).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (tmp_path / "qrels.train.tsv").write_text("query-id\tcorpus-id\tscore\nc1\t7\t1\n", encoding="utf-8")
    return tmp_path


def test_some_abstracts_are_the_relevant_ones_and_others(data: Path) -> None:
    found = read_abstracts(data, 20)
    assert len(found.articles) == 20
    assert found.claims == {"c1": "Sample 7 was large."}
    assert found.relevance == {"c1": {"7": 1}}
    assert "7" in {article.id for article in found.articles}
    assert len(read_abstracts(data).articles) == 600


def test_a_made_story_is_as_long_as_an_article_and_holds_its_facts_in_order(data: Path) -> None:
    filler = read_abstracts(data).articles
    stories = read_stories(data, filler, seed=1)
    (article,) = stories.articles
    (needed,) = stories.evidence["q1"]
    assert list(stories.questions) == ["q1"]
    assert article.text[needed.start : needed.end] == "Acme sold 12 robots to Bolt in May."
    assert article.text.index(FACTS[1]) > needed.end
    assert SHORTEST <= len(article.text.split()) <= LONGEST + 300
    assert read_stories(data, filler, seed=1) == stories != read_stories(data, filler, seed=2)


def piece(number: int, start: int, end: int, article_id: str = "a") -> Chunk:
    return Chunk(f"{article_id}-{number}", article_id, number, start, end, "word " * (end - start))


def test_evidence_is_found_when_the_chunks_hold_all_of_it_together() -> None:
    facts = [Evidence("a", 10, 20), Evidence("a", 30, 40)]
    assert evidence_found(facts, [piece(0, 0, 25)]) == 0.5
    assert evidence_found(facts, [piece(0, 0, 15), piece(1, 14, 40)]) == 1
    assert evidence_found(facts, [piece(0, 0, 15), piece(1, 16, 40)]) == 0.5
    assert evidence_found(facts, [piece(0, 0, 50, "b")]) == 0
    assert evidence_found(facts, []) == 0


def test_the_first_words_are_those_of_the_best_chunks_and_at_least_one() -> None:
    chunks = [piece(0, 0, 60), piece(1, 60, 120), piece(2, 120, 130)]
    assert first_words(chunks, 120) == chunks[:2]
    assert first_words(chunks, 125) == chunks[:2]
    assert first_words(chunks, 10) == chunks[:1]


def test_an_article_ranks_where_its_best_chunk_does() -> None:
    ranked = {"one": [piece(0, 0, 1, "b"), piece(1, 1, 2, "b"), piece(0, 0, 1, "a")], "two": [piece(0, 0, 1, "a")]}
    figures = ndcg(ranked, {"one": {"a": 1}, "two": {"a": 1}})
    assert figures["two"] == 1
    assert figures["one"] == pytest.approx(0.6309, abs=1e-4)  # second place: 1 / log2(3)


def test_chunks_of_the_others_are_slices_too() -> None:
    article = Article(id="a", source="a", title="T", text="One sentence of some length. " * 100)
    for part in (*recursive(article), *whole(article)):
        assert article.text[part.start : part.end] == part.text
    assert len(recursive(article)) > 2


def test_both_legs_find_the_chunk_that_says_it(data: Path) -> None:
    abstracts = read_abstracts(data, 20)
    embedder = HashEmbedder()

    def cut(article: Article) -> list[Chunk]:
        return chunk(article, embedder.count_tokens)

    chunks, ranked = search_all(abstracts.articles, cut, True, abstracts.claims, embedder.embed)
    assert len(chunks) == 20
    assert ranked.fused["c1"][0].article_id == "7"
    assert {part.id for part in ranked.dense["c1"]} == {part.id for part in chunks}


def test_a_figure_is_shown_with_how_likely_chance_is() -> None:
    reference = {"a": 0.5, "b": 0.2, "c": 0.3}
    assert shown(reference, reference) == "0.3333"
    assert shown(dict(reference), reference) == "0.3333 (same)"
    assert shown({"a": 0.6, "b": 0.4, "c": 0.4}, reference) == "0.4667 (p 0.057)"
