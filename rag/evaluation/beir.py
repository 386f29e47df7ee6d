"""Collections in BEIR's layout: `corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv` (Thakur et al., 2021).

Also the flat form `queries.train.jsonl`, `qrels.train.tsv`.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import ConfigurationError
from rag.evaluation.questions import Asked

_SPLITS = ("test", "dev", "train")


@dataclass(frozen=True, slots=True)
class BeirFolder:
    """A collection: where its documents are, and its judged questions."""

    corpus: Path
    queries: Path
    judgements: Path

    @classmethod
    def of(cls, folder: Path, split: str | None = None) -> "BeirFolder":
        """The files of a folder. Raises ConfigurationError that says which one is missing."""
        corpus = folder / "corpus.jsonl"
        for name in (split,) if split else _SPLITS:
            judgements = _first(folder / "qrels" / f"{name}.tsv", folder / f"qrels.{name}.tsv")
            queries = _first(folder / f"queries.{name}.jsonl", folder / "queries.jsonl")
            if corpus.is_file() and judgements and queries:
                return cls(corpus, queries, judgements)
        raise ConfigurationError(
            f"{folder} is no collection in BEIR's layout.",
            "It needs corpus.jsonl, queries.jsonl and qrels/test.tsv (or dev, train); a file of our own questions is "
            "given by its path.",
        )

    def questions(self) -> list[Asked]:
        """The questions that have a judgement above 0."""
        relevance: dict[str, dict[str, int]] = {}
        with self.judgements.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file, delimiter="\t"):
                if len(row) < 3 or not row[-1].strip().lstrip("-").isdigit():
                    continue  # the header
                query, document = (row[0], row[2]) if len(row) == 4 else (row[0], row[1])  # TREC's form has four
                if int(row[-1]) > 0:
                    relevance.setdefault(query, {})[document] = int(row[-1])
        found = [
            Asked(id=line["_id"], question=line["text"], kind="query", relevance=relevance[line["_id"]])
            for line in _lines(self.queries)
            if line["_id"] in relevance
        ]
        if not found:
            raise ConfigurationError(f"{self.judgements} judges none of the questions in {self.queries.name}.")
        return found


def _first(*paths: Path) -> Path | None:
    return next((path for path in paths if path.is_file()), None)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                found = json.loads(line)
                yield {"_id": str(found["_id"]), "text": str(found["text"])}
            except (ValueError, KeyError, TypeError) as error:
                raise ConfigurationError(
                    f"{path.name}, line {number} is no query: {error!r}.", 'Write {"_id": …, "text": …}.'
                ) from error
