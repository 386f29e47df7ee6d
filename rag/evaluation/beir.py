"""Collections in BEIR's layout: `corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv` (Thakur et al., 2021).

Also the flat form `queries.train.jsonl`, `qrels.train.tsv`.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.errors import ConfigurationError
from rag.evaluation.questions import Asked

_SPLITS = ("test", "dev", "train")
# So many of the queries that are missing are named.
_NAMED = 8


@dataclass(frozen=True, slots=True)
class BeirFolder:
    """A collection: where its documents are, and its judged questions."""

    corpus: Path
    queries: Path
    judgements: Path

    @classmethod
    def of(cls, folder: Path, split: str | None = None) -> "BeirFolder":
        """The files of a folder, of the first split that is there. Raises ConfigurationError: which one is missing."""
        splits = (split,) if split else _SPLITS
        judged = next((name for name in splits if _judgements(folder, name)), splits[0])
        corpus, judgements = _first(folder / "corpus.jsonl"), _judgements(folder, judged)
        queries = _first(folder / f"queries.{judged}.jsonl", folder / "queries.jsonl")
        if corpus and queries and judgements:
            return cls(corpus, queries, judgements)
        files = {"corpus.jsonl": corpus, "queries.jsonl": queries, f"qrels/{judged}.tsv": judgements}
        others = sorted(path.stem for path in folder.glob("qrels/*.tsv"))
        raise ConfigurationError(
            f"{folder} is no collection in BEIR's layout: it lacks "
            f"{' and '.join(name for name, file in files.items() if file is None)}.",
            f"Of the splits there is {', '.join(others)}: name it with --split."
            if others and not judgements
            else "It needs corpus.jsonl, queries.jsonl and qrels/test.tsv (or dev, train); a file of our own questions "
            "is given by its path.",
        )

    def questions(self) -> list[Asked]:
        """The questions that have a judgement above 0. Raises ConfigurationError for a line that is none."""
        relevance = self._relevance()
        found: dict[str, Asked] = {}
        for number, line in _lines(self.queries):
            id_, text = line["_id"], line["text"]
            if id_ in found:
                raise ConfigurationError(f"{self.queries.name}, line {number}: {id_!r} was used before.", "Rename it.")
            if id_ in relevance:
                found[id_] = Asked(id=id_, question=text, kind="query", relevance=relevance[id_])
        if lost := sorted(relevance.keys() - found.keys()):
            raise ConfigurationError(
                f"{self.judgements.name} judges queries that are not in {self.queries.name}: "
                f"{', '.join(lost[:_NAMED])}{f' and {len(lost) - _NAMED} more' if len(lost) > _NAMED else ''}.",
                "Do both belong to the same collection?",
            )
        if not found:
            raise ConfigurationError(
                f"{self.judgements.name} says of no document that it answers a query.", "A score above 0 says that."
            )
        return list(found.values())

    def _relevance(self) -> dict[str, dict[str, int]]:
        """The documents that answer, and how well, by query."""
        relevance: dict[str, dict[str, int]] = {}
        with self.judgements.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
                score = row[-1].strip() if row else ""
                if not row or (number == 1 and not _is_whole(score)):
                    continue  # an empty line, or the header
                if len(row) not in (3, 4) or not _is_whole(score):
                    raise ConfigurationError(
                        f"{self.judgements.name}, line {number} is no judgement: {chr(9).join(row)[:80]!r}.",
                        "Write query, document and a whole number, with tabs between them.",
                    )
                query, document = (row[0], row[2]) if len(row) == 4 else (row[0], row[1])  # TREC's form has four
                if int(score) > 0:
                    relevance.setdefault(query, {})[document] = int(score)
        return relevance


def _judgements(folder: Path, split: str) -> Path | None:
    return _first(folder / "qrels" / f"{split}.tsv", folder / f"qrels.{split}.tsv")


def _is_whole(text: str) -> bool:
    return text.lstrip("-").isdecimal()


def _first(*paths: Path) -> Path | None:
    return next((path for path in paths if path.is_file()), None)


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                found = json.loads(line)
                query = {"_id": str(found["_id"]), "text": str(found["text"])}
                if not query["_id"] or not query["text"].strip():
                    raise ValueError("it is empty")
            except (ValueError, KeyError, TypeError) as error:
                raise ConfigurationError(
                    f"{path.name}, line {number} is no query: {error!r}.", 'Write {"_id": …, "text": …}.'
                ) from error
            yield number, query
