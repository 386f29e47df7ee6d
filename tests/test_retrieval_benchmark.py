"""What compares ways to find passages: its product row is the product, its folds do not mix, its signals mean what
they say."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random

import frontmatter
import numpy as np
import pytest

import rag
from benchmarks.articles import blocks, corpus, recombined, unquoted
from benchmarks.retrieval_collections import Collection, read_collection
from benchmarks.retrieval_learned import FOLDS, cross_validated, fold_of, logistic
from benchmarks.retrieval_signals import add_neighbours, add_sentences, candidates, product_legs
from benchmarks.retrieval_tokens import FinerModel, late_interaction
from benchmarks.retrieval_ways import _found, _shares, _sum
from benchmarks.retrieval_words import WordIndex, Words
from benchmarks.scaling_library import SHARES, limits
from rag.catalog import Catalog
from rag.embedding import Embedder
from rag.embedding.sentence_vectors import nearest
from rag.evaluation.questions import Asked
from rag.evaluation.suite import Suite
from rag.fusion import WEIGHTS
from rag.sentences import sentence_spans
from tests.made_articles import EMBEDDER, made, put

QUESTIONS = ("Who led Mistral's Series A?", "What is Anthropic's run-rate?", "How many people work at Cohere?")


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    """Thirty articles that nobody embedded."""
    random = Random(3)
    posts = [frontmatter.loads(unquoted(text, random)) for _, text in islice(recombined(corpus(), random), 30)]
    with closing(Catalog.open(tmp_path / "made", create=True)) as catalog:
        put(catalog, *(made(f"article-{at}", *blocks(post.content)) for at, post in enumerate(posts)))
        return collected(catalog, EMBEDDER)


def collected(catalog: Catalog, embedder: Embedder) -> Collection:
    asked = tuple(Asked(id=str(at), question=text, relevance={"a": 1}) for at, text in enumerate(QUESTIONS))
    return read_collection(Suite("made", asked), asked, "nDCG@10", catalog, embedder)


def test_the_products_row_ranks_as_the_product_does(
    library_of: Callable[[Mapping[str, str]], Path], embedder: Embedder
) -> None:
    random = Random(3)
    folder = library_of({name: unquoted(text, random) for name, text in islice(recombined(corpus(), random), 8)})
    with closing(Catalog.open(folder)) as catalog:
        collection = collected(catalog, embedder)
    found = _found(collection, product_legs(collection))
    with rag.open(folder) as library:
        for one, question in zip(found, QUESTIONS, strict=True):
            ranked = one.at[np.lexsort((one.at, -_sum(one, WEIGHTS)))]
            ids = [collection.chunks[at].chunk.id for at in ranked[:10]]
            assert ids == [passage.chunk_id for passage in library.search(question, 10)]


def test_a_figure_looks_at_articles_each_once(collection: Collection) -> None:
    relevant = collection.articles[1]
    judged = replace(collection, relevance=({relevant: 1},) * 3)
    first = int(np.flatnonzero(judged.article_of == 0)[0])
    right = int(np.flatnonzero(judged.article_of == 1)[0])

    assert judged.figure(0, [right]) == 1
    assert (
        judged.figure(0, [first, first + 1, right]) == judged.figure(0, [first, right]) == pytest.approx(1 / np.log2(3))
    )


def test_pairs_of_words_count_where_they_stand_side_by_side() -> None:
    texts = [{"text": "run the yearly rate"}, {"text": "the run rate"}]
    together = WordIndex(Words({"text": 1.0}, pairs=1.0), texts).search("run rate", 2)
    apart = WordIndex(Words({"text": 1.0}), texts).search("run rate", 2)

    assert together[1] - together[0] > apart[1] - apart[0] > 0


def test_what_the_word_index_leaves_out_is_chosen() -> None:
    texts = [{"text": "who was it"}, {"text": "banks rise"}]
    assert not WordIndex(Words({"text": 1.0}), texts).search("who was it", 2)
    assert list(WordIndex(Words({"text": 1.0}, stop_words=False), texts).search("who was it", 2)) == [0]
    assert list(WordIndex(Words({"text": 1.0}), texts).search("bank", 2)) == [1]
    assert not WordIndex(Words({"text": 1.0}, stemming=False), texts).search("bank", 2)


def test_no_question_is_scored_by_a_model_that_has_seen_it() -> None:
    random = np.random.default_rng(1)
    rows = [random.standard_normal((20, 2)) for _ in range(30)]
    right = [its[:, 0] > 0.5 for its in rows]
    folds = [fold_of(str(at)) for at in range(30)]
    before = cross_validated(logistic, rows, right, folds)
    right[7] = ~right[7]
    after = cross_validated(logistic, rows, right, folds)

    assert set(folds) <= set(range(FOLDS))
    assert np.array_equal(before[7], after[7])
    assert any(not np.array_equal(b, a) for b, a, fold in zip(before, after, folds, strict=True) if fold != folds[7])


def test_a_passage_is_as_near_as_its_nearest_sentence_and_its_nearest_neighbour(collection: Collection) -> None:
    found = candidates(collection, product_legs(collection))
    asked = collection.vectors_asked[0]
    far, near = np.zeros((2, len(asked)), dtype=np.int8), np.stack([np.zeros(len(asked)), 127 * asked]).astype(np.int8)
    last = int(found[0].at[-1])
    far[:, 0] = near[0, 0] = 1
    sentences = [near if at == last else far for at in range(len(collection.chunks))]
    add_sentences("sentence", collection, found, sentences)
    add_neighbours(collection, found)

    assert found[0].raw["sentence"] == pytest.approx([asked[0]] * (len(found[0].at) - 1) + [1], abs=0.01)
    for at, score in zip(found[0].at, found[0].raw["neighbours"], strict=True):
        beside = [
            other
            for other in (at - 1, at + 1)
            if 0 <= other < len(collection.chunks) and collection.article_of[other] == collection.article_of[at]
        ]
        assert score == pytest.approx(
            max(collection.vectors[other or at] @ asked for other in beside or [at]), abs=1e-5
        )


def test_finer_vectors_are_those_of_sentences_read_alone_and_of_tokens(
    collection: Collection, embedder: Embedder, tmp_path: Path
) -> None:
    some = replace(collection, chunks=collection.chunks[:4])
    model = FinerModel(tmp_path, lambda line: None)
    finer, again = model.finer(some), model.finer(some)

    assert all(np.array_equal(one, other) for one, other in zip(finer.alone, again.alone, strict=True))
    text = some.chunks[0].chunk.text
    start, end = sentence_spans(text)[0]
    assert nearest([finer.alone[0][:1]], embedder.embed([text[start:end]])[0]) == pytest.approx([1], abs=0.001)
    own = finer.tokens_of(2)
    assert len(own) == embedder.count_tokens([some.chunks[2].chunk.to_embed(some.chunks[2].title)])[0] + 2
    assert late_interaction(own, own) == pytest.approx(1, abs=1e-3)
    assert late_interaction(own, finer.tokens_of(3)) < 0.95
    assert late_interaction(own, finer.tokens_of(2, bits=2)) < late_interaction(own, finer.tokens_of(2, bits=4)) < 1


def test_weights_are_tried_in_every_way_that_adds_up_to_one() -> None:
    tried = list(_shares(3, 4))
    assert len(tried) == len(set(tried)) == 15
    assert all(sum(shares) == pytest.approx(1) for shares in tried)


def test_limits_leave_about_the_share_they_say() -> None:
    names = {(one.name, one.share) for one in limits()}
    assert names == {(name, share) for name in ("companies", "sites", "authors", "as-of day") for share in SHARES}
