"""A run as a page that stands alone: figures with their intervals, plots, what changed, and where it failed."""

import io
from collections.abc import Sequence
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from rag.evaluation.comparison import Difference
from rag.evaluation.figures import ALL, Figure
from rag.evaluation.records import Record, Run

# Measures that are no share: plotted and written in their own unit.
UNITS = {
    "search ms": "ms",
    "retrieve ms": "ms",
    "answer ms": "ms",
    "total ms": "ms",
    "input tokens": "",
    "output tokens": "",
    "cost": "$",
}
# A lower value of these is the better one.
COSTS = frozenset({"false refusal", *UNITS})
# How often it refused says nothing alone.
NEUTRAL = frozenset({"refused"})


def to_html(run: Run, figures: Sequence[Figure], differences: Sequence[Difference] = (), before: str = "") -> str:
    """The report. Everything in it is escaped: questions and answers come from anywhere."""
    template = resources.files("rag").joinpath("evaluation/report.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["shown"] = shown
    overall = [figure for figure in figures if figure.kind == ALL]
    kinds = sorted({figure.kind for figure in figures} - {ALL})
    return environment.from_string(template).render(
        about=run.about,
        overall=overall,
        kinds=kinds,
        by_kind={(figure.measure, figure.kind): figure for figure in figures},
        plots=[Markup(plot) for plot in _plots(figures, kinds, list(run.records.values()))],  # noqa: S704  our own SVG
        differences=differences,
        before=before,
        questions={record.id: record.question for record in run.records.values()},
        failures=failures(run.records.values()),
    )


def shown(figure: float, measure: str) -> str:
    """A value as people read it."""
    if measure in UNITS:
        return f"{figure:,.1f} {UNITS[measure]}".strip()
    return f"{figure:.3f}" if "@" in measure else f"{100 * figure:.1f}%"


def failures(records: Any) -> list[Record]:
    """The questions that were answered wrongly, refused wrongly, or answered where nothing was to be said."""
    return [
        record
        for record in records
        if record.measures.get("correct and cited", 1.0) < 1
        or record.measures.get("refusal recall", 1.0) < 1
        or record.measures.get("all evidence@10", 1.0) < 1
    ]


def _plots(figures: Sequence[Figure], kinds: Sequence[str], records: Sequence[Record]) -> list[str]:
    from matplotlib.figure import Figure as Canvas  # half a second, which other commands need not wait

    shares = [f for f in figures if f.kind == ALL and f.measure not in UNITS and f.measure not in NEUTRAL]
    plots = []
    if shares:
        canvas = Canvas(figsize=(8, 0.34 * len(shares) + 1), layout="constrained")
        axes = canvas.subplots()
        at = range(len(shares))
        axes.barh(at, [f.mean for f in shares], color="#3b6ea5", height=0.6)
        axes.errorbar(
            [f.mean for f in shares],
            list(at),
            xerr=[[f.mean - f.low for f in shares], [f.high - f.mean for f in shares]],
            fmt="none",
            ecolor="#222222",
            capsize=3,
        )
        axes.set(xlim=(0, 1.02), title="All questions, with 95% intervals")
        axes.set_yticks(list(at), [f.measure for f in shares])
        axes.invert_yaxis()
        plots.append(_svg(canvas))
    for measure in ("correct and cited", "nDCG@10"):
        some = [f for f in figures if f.measure == measure and f.kind in kinds]
        if len(some) > 1:
            canvas = Canvas(figsize=(8, 0.34 * len(some) + 1), layout="constrained")
            axes = canvas.subplots()
            axes.barh([f"{f.kind} ({f.count})" for f in some], [f.mean for f in some], color="#6a9a5b", height=0.6)
            axes.set(xlim=(0, 1.02), title=f"{measure}, by kind of question")
            axes.invert_yaxis()
            plots.append(_svg(canvas))
    times = [record.measures["total ms"] for record in records if "total ms" in record.measures]
    if len(times) > 1:
        canvas = Canvas(figsize=(8, 2.4), layout="constrained")
        axes = canvas.subplots()
        axes.hist(times, bins=40, color="#3b6ea5")
        axes.set(title="Milliseconds an answer takes", xlabel="ms", ylabel="questions")
        plots.append(_svg(canvas))
    return plots


def _svg(canvas: Any) -> str:
    out = io.StringIO()
    canvas.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue().partition("<svg")[1] + out.getvalue().partition("<svg")[2]
