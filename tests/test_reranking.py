"""Looking at the best passages again with a cross-encoder: a tiny one, made here."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import rag
from rag.errors import ConfigurationError
from rag.fusion import RERANKER, Ranked, Signal
from rag.reranking import DEPTH, build_reranker, reranked
from rag.settings import Settings, load_settings

QUESTION = "Who is chief scientist at Bolt?"
ARTICLES = {
    f"{name}.md": f"---\ntitle: {name.title()} hires\npublished: 2025-03-04\n---\n{name.title()} hired a {role}.\n"
    for name, role in {
        "acme": "chief scientist", "bolt": "cook", "cobalt": "chief accountant", "delta": "scientist", "echo": "pilot",
    }.items()
}  # fmt: skip


def made(folder: Path, labels: int, *, headless: bool = False) -> Path:
    """A model of random weights, saved to a folder."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(words))
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=128, num_labels=labels, initializer_range=0.5,
    )  # fmt: skip
    (BertModel(config) if headless else BertForSequenceClassification(config)).save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt"), model_max_length=128).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("reranker") / "tiny", labels=1)


class ByLength:
    """The longer a text, the better it fits."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        return [float(len(text)) for text in texts]


def test_the_first_are_put_in_the_rerankers_order_and_the_others_stay_behind_them() -> None:
    found = [Ranked(f"a{at}-0", 1 - at / 100, {"dense": Signal(at + 1, 0.5, 0.5)}) for at in range(DEPTH + 2)]
    texts = {f"a{at}-0": "x" * (at + 1) for at in range(DEPTH) if at != 3}

    again = reranked(found, texts, QUESTION, ByLength())

    wanted = [f"a{at}-0" for at in reversed(range(DEPTH)) if at != 3]
    assert [ranked.chunk_id for ranked in again] == [*wanted, f"a{DEPTH}-0", f"a{DEPTH + 1}-0"]
    assert again[0].signals[RERANKER].score == DEPTH
    assert again[0].signals["dense"].rank == DEPTH
    assert RERANKER not in again[-1].signals
    scores = [ranked.score for ranked in again]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= scores[-1] <= scores[0] <= 1


def test_nothing_found_needs_no_second_look() -> None:
    assert reranked([], {}, QUESTION, ByLength()) == []


def test_a_search_follows_the_cross_encoder_and_explains_it(
    library_of: Callable[[Mapping[str, str]], Path], cross_encoder: Path
) -> None:
    folder = library_of(ARTICLES)
    with rag.open(folder) as library:
        plain = library.search(QUESTION, explain=True)
    with rag.open(folder, reranker=str(cross_encoder)) as library:
        again = library.search(QUESTION, explain=True)
        answered = library.ask(QUESTION)

    reranker = build_reranker(Settings(reranker=str(cross_encoder)))
    assert reranker is not None
    texts = {p.chunk_id: f"{p.title}\n{p.text}" for p in plain}
    scores = dict(zip(texts, reranker.scores(QUESTION, list(texts.values())), strict=True))
    assert [p.chunk_id for p in again] == sorted(scores, key=lambda id_: -scores[id_])
    assert [p.chunk_id for p in again] != [p.chunk_id for p in plain]
    assert [p.chunk_id for p in answered.passages] == [p.chunk_id for p in again]
    for place, passage in enumerate(again, 1):
        assert passage.signals is not None
        signal = passage.signals[-1]
        assert (signal.name, signal.rank) == (RERANKER, place)
        assert signal.score == pytest.approx(scores[passage.chunk_id], abs=1e-5)
    assert all(RERANKER not in {signal.name for signal in p.signals or ()} for p in plain)


def test_many_threads_get_the_scores_that_one_gets(cross_encoder: Path) -> None:
    reranker = build_reranker(Settings(reranker=str(cross_encoder)))
    assert reranker is not None
    asked = [(f"question {n}", [f"passage {n} {'word ' * (n * m)}" for m in range(1, 6)]) for n in range(8)]
    alone = [reranker.scores(*one) for one in asked]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda one: reranker.scores(*one), asked * 3))
    for one, other in zip(alone * 3, together, strict=True):
        assert other == pytest.approx(one, abs=1e-5)
    assert reranker.scores(QUESTION, []) == []


@pytest.mark.parametrize("kind", ["missing", "three labels", "no head"])
def test_what_is_no_cross_encoder_is_a_wrong_setting(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "model"
    if kind != "missing":
        made(path, labels=3 if kind == "three labels" else 1, headless=kind == "no head")
    with pytest.raises(ConfigurationError, match="reranker") as caught:
        build_reranker(Settings(reranker=str(path)))
    assert "DOSSIER_RERANKER" in caught.value.hint


def test_without_the_setting_no_torch_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOSSIER_RERANKER", raising=False)
    assert load_settings().reranker is None
    code = (
        "import sys, json, rag.assistant as a; from rag.settings import Settings; from rag.reranking import "
        "build_reranker as b; print(json.dumps([b(Settings()) is None, 'torch' in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [True, False]
