"""What a peer found, measured as `dossier eval` measures, and written in the form of its runs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.peers.exchange import FOUND, read
from rag.documents import Passage
from rag.evaluation.found import DEPTH, found_measures
from rag.evaluation.records import RECORDS, Record, Run, start_run, write_record
from rag.evaluation.suite import Names, Suite


def measured(
    suite: Suite, names: Names, titles: Mapping[str, str], folder: Path, into: Path, about: dict[str, Any]
) -> Run:
    """The run of the peer whose answers lie in `folder`; a former one in `into` is replaced."""
    (into / RECORDS).unlink(missing_ok=True)
    (into / "run.json").unlink(missing_ok=True)
    rows = {row["id"]: row for row in read(folder / FOUND)}
    lengths = [len(passage["text"]) for row in rows.values() for passage in row["passages"][:DEPTH]]
    run = start_run(into, about | {"characters a passage": round(sum(lengths) / max(1, len(lengths)))})
    with run.writer() as file:
        for asked in suite.questions:
            row = rows[asked.id]
            passages = [_passage(at, found, titles) for at, found in enumerate(row["passages"])]
            measures = found_measures(asked, names.relevance(asked), passages) | {"search ms": round(row["ms"], 1)}
            record = Record(
                id=asked.id,
                kind=asked.kind,
                question=asked.question,
                measures=measures,
                found=tuple(passage.chunk_id for passage in passages[:DEPTH]),
                pair=asked.pair,
                as_of=asked.as_of,
            )
            write_record(file, record)
            run.records[record.id] = record
    return run


def _passage(at: int, found: Mapping[str, str], titles: Mapping[str, str]) -> Passage:
    article, text = found["article"], found["text"]
    return Passage(
        chunk_id=f"{article}-at-rank-{at + 1}",
        article_id=article,
        title=titles[article],
        text=text,
        start=0,
        end=len(text),
        score=1 / (at + 1),
        also_in=(),
        signals=None,
        heading="",
        header="",
    )
