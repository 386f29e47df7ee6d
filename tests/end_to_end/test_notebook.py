"""The notebooks, run as their reader runs them."""

import base64
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import matplotlib.image
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from tests.conftest import REPOSITORY

NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
TOLD = {
    "acme": ("Acme raises", "2024-01-02", "Acme raised $22 million in its Series A, led by Zeta."),
    "later": ("Acme again", "2025-01-02", "Acme is now valued at $900 million after its Series B."),
    "price": ("A price for Acme", "2024-01-05", "Acme was valued at $100 million in the Series A."),
    "bolt": ("Bolt hires", "2024-03-04", "Bolt hired Ada Roe as chief <b>scientist</b> in Paris."),
}
ARTICLES = {f"{name}.md": f"---\ntitle: {it[0]}\npublished: {it[1]}\n---\n{it[2]}\n" for name, it in TOLD.items()}
QUESTIONS: list[dict[str, Any]] = [
    {
        "id": "raised",
        "question": "How much did Acme raise in its Series A?",
        "accept": "$22 million",
        "articles": "acme",
    },
    {"id": "led", "question": "Who led the Series A of Acme?", "accept": "Omega <i>Capital</i>", "articles": "acme"},
    {"id": "then", "kind": "as-of", "accept": "$100 million", "articles": "price", "as_of": "2024-06", "pair": "now"},
    {"id": "now", "kind": "as-of", "accept": "$900 million", "articles": "later", "as_of": "2025-06", "pair": "then"},
    {"id": "cfo", "kind": "unanswerable", "question": "Who is Bolt's chief financial officer?", "answerable": False},
]
SMALL = """
LIBRARY, QUESTIONS, RUNS, HALF = Path("library"), [Path("questions.jsonl")], Path("runs"), None
"""
SMALL_SWEEPS = """
MEASURES = ["nDCG@10", "recall@10"]
CHUNKS, DEPTHS, SENTENCE, ARTICLE = [(120, 220), (10, 20)], [100, 1], [0.3, 0.6], [0.0, 0.4]
PRECISIONS, PASSAGES = ["fp32"], [8, 1]
"""


@pytest.fixture
def folder(tmp_path: Path, library_of: Callable[[Mapping[str, str]], Path]) -> Path:
    """A library of four articles, and five questions."""
    library_of(ARTICLES)
    worth = {"question": "What is Acme worth?"}
    (tmp_path / "questions.jsonl").write_text("".join(json.dumps(worth | asked) + "\n" for asked in QUESTIONS))
    return tmp_path


def executed(name: str, folder: Path, parameters: str = "") -> nbformat.NotebookNode:
    """The notebook after it was run in `folder`, its parameters replaced as papermill does it."""
    notebook = nbformat.read(REPOSITORY / "notebooks" / name, as_version=4)
    if parameters:
        tagged = [at for at, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", ())]
        notebook.cells.insert(tagged[0] + 1, nbformat.v4.new_code_cell(parameters))
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def shown(notebook: nbformat.NotebookNode, kind: str) -> list[str]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output["data"][kind] for output in outputs if kind in output.get("data", {})]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_kept_without_what_a_run_left_in_them(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


def test_the_quickstart_notebook_runs_from_top_to_bottom_and_shows_quotes(corpus_copy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    assert corpus_copy == folder.parent / "library"
    html = shown(executed("quickstart.ipynb", folder), "text/html")
    assert "Andreessen Horowitz" in html[0]
    assert "<q>" in html[0]
    assert any("Not found." in one for one in html)


def test_retrieval_is_compared_over_questions_of_ones_own(folder: Path) -> None:
    notebook = executed("compare_retrieval.ipynb", folder, SMALL + SMALL_SWEEPS)
    tables = "".join(shown(notebook, "text/html"))
    for name in ("words alone", "100 hits of each leg", "all-MiniLM-L6-v2 fp32", "from 1 passages", "false refusal"):
        assert name in tables
    pictures = [base64.b64decode(picture) for picture in shown(notebook, "image/png")]
    assert len(pictures) == 6
    for picture in pictures:
        pixels = matplotlib.image.imread(io.BytesIO(picture))
        assert min(pixels.shape[:2]) > 100
        assert np.ptp(pixels) > 0.5, "it is empty"
    assert {path.name.split("-")[0] for path in (folder / "runs").iterdir()} == {"answers", "finding", "library"}


def test_answers_are_inspected_question_by_question(folder: Path) -> None:
    notebook = executed("inspect_answers.ipynb", folder, SMALL)
    html = shown(notebook, "text/html")
    figures, kinds, outcomes, unfound, wrong, refused, guessed, pairs, answer, passages = html
    assert "as-of pair right" in figures
    assert "unanswerable" in kinds
    assert "wrong: had the evidence" in outcomes or "wrong: evidence not found" in outcomes
    assert "Omega &lt;i&gt;Capital&lt;/i&gt;" in wrong + unfound + refused
    assert "chief financial officer" not in unfound + wrong + refused
    assert "Acme" not in guessed
    assert "then, now" in pairs
    assert "<q>" in answer
    assert "Acme raises" in passages
    assert "<b>scientist" not in "".join(html)
    assert len(shown(notebook, "image/png")) == 1


def test_answers_of_one_kind_and_one_question_are_looked_at(folder: Path) -> None:
    notebook = executed("inspect_answers.ipynb", folder, SMALL + 'KIND, QUESTION = "as-of", "then"\n')
    html = shown(notebook, "text/html")
    assert not any("Omega" in table for table in html[3:])
    assert "$100 million" in html[-2]
