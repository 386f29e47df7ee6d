"""A run as a page that stands alone: figures with their intervals, plots, what changed, and where it failed."""

import io
from collections.abc import Callable, Iterable, Sequence
from importlib import resources
from typing import Any

import matplotlib as mpl
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure as Canvas

from rag.evaluation import plots
from rag.evaluation.comparison import Difference
from rag.evaluation.figures import ALL, Figure, times_of
from rag.evaluation.frames import expected
from rag.evaluation.measures import grouped, headline, is_share, is_time, lower_is_better, meaning, shown
from rag.evaluation.outcomes import Outcome, outcome_of, outcomes
from rag.evaluation.records import Record, Run

WIDTH = 4.8  # inches, so that letters keep a size that can be read on a phone
# Articles that are named of a failure, of those that were expected and of those that came.
LISTED = 5
# Fewer times than these are no distribution.
FEWEST_TIMES = 10
# What plots are drawn in, until the page's own colour takes its place.
_INK = "#010203"
_STYLE: Any = {
    "font.size": 9,
    "svg.hashsalt": "dossier",
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), _INK),
    **dict.fromkeys(("axes.spines.top", "axes.spines.right"), False),
    **dict.fromkeys(("axes.facecolor", "figure.facecolor", "savefig.facecolor"), "none"),
}


def to_html(run: Run, figures: Sequence[Figure], differences: Sequence[tuple[str, Sequence[Difference]]] = ()) -> str:
    """The report; `differences` are those from other runs, by their names.

    Everything in it is escaped: questions and answers come from anywhere.
    """
    template = resources.files("rag").joinpath("evaluation/report.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    tests = (is_share, is_time, lower_is_better)
    environment.filters |= {"shown": shown, "meaning": meaning, "expected": expected, "outcome": outcome_of}
    environment.tests |= {test.__name__: test for test in tests}
    records = list(run.records.values())
    by_kind = {(figure.measure, figure.kind): figure for figure in figures}
    return environment.from_string(template).render(
        about=run.about,
        groups=grouped([figure.measure for figure in figures]),
        kinds=sorted({figure.kind for figure in figures} - {ALL}),
        all=ALL,
        listed=LISTED,
        told_by_kind={figure.measure for figure in figures if figure.kind != ALL},
        by_kind=by_kind,
        headline=by_kind.get((headline([figure.measure for figure in figures]) or "", ALL)),
        times=times_of(records),
        outcomes=outcomes(records),
        plots=_plots(figures, records),
        differences=[(name, changes, _change_plot(changes)) for name, changes in differences],
        questions={record.id: record.question for record in records},
        failures=_failures(records),
        costs=_costs(records),
    )


def _failures(records: Iterable[Record]) -> dict[Outcome, list[Record]]:
    """The questions that did not go well, by what went wrong."""
    found: dict[Outcome, list[Record]] = {}
    for record in records:
        outcome = outcome_of(record)
        if not outcome.good:
            found.setdefault(outcome, []).append(record)
    return dict(sorted(found.items(), key=lambda item: list(Outcome).index(item[0])))


def _costs(records: Sequence[Record]) -> dict[str, float]:
    """What the whole run cost, by currency."""
    found: dict[str, float] = {}
    for record in records:
        for name, value in record.measures.items():
            if name.startswith("cost "):
                found[name] = found.get(name, 0.0) + value
    return found


def _plots(figures: Sequence[Figure], records: Sequence[Record]) -> dict[str, Markup]:
    """The plots by what they show; one that would show a single bar is left out."""
    found = {}
    kinds = {record.kind for record in records}
    name = headline([figure.measure for figure in figures])
    of_kinds = [f for f in figures if f.measure == name and f.kind in kinds]
    if len(kinds) > 1:
        legend = 0.25 * len(outcomes(records))
        found["outcomes"] = _svg(lambda axes: plots.draw_outcomes(axes, records), plots.height(len(kinds)) + legend)
    if len(of_kinds) > 1:
        found["kinds"] = _svg(lambda axes: plots.draw_kinds(axes, of_kinds), plots.height(len(of_kinds)))
    step = "total ms" if any(f.measure == "total ms" for f in figures) else "search ms"
    if sum(record.measures.get(step, 0) > 0 for record in records) >= FEWEST_TIMES:
        found["times"] = _svg(lambda axes: plots.draw_times(axes, records, step), 2.4)
    return found


def _change_plot(changes: Sequence[Difference]) -> Markup:
    rows = sum(is_share(change.measure) for change in changes)
    return _svg(lambda axes: plots.draw_changes(axes, changes), plots.height(rows)) if rows else Markup("")


def _svg(draw: Callable[[Any], None], high: float) -> Markup:
    """A plot as SVG in the colour of the text around it, whether the page is light or dark."""
    with mpl.rc_context(_STYLE):
        canvas = Canvas(figsize=(WIDTH, high), layout="constrained")
        draw(canvas.subplots())
        out = io.StringIO()
        canvas.savefig(out, format="svg", metadata={"Date": None})
    _, start, rest = out.getvalue().partition("<svg")
    return Markup((start + rest).replace(_INK, "currentColor"))  # noqa: S704  our own SVG, its text as outlines
