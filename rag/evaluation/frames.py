"""Runs as pandas frames, for notebooks: figures, questions, and how runs differ."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
from pandas.io.formats.style import Styler

from rag.documents import Passage
from rag.errors import ConfigurationError
from rag.evaluation.comparison import compare
from rag.evaluation.figures import ALL, figures_of, value_of
from rag.evaluation.matching import holds
from rag.evaluation.measures import grouped, lower_is_better
from rag.evaluation.outcomes import Outcome, outcome_of
from rag.evaluation.questions import Asked
from rag.evaluation.records import Record, Run, measures_in

INTERVAL = ["mean", "low", "high"]
_TOLD = ["kind", "outcome", "question", "as of", "expected", "answered", "cited"]
_ORDER = {str(outcome): place for place, outcome in enumerate(Outcome)}


def figures_frame(run: Run, kind: str = ALL) -> pd.DataFrame:
    """Each measure over the questions of a kind (all by default), with its 95% interval and their number."""
    found = {f.measure: f for f in figures_of(run.records.values()) if f.kind == kind}
    figures = [found[measure] for measures in grouped(list(found)).values() for measure in measures]
    rows = [(f.measure, f.mean, f.low, f.high, f.count) for f in figures]
    return pd.DataFrame(rows, columns=["measure", *INTERVAL, "questions"]).set_index("measure")


def kinds_frame(run: Run, measures: Sequence[str]) -> pd.DataFrame:
    """The means of some measures, a row for each kind of question; empty where a measure says nothing of a kind."""
    figures = [f for f in figures_of(run.records.values()) if f.measure in measures]
    kinds = dict.fromkeys(record.kind for record in run.records.values())
    counts = pd.Series([record.kind for record in run.records.values()]).value_counts()
    rows = {
        kind: {"questions": int(counts[kind])}
        | {measure: found.mean for measure in measures if (found := value_of(figures, measure, kind))}
        for kind in sorted(kinds)
    }
    return pd.DataFrame.from_dict(rows, orient="index").reindex(columns=["questions", *measures]).rename_axis("kind")


def questions_frame(run: Run) -> pd.DataFrame:
    """A row for each question: what was expected, what came, what was quoted, the outcome, and every measure."""
    names = measures_in(run.records.values())
    rows = [
        {
            "id": record.id,
            "kind": record.kind,
            "outcome": str(outcome_of(record)),
            "question": record.question,
            "as of": record.as_of or "",
            "expected": expected(record),
            "answered": record.answer,
            "cited": "\n".join(record.cited),
        }
        | {name: record.measures.get(name) for name in names}
        for record in run.records.values()
    ]
    return pd.DataFrame(rows).set_index("id")


def outcomes_frame(records: Iterable[Record]) -> pd.DataFrame:
    """How many questions of each kind had which outcome."""
    rows = [(record.kind, str(outcome_of(record))) for record in records]
    frame = pd.DataFrame(rows, columns=["kind", "outcome"])
    counted = pd.crosstab(frame["kind"], frame["outcome"])
    return counted[[outcome for outcome in Outcome if outcome in counted]]


def failures_frame(run: Run, kind: str | None = None, outcomes: Iterable[Outcome] = Outcome) -> pd.DataFrame:
    """The questions that did not go well, of one kind or with some outcomes if wanted: what was expected and came."""
    bad = [outcome for outcome in outcomes if not outcome.good]
    frame = questions_frame(run)
    found = frame["outcome"].isin(map(str, bad)) & (kind is None or frame["kind"] == kind)
    return frame.loc[found, _TOLD].sort_values(["outcome", "kind"], key=lambda column: column.map(_ORDER).fillna(0))


def pairs_frame(run: Run) -> pd.DataFrame:
    """The same question as of two days, side by side: what was answered, and whether both are correct and cited."""
    rows = []
    for record in run.records.values():
        other = run.records.get(record.pair or "")
        if other is not None and record.id < other.id:
            both = sorted((record, other), key=lambda one: one.as_of or "")
            row: dict[str, str | bool] = {"ids": f"{both[0].id}, {both[1].id}", "question": record.question}
            for name, one in zip(("earlier", "later"), both, strict=True):
                right = one.measures.get("correct and cited", 0.0) == 1
                row |= {f"{name} day": one.as_of or "", f"{name} expected": expected(one), f"{name} right": right}
            rows.append(row)
    columns = [f"{name} {what}" for name in ("earlier", "later") for what in ("day", "expected", "right")]
    return pd.DataFrame(rows, columns=["ids", "question", *columns]).set_index("ids")


def passages_frame(asked: Asked, passages: Sequence[Passage]) -> pd.DataFrame:
    """The passages for a question, best first, and what of the evidence each of them holds."""
    parts = asked.phrases or asked.accept
    rows = [
        {
            "rank": rank,
            "title": passage.title,
            "published": passage.published or "",
            "score": passage.score,
            "holds": "; ".join(one for part in parts for one in part if holds(passage.text, one)),
            "text": passage.text,
        }
        for rank, passage in enumerate(passages, 1)
    ]
    return pd.DataFrame(rows, columns=["rank", "title", "published", "score", "holds", "text"]).set_index("rank")


def readable(frame: pd.DataFrame) -> Styler:
    """A frame with long texts, to be read in a notebook: whole, wrapped, and nothing in it taken for HTML."""
    aligned = {"text-align": "left", "vertical-align": "top", "white-space": "pre-wrap", "max-width": "28em"}
    shown = frame.style.format(escape="html", precision=3, na_rep="")
    return (
        shown.format_index(escape="html")
        .set_properties(**aligned)
        .set_table_styles([{"selector": "th", "props": [("text-align", "left"), ("vertical-align", "top")]}])
    )


def sweep_frame(runs: Mapping[str, Run], measures: Sequence[str], baseline: str | None = None) -> pd.DataFrame:
    """A row for each measure and run: the mean with its interval, and what is different from the baseline.

    The baseline is the first run unless another is named. `change` comes with its own interval: it is of the same
    questions, and so told more exactly than two means are. `p` is that of the paired permutation test.
    """
    first = runs[baseline or next(iter(runs))]
    figures = {name: figures_of(run.records.values()) for name, run in runs.items()}
    compared = {name: compare(first, run, measures) for name, run in runs.items() if run is not first}
    rows = []
    for measure in measures:
        for name in runs:
            found = value_of(figures[name], measure)
            if found is None:
                raise ConfigurationError(f"The run {name!r} has no {measure!r}.", "Choose another measure.")
            row = {"measure": measure, "run": name, "mean": found.mean, "low": found.low, "high": found.high}
            change = next((change for change in compared.get(name, ()) if change.measure == measure), None)
            if change:
                row |= {"change": change.change, "change low": change.low, "change high": change.high, "p": change.p}
                row |= {"gained": len(change.gained), "lost": len(change.lost)}
            rows.append(row)
    columns = [*INTERVAL, "change", "change low", "change high", "p", "gained", "lost"]
    frame = pd.DataFrame(rows).set_index(["measure", "run"]).reindex(columns=columns)
    return frame.astype({"gained": "Int64", "lost": "Int64"})


def changed_frame(before: Run, after: Run, measure: str) -> pd.DataFrame:
    """The questions whose value has changed between two runs, the largest change first; gained: it is better now."""
    rows = []
    for id_, record in after.records.items():
        earlier = before.records.get(id_)
        old = earlier.measures.get(measure) if earlier else None
        new = record.measures.get(measure)
        if old is not None and new is not None and old != new:
            better = (new < old) if lower_is_better(measure) else (new > old)
            row = {"id": id_, "": "gained" if better else "lost", "kind": record.kind, "question": record.question}
            rows.append(row | {"before": old, "now": new})
    frame = pd.DataFrame(rows, columns=["id", "", "kind", "question", "before", "now"])
    return frame.sort_values("now", key=lambda now: -(now - frame["before"]).abs(), kind="stable").set_index("id")


def expected(record: Record) -> str:
    """What an answer had to say, as people read it: all parts, each in one of its wordings."""
    return "; ".join(" / ".join(part) for part in record.accept)
