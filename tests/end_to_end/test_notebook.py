"""The notebook, run as its reader runs it."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

from tests.conftest import REPOSITORY


def test_the_quickstart_notebook_runs_from_top_to_bottom_and_shows_quotes(corpus_copy: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(REPOSITORY / "notebooks" / "quickstart.ipynb", as_version=4)
    folder = tmp_path / "notebooks"
    folder.mkdir()
    assert corpus_copy == folder.parent / "library"

    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()

    shown = [
        output["data"]["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]
    assert "Andreessen Horowitz" in shown[0]
    assert "<q>" in shown[0]
    assert any("Not found." in html for html in shown)
