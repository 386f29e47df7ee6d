"""Plots of runs: `draw_…` on matplotlib's axes, for the report; `plot_…` as a figure, for notebooks."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from rag.evaluation.comparison import Difference
from rag.evaluation.figures import Figure
from rag.evaluation.measures import is_share
from rag.evaluation.outcomes import Outcome, outcome_of, outcomes
from rag.evaluation.records import Record, Run

# Colours that those who see red and green alike can tell apart (Okabe and Ito): greens are well, blues were refused,
# oranges are wrong; the pale one of two is where the evidence was not found.
COLOURS = {
    Outcome.RIGHT: "#009e73",
    Outcome.FOUND: "#009e73",
    Outcome.RIGHTLY_REFUSED: "#7fceb9",
    Outcome.UNCITED: "#d9cb2f",
    Outcome.WRONG: "#d55e00",
    Outcome.WRONG_UNFOUND: "#f0a868",
    Outcome.REFUSED: "#0072b2",
    Outcome.REFUSED_UNFOUND: "#80bfe8",
    Outcome.GUESSED: "#cc79a7",
    Outcome.NOT_FOUND: "#d55e00",
}
POINT = "#0072b2"
# Room that a row of a plot takes, and its frame, in inches.
ROW, FRAME = 0.3, 1.0


def height(rows: int) -> float:
    """How high a plot of so many rows is to be, in inches."""
    return FRAME + ROW * max(rows, 1)


def draw_intervals(axes: Any, rows: Sequence[tuple[str, float, float, float]], label: str) -> None:
    """A point for each row (its name, mean, low and high), with its interval; the first row is on top."""
    at = np.arange(len(rows))
    means = np.asarray([mean for _, mean, _, _ in rows])
    spread = [[mean - low for _, mean, low, _ in rows], [high - mean for _, mean, _, high in rows]]
    axes.errorbar(means, at, xerr=np.maximum(spread, 0), fmt="o", color=POINT, capsize=3, markersize=5)
    _name_rows(axes, [name for name, _, _, _ in rows])
    axes.set(xlabel=label, ylim=(len(rows) - 0.5, -0.5))
    axes.grid(axis="x", alpha=0.3)


def _name_rows(axes: Any, names: Sequence[str]) -> None:
    """Names are anybody's words: `$` in them begins no formula."""
    axes.set_yticks(range(len(names)), names, parse_math=False)


def draw_kinds(axes: Any, figures: Sequence[Figure]) -> None:
    """One measure by kind of question, from 0 to 1, with 95% intervals."""
    rows = [(f"{f.kind} ({f.count})", f.mean, f.low, f.high) for f in figures]
    draw_intervals(axes, rows, f"{figures[0].measure}: mean and 95% interval")
    axes.set_xlim(-0.02, 1.02)


def draw_changes(axes: Any, differences: Sequence[Difference]) -> None:
    """How measures of shares have changed between two runs, with 95% intervals; right of the line is more."""
    rows = [(d.measure, d.change, d.low, d.high) for d in differences if is_share(d.measure)]
    draw_intervals(axes, rows, "change of the mean, with its 95% interval")
    axes.axvline(0, color="grey", linewidth=1)


def draw_outcomes(axes: Any, records: Sequence[Record]) -> None:
    """What became of the questions, in percent of each kind."""
    kinds = sorted({record.kind for record in records})
    counts = {kind: [outcome_of(record) for record in records if record.kind == kind] for kind in kinds}
    left = np.zeros(len(kinds))
    for outcome in Outcome:
        shares = np.asarray([100 * counts[kind].count(outcome) / len(counts[kind]) for kind in kinds])
        if shares.any():
            axes.barh(range(len(kinds)), shares, left=left, height=0.7, color=COLOURS[outcome], label=str(outcome))
            left += shares
    _name_rows(axes, [f"{kind} ({len(counts[kind])})" for kind in kinds])
    axes.set(xlabel="percent of the questions of a kind", xlim=(0, 100), ylim=(len(kinds) - 0.5, -0.5))
    axes.figure.legend(loc="outside lower center", ncols=2, frameon=False)


def draw_times(axes: Any, records: Sequence[Record], measure: str) -> None:
    """How many questions took how long, on a logarithmic scale."""
    times = np.asarray([record.measures[measure] for record in records if record.measures.get(measure, 0) > 0])
    edges = np.geomspace(times.min(), max(times.max(), times.min() * 1.01), 31)
    axes.hist(times, bins=edges, color=POINT)
    axes.set(xscale="log", xlabel=f"{measure.removesuffix(' ms')}: milliseconds a question", ylabel="questions")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.grid(axis="y", alpha=0.3)


def plot_sweep(frame: Any) -> Canvas:
    """A sweep as a figure: for each of its measures, how each run did, and how it differs from the baseline."""
    measures = list(dict.fromkeys(frame.index.get_level_values("measure")))
    runs = frame.index.get_level_values("run").nunique()
    canvas = Canvas(figsize=(11, len(measures) * height(runs)), layout="constrained")
    for row, measure in zip(canvas.subplots(len(measures), 2, squeeze=False), measures, strict=True):
        draw_sweep(row[0], frame, measure)
        draw_sweep(row[1], frame, measure, change=True)
        row[1].set_yticklabels([])
    return canvas


def plot_outcomes(run: Run) -> Canvas:
    """What became of a run's questions, by kind, as a figure."""
    records = list(run.records.values())
    rows = len({record.kind for record in records})
    canvas = Canvas(figsize=(9, height(rows) + 0.25 * len(outcomes(records))), layout="constrained")
    draw_outcomes(canvas.subplots(), records)
    return canvas


def plot_grid(values: Any, label: str) -> Canvas:
    """A value for each pair of two settings, a frame's rows and columns, as a figure; the best is framed."""
    canvas = Canvas(figsize=(1.5 + 0.9 * len(values.columns), 1.2 + 0.5 * len(values)), layout="constrained")
    axes = canvas.subplots()
    image = axes.imshow(values.to_numpy(), aspect="auto", cmap="cividis")
    axes.set_xticks(range(len(values.columns)), values.columns)
    axes.set_yticks(range(len(values)), values.index)
    axes.set(xlabel=values.columns.name, ylabel=values.index.name)
    middle = float(np.nanmean([np.nanmin(values), np.nanmax(values)]))
    for (row, column), value in np.ndenumerate(values.to_numpy()):
        if not np.isnan(value):
            colour = "white" if value < middle else "black"
            axes.text(column, row, f"{value:.3f}", ha="center", va="center", color=colour)
    row, column = np.unravel_index(np.nanargmax(values.to_numpy()), values.shape)
    axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor="#d55e00", linewidth=2.5))
    canvas.colorbar(image, label=label)
    return canvas


def draw_sweep(axes: Any, frame: Any, measure: str, *, change: bool = False) -> None:
    """A measure of each run of a sweep (see frames.sweep_frame) with its interval, or how it differs from the baseline.

    The interval of a change is of the same questions asked twice: it tells more than whether two means' overlap.
    """
    columns = ["change", "change low", "change high"] if change else ["mean", "low", "high"]
    values = frame.loc[measure, columns].fillna(0.0)
    rows = [(str(name), float(mean), float(low), float(high)) for name, mean, low, high in values.itertuples()]
    what = f"change against “{rows[0][0]}”" if change else "mean"
    draw_intervals(axes, rows, f"{measure}: {what}, 95% interval")
    axes.xaxis.label.set_parse_math(False)
    if change:
        axes.axvline(0, color="grey", linewidth=1)
