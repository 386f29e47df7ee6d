"""Vectors of sentences in the context of their passage: whose they are, and what is lost by keeping them small."""

import numpy as np
import pytest

from rag.embedding import Embedder
from rag.embedding.sentence_vectors import in_8_bits, in_context, nearest

TEXT = "On money\nAcme raised $5 million. The founders left the university in May.\n- Its office is in Paris."


def test_a_sentence_has_the_mean_of_its_tokens_and_the_title_has_none() -> None:
    text = "Title\nAb cd. Ef."
    offsets = [(0, 5), (6, 8), (9, 11), (11, 12), (13, 15), (15, 16)]
    tokens = np.eye(6, dtype=np.float32)

    found = in_context(tokens, offsets, text, 6)

    assert found.tolist() == [[0, 127, 127, 127, 0, 0], [0, 0, 0, 0, 127, 127]]


def test_sentences_beyond_what_the_model_read_are_left_out() -> None:
    tokens = np.eye(2, dtype=np.float32)
    assert in_context(tokens, [(0, 2), (3, 5)], "Ab cd. Ef.", 0).tolist() == [[127, 127]]
    assert in_context(tokens[:0], [], "Ab cd. Ef.", 0).shape == (0, 2)


def test_eight_bits_keep_directions() -> None:
    vectors = np.random.default_rng(1).standard_normal((50, 384), dtype=np.float32)
    kept = in_8_bits(vectors).astype(np.float32)
    cosines = np.vecdot(kept, vectors) / np.linalg.norm(kept, axis=1) / np.linalg.norm(vectors, axis=1)
    assert cosines.min() > 0.9999


def test_each_passage_is_as_near_as_the_nearest_of_its_sentences() -> None:
    asked = np.array([1, 0], dtype=np.float32)
    passages = [np.array(rows, dtype=np.int8) for rows in ([[0, 127], [127, 0]], [[-127, 0]], [[0, 5], [3, 4], [0, 9]])]
    assert nearest(passages, asked) == pytest.approx([1, -1, 0.6])
    assert nearest([], asked) == []


def test_the_model_tells_the_sentences_of_a_passage_apart(embedder: Embedder) -> None:
    questions = ["How much money was raised?", "When did they leave the university?", "Which city is the office in?"]
    (passage,) = embedder.embed_passages([TEXT], [len("On money\n")])
    kept = passage.sentences.astype(np.float32)
    kept /= np.linalg.norm(kept, axis=1, keepdims=True)

    assert len(kept) == 3
    for number, question in enumerate(questions):
        assert int(np.argmax(kept @ embedder.embed_question(question))) == number


def test_passages_have_the_vectors_that_embed_gives_and_whatever_is_read_beside_them_changes_nothing(
    embedder: Embedder,
) -> None:
    texts = [TEXT, "", "x", "word " * 600 + "end. More.", TEXT + " And more."]
    found = embedder.embed_passages(texts, [9, 0, 0, 0, 9])
    (alone,) = embedder.embed_passages(texts[:1], [9])

    assert np.abs(np.stack([its.whole for its in found]) - embedder.embed(texts)).max() < 1e-5
    assert np.abs(found[0].sentences.astype(int) - alone.sentences.astype(int)).max() <= 1
    assert [len(its.sentences) for its in found] == [3, 0, 1, 1, 4]
    assert embedder.embed_passages([], []) == []
