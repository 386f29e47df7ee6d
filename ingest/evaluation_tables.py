"""What `dossier eval` prints: the figures, those by kind, and what is different from other runs."""

from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rag.evaluation.comparison import Difference
from rag.evaluation.figures import ALL, Figure, times_of, value_of
from rag.evaluation.measures import grouped, headline, is_time, shown
from rag.evaluation.outcomes import outcomes
from rag.evaluation.records import Run

# Of the measures by kind, so many as a terminal has room for; the report has all.
BY_KIND = ("nDCG@10", "all evidence@10", "correct and cited", "citation precision", "refusal recall", "false refusal")
# Questions gained or lost that are printed; the report lists all.
LISTED = 12

Compared = Sequence[tuple[str, Sequence[Difference]]]


def show(run: Run, figures: Sequence[Figure], differences: Compared, console: Console) -> None:
    """Everything, as tables."""
    _show_all(figures, console)
    _show_times(run, console)
    _show_kinds(figures, console)
    counts = outcomes(run.records.values())
    console.print(Text(", ".join(f"{count} {outcome}" for outcome, count in counts.items())), "", soft_wrap=True)
    for name, changes in differences:
        _show_changes(name, changes, run, console)
    console.print(f"report: {run.folder / 'report.html'}", soft_wrap=True, markup=False)


def _show_all(figures: Sequence[Figure], console: Console) -> None:
    table = _table("measure", "mean", "95% interval", "questions")
    for measures in grouped([figure.measure for figure in figures]).values():
        for measure in measures:
            figure = value_of(figures, measure)
            if figure is not None and not is_time(measure):
                mean, low, high = (shown(value, measure) for value in (figure.mean, figure.low, figure.high))
                table.add_row(measure, mean, f"{low} – {high}", str(figure.count))
        table.add_section()
    console.print(table, "")


def _show_times(run: Run, console: Console) -> None:
    table = _table("step", "median", "95 of 100 within")
    for step in times_of(run.records.values()):
        table.add_row(step.measure, shown(step.median, step.measure), shown(step.late, step.measure))
    console.print(table, "")


def _show_kinds(figures: Sequence[Figure], console: Console) -> None:
    kinds = sorted({figure.kind for figure in figures} - {ALL})
    measures = [name for name in BY_KIND if value_of(figures, name)]
    if not kinds:
        return
    table = _table("kind", *measures)
    for kind in kinds:
        found = [value_of(figures, name, kind) for name in measures]
        if any(found):
            table.add_row(Text(kind), *(shown(f.mean, f.measure) if f else "" for f in found))
    pairs = value_of(figures, "as-of pair right")
    console.print(table, f"pairs as of two days, both right: {shown(pairs.mean, pairs.measure)}" if pairs else "", "")


def _show_changes(name: str, changes: Sequence[Difference], run: Run, console: Console) -> None:
    console.print(Text(f"against {name}:"))
    table = _table("measure", "before", "now", "change", "p", "gained", "lost")
    for change in changes:
        before, now, more = (shown(value, change.measure) for value in (change.before, change.after, change.change))
        counts = (str(len(change.gained)), str(len(change.lost)))
        table.add_row(change.measure, before, now, more, f"{change.p:.4f}", *counts)
    console.print(table, "")
    first = headline([change.measure for change in changes])
    for change in changes:
        if change.measure == first:
            for word, ids in (("gained", change.gained), ("lost", change.lost)):
                _list_questions(f"{first}, {word}", ids, run, console)


def _list_questions(title: str, ids: Sequence[str], run: Run, console: Console) -> None:
    if not ids:
        return
    console.print(Text(f"{title}:"))
    for id_ in ids[:LISTED]:
        console.print(Text(f"  {id_}: {run.records[id_].question}"), soft_wrap=True)
    if len(ids) > LISTED:
        console.print(Text(f"  and {len(ids) - LISTED} more, which the report lists"))
    console.print()


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(Text(first), no_wrap=True)
    for name in others:
        table.add_column(Text(name), justify="right", min_width=6)
    return table


def as_json(run: Run, figures: Sequence[Figure], differences: Compared, missed: Sequence[str]) -> dict[str, object]:
    """The same for a program; `differences` are in the order of the runs compared with."""
    return {
        "about": run.about,
        "folder": str(run.folder),
        "figures": [asdict(figure) for figure in figures],
        "times": [asdict(step) for step in times_of(run.records.values())],
        "outcomes": {str(outcome): count for outcome, count in outcomes(run.records.values()).items()},
        "differences": [
            asdict(change) | {"against": name, "change": change.change}
            for name, changes in differences
            for change in changes
        ],
        "fallen": list(missed),
    }
