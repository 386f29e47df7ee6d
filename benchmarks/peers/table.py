"""The section of RESULTS.md that sets Dossier beside its peers."""

import statistics
from collections.abc import Mapping

from rag.evaluation.comparison import Difference, compare
from rag.evaluation.questions import of_half
from rag.evaluation.records import Run
from rag.evaluation.suite import Suite

METHOD = (
    "The same articles (as Dossier cleans them, title before text), questions and weights (all-MiniLM-L6-v2, by "
    "sentence-transformers for the peers), each asked for 50 passages, one after the other on the same machine. "
    "{peers} Evidence is the share of a "
    "question's key phrases that stand in the first 5 or 10 passages, which grows with the length of passages: that is "
    "given too. p is that of a paired permutation test against Dossier, question by question. Peers get the question "
    "alone: they know neither a conversation before it nor an as-of date."
)

PEERS = {
    "LangChain": "its tutorial's pipeline (RecursiveCharacterTextSplitter 1000/200, Chroma, similarity_search).",
    "Haystack": "pieces of 200 words, BM25 and embeddings joined by reciprocal rank fusion.",
}

MEASURES = ("evidence@5", "evidence@10", "all evidence@10", "nDCG@10", "recall@10")


def section(suite: Suite, ours: Run, peers: Mapping[str, Run], made: str) -> str:
    """The Markdown: each measure on both halves of the questions and on the reporting half, with the paired tests."""
    about = " ".join(f"{name}: {PEERS[name]}" for name in peers)
    parts = [f"## Peers: {suite.name}", "", METHOD.format(peers=about), "", made]
    for title, ids in (
        ("All questions", {asked.id for asked in suite.questions}),
        ("The reporting half", {asked.id for asked in of_half(suite.questions, "reporting")}),
    ):
        some = {name: _only(run, ids) for name, run in peers.items()}
        parts += ["", f"{title} ({len(ids)}):", "", *_rows(_only(ours, ids), some)]
    times = ["", "| | ms a question, median | characters a passage |", "| --- | ---: | ---: |"]
    for name, run in {**peers, "Dossier": ours}.items():
        median = statistics.median(record.measures["search ms"] for record in run.records.values())
        times.append(f"| {name} | {median:.1f} | {run.about['characters a passage']} |")
    return "\n".join(parts + times)


def _rows(ours: Run, peers: Mapping[str, Run]) -> list[str]:
    found = {name: {change.measure: change for change in compare(run, ours, MEASURES)} for name, run in peers.items()}
    measures = [measure for measure in MEASURES if all(measure in changes for changes in found.values())]
    heads = "".join(f" | {name} | p" for name in peers)
    lines = [f"| measure | Dossier{heads} |", "| --- | ---:" + " | ---: | ---:" * len(peers) + " |"]
    for measure in measures:
        changes = [changes[measure] for changes in found.values()]
        lines.append(f"| {measure} | {changes[0].after:.3f} | {' | '.join(map(_cells, changes))} |")
    return lines


def _cells(change: Difference) -> str:
    return f"{change.before:.3f} | {_p(change.p)} ({len(change.gained)} better, {len(change.lost)} worse)"


def _p(value: float) -> str:
    return "< .001" if value < 0.001 else f"{value:.3f}".lstrip("0") if value < 1 else "1"


def _only(run: Run, ids: set[str]) -> Run:
    return Run(run.folder, run.about, {id_: record for id_, record in run.records.items() if id_ in ids})
