"""Sweeps and their frames: one thing is varied, and what it changes is told question by question."""

import math
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from matplotlib.figure import Figure as Canvas
from pydantic import SecretStr

import rag
from ingest.recutting import recut
from rag.catalog import Catalog
from rag.errors import ConfigurationError, LibraryError
from rag.evaluation import plots
from rag.evaluation.frames import (
    changed_frame,
    figures_frame,
    kinds_frame,
    outcomes_frame,
    questions_frame,
    sweep_frame,
)
from rag.evaluation.questions import Asked
from rag.evaluation.records import Record, Run
from rag.evaluation.suite import Suite
from rag.evaluation.sweep import Variant, source_digest, sweep
from tests.conftest import REPOSITORY
from tests.test_reranking import made

LONG = " ".join(
    f"In week {number} the company hired {number + 2} engineers and opened an office." for number in range(40)
)
ARTICLES = {
    "acme.md": f"---\ntitle: Acme raises\npublished: 2024-01-02\n---\nAcme raised $22 million from Zeta.\n\n{LONG}\n",
    "bolt.md": "---\ntitle: Bolt hires\npublished: 2024-03-04\n---\nBolt hired Ada Roe as chief scientist.\n",
}
QUESTIONS = (
    Asked.model_validate({"id": "words", "kind": "a", "question": "$22 million", "articles": "acme"}),
    Asked.model_validate({"id": "meaning", "kind": "b", "question": "top researcher joins", "articles": "bolt"}),
)


def test_a_library_is_cut_another_way_beside_itself(
    tmp_path: Path, library_of: Callable[[Mapping[str, str]], Path]
) -> None:
    library = library_of(ARTICLES)
    before = (library / "catalog.sqlite").read_bytes()
    short = recut(library, tmp_path / "cut", shortest=20, longest=60)
    with closing(Catalog.open(library)) as old, closing(Catalog.open(short)) as new:
        assert {article.id for article in new.articles()} == {article.id for article in old.articles()}
        assert new.counts()[1] > 2 * old.counts()[1]
        texts = {article.id: new.article(article.id).text for article in new.articles()}
        chunks = [stored.chunk for stored in new.chunks_of(list(texts))]
        assert all(texts[chunk.article_id][chunk.start : chunk.end] == chunk.text for chunk in chunks)
        assert new.locations(chunks[0].article_id) == old.locations(chunks[0].article_id)
        assert new.check() == []
    assert (library / "catalog.sqlite").read_bytes() == before
    with rag.open(short) as opened:
        assert opened.ask("How much did Acme raise?").citations[0].quote.startswith("Acme raised $22 million")


def test_a_library_that_was_cut_before_is_brought_up_to_date(
    tmp_path: Path, library_of: Callable[[Mapping[str, str]], Path]
) -> None:
    library = library_of(ARTICLES)
    told: list[str] = []

    def again() -> Path:
        told.clear()
        return recut(library, tmp_path / "cut", longest=60, on_progress=lambda progress: told.append(progress.name))

    folder = again()
    assert sorted(told) == ["acme.md", "bolt.md"]
    assert again() == folder
    assert told == []
    with rag.open(library) as opened:
        opened.remove([article.id for article in opened.articles() if article.title == "Bolt hires"])
    with rag.open(again()) as opened:
        assert [article.title for article in opened.articles()] == ["Acme raises"]
    with pytest.raises(LibraryError, match="no library"):
        recut(tmp_path / "nowhere", tmp_path / "cut")


def test_a_sweep_asks_the_same_questions_of_each_variant_and_of_none_twice(
    tmp_path: Path, library_of: Callable[[Mapping[str, str]], Path]
) -> None:
    library = library_of(ARTICLES)
    suite = Suite("two", QUESTIONS, answers=False)
    variants = {
        "both legs": Variant(library),
        "words alone": Variant(library, weights={"words": 1.0}),
        "passages 3": Variant(library, settings={"passages": 3, "model_api_key": SecretStr("hush")}),
    }
    told: list[tuple[str, int, int]] = []
    runs = sweep(suite, tmp_path / "runs", variants, on_progress=lambda *at: told.append(at))
    assert told[0] == ("both legs", 0, 3)
    assert told[-1] == ("", 3, 3)
    assert runs["words alone"].about["weights"] == {"words": 1.0}
    written = {path: path.read_bytes() for path in (tmp_path / "runs").glob("*/records.jsonl")}
    assert len(written) == 3
    assert not any(b"hush" in (path.parent / "run.json").read_bytes() for path in written)
    again = sweep(suite, tmp_path / "runs", variants)
    assert {path: path.read_bytes() for path in written} == written
    assert [run.records for run in again.values()] == [run.records for run in runs.values()]
    assert {run.about["code"] for run in runs.values()} == {source_digest(REPOSITORY / "rag")}

    frame = sweep_frame(runs, ["recall@10"])
    assert frame.loc[("recall@10", "both legs"), "mean"] == 1
    assert math.isnan(frame.loc[("recall@10", "both legs"), "change"])
    assert frame.loc[("recall@10", "words alone"), ["mean", "change", "gained", "lost"]].tolist() == [0.5, -0.5, 0, 1]
    changed = changed_frame(runs["both legs"], runs["words alone"], "recall@10")
    assert changed.index.tolist() == ["meaning"]
    assert changed.iloc[0].tolist() == ["lost", "b", "top researcher joins", 1.0, 0.0]
    with pytest.raises(ConfigurationError, match="'both legs' has no 'recall@99'"):
        sweep_frame(runs, ["recall@99"])


def test_the_digest_of_a_package_tells_its_versions_apart(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "module.py").write_text("one = 1\n")
    first = source_digest(tmp_path)
    (tmp_path / "notes.txt").write_text("not read")
    assert source_digest(tmp_path) == first
    (tmp_path / "inner" / "module.py").write_text("one = 2\n")
    assert source_digest(tmp_path) != first


def test_a_reranker_is_compared_with_none(tmp_path: Path, library_of: Callable[[Mapping[str, str]], Path]) -> None:
    library, model = library_of(ARTICLES), made(tmp_path / "tiny", labels=1)
    variants = {"none": Variant(library), "tiny": Variant(library, settings={"reranker": str(model)})}
    runs = sweep(Suite("two", QUESTIONS, answers=False), tmp_path / "runs", variants)
    assert [run.about["reranker"] for run in runs.values()] == ["none", str(model)]
    assert len({run.folder for run in runs.values()}) == 2
    assert all(run.finished for run in runs.values())


def run_of(*records: Record) -> Run:
    return Run(Path("run"), {"suite": "s"}, {record.id: record for record in records})


def test_frames_show_figures_kinds_outcomes_and_questions() -> None:
    right = {"correct and cited": 1.0, "correct": 1.0, "refused": 0.0, "false refusal": 0.0}
    wrong = {"correct and cited": 0.0, "correct": 0.0, "refused": 0.0, "false refusal": 0.0, "evidence read": 0.0}
    run = run_of(
        Record("1", "as-of", "?", right, as_of="2024", accept=(("a", "b"), ("c",))),
        Record("2", "as-of", "?", wrong, answer="d", cited=("title: quote",)),
        Record("3", "none", "?", {"refused": 1.0, "refusal recall": 1.0}),
    )
    assert figures_frame(run).loc["correct and cited", ["mean", "questions"]].tolist() == [0.5, 2]
    kinds = kinds_frame(run, ["correct and cited", "refusal recall"])
    assert kinds.loc["as-of", ["questions", "correct and cited"]].tolist() == [2, 0.5]
    assert math.isnan(kinds.loc["none", "correct and cited"])
    assert outcomes_frame(run.records.values()).to_dict("index") == {
        "as-of": {"right": 1, "rightly refused": 0, "wrong: evidence not found": 1},
        "none": {"right": 0, "rightly refused": 1, "wrong: evidence not found": 0},
    }
    questions = questions_frame(run)
    assert questions.loc["1", ["as of", "expected", "outcome"]].tolist() == ["2024", "a / b; c", "right"]
    assert questions.loc["2", ["answered", "cited"]].tolist() == ["d", "title: quote"]


def test_plots_have_a_row_for_each_run_and_say_what_their_axes_are() -> None:
    run = run_of(*(Record(str(n), "k", "?", {"nDCG@10": n / 10, "total ms": n + 1.0}) for n in range(10)))
    names = [r"$\first$", "second"]
    frame = sweep_frame(dict.fromkeys(names, run), ["nDCG@10"])
    canvas = Canvas()
    for axes, change in zip(canvas.subplots(1, 2), (False, True), strict=True):
        plots.draw_sweep(axes, frame, "nDCG@10", change=change)
        assert [label.get_text() for label in axes.get_yticklabels()] == names
        assert "nDCG@10" in axes.get_xlabel()
    canvas.draw_without_rendering()
    axes = canvas.subplots()
    plots.draw_times(axes, list(run.records.values()), "total ms")
    assert sum(patch.get_height() for patch in axes.patches) == 10
    assert axes.get_xlabel() == "total: milliseconds a question"
