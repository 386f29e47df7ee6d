"""The command `dossier eval`: shows progress, prints the figures, writes the report, guards what was recorded."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from rag.cli import JsonOption, LibraryOption, app, errors_shown, print_json
from rag.errors import ConfigurationError
from rag.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from rag.evaluation.comparison import Difference
    from rag.evaluation.figures import Figure
    from rag.evaluation.records import Record, Run

EVALUATIONS = Path("evaluations")
MISSED = 1


@app.command("eval")
def evaluate(
    suite: Annotated[
        str,
        typer.Option(
            "--suite",
            metavar="NAME|PATH",
            help="corpus (the sample corpus), scifact, multihop, a folder in BEIR's layout, or a file of questions "
            "that are asked of --library.",
        ),
    ] = "corpus",
    half: Annotated[
        Literal["tuning", "reporting"] | None, typer.Option(help="One half of the questions, drawn by their ids.")
    ] = None,
    split: Annotated[str | None, typer.Option(metavar="NAME", help="Of a BEIR folder: test, dev or train.")] = None,
    model: Annotated[
        str | None, typer.Option(metavar="SPEC", help="Who answers: extractive, provider:model, local:PATH.gguf.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder that holds scifact/ and multihop/.")
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the run is written; one that stopped there is gone on with."),
    ] = None,
    against: Annotated[
        list[Path] | None, typer.Option(metavar="RUN", help="The folder of another run to compare with.")
    ] = None,
    record: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the figures down, for --guard.")] = None,
    guard: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="End with status 1 when a recorded figure has fallen below its interval."),
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure finding, answering, citing and refusing, question by question.

    Writes records.jsonl and report.html. Exit status: 0 all well, 1 a guarded figure has fallen, 2 a wrong command.
    """
    with errors_shown():
        _require_packages()
        from ingest.evaluation import evaluate as run_suite
        from ingest.evaluation import library_for, read_suite, run_folder
        from rag.evaluation.comparison import compare
        from rag.evaluation.figures import figures_of
        from rag.evaluation.guard import fallen, write_recorded
        from rag.evaluation.questions import of_half
        from rag.evaluation.records import read_run
        from rag.evaluation.report import to_html

        settings = load_settings(library=library, model=model)
        wanted = read_suite(suite, data, EVALUATIONS, split)
        others = [read_run(folder) for folder in against or ()]
        folder = report or run_folder(EVALUATIONS, wanted, half, datetime.now())
        total = len(of_half(wanted.questions, half))
        with _progress_bar(total) as on_progress:
            own = library_for(wanted, settings, EVALUATIONS, lambda line: typer.echo(line, err=True))
            run = run_suite(wanted, own, folder, half=half, model=model, on_progress=on_progress)
        figures = figures_of(run.records.values())
        differences = [difference for other in others for difference in compare(other, run)]
        before = ", ".join(other.folder.name for other in others)
        (folder / "report.html").write_text(to_html(run, figures, differences, before), encoding="utf-8")
        if record:
            write_recorded(record, figures)
        missed = fallen(guard, figures) if guard else []
    if as_json:
        print_json(_as_json(run, figures, differences, missed))
    else:
        show(run, figures, differences, Console())
        for line in missed:
            typer.echo(f"fallen: {line}", err=True)
    raise typer.Exit(MISSED if missed else 0)


def show(run: "Run", figures: "Sequence[Figure]", differences: "Sequence[Difference]", console: Console) -> None:
    """The figures as a table, and what is different from the other runs."""
    from rag.evaluation.figures import ALL
    from rag.evaluation.report import shown

    table = Table("measure", "mean", "95% interval", "questions", box=None, pad_edge=False)
    for figure in figures:
        if figure.kind == ALL:
            low, high = shown(figure.low, figure.measure), shown(figure.high, figure.measure)
            table.add_row(figure.measure, shown(figure.mean, figure.measure), f"{low} – {high}", str(figure.count))
    console.print(table)
    if differences:
        changes = Table("measure", "before", "now", "p", "gained", "lost", box=None, pad_edge=False)
        for change in differences:
            values = (shown(value, change.measure) for value in (change.before, change.after))
            counts = (str(len(change.gained)), str(len(change.lost)))
            changes.add_row(change.measure, *values, f"{change.p:.4f}", *counts)
        console.print(changes)
    console.print(f"report: {run.folder / 'report.html'}", soft_wrap=True, markup=False)


def _as_json(
    run: "Run", figures: "Sequence[Figure]", differences: "Sequence[Difference]", missed: Sequence[str]
) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "about": run.about,
        "folder": str(run.folder),
        "figures": [asdict(figure) for figure in figures],
        "differences": [asdict(difference) for difference in differences],
        "fallen": list(missed),
    }


def _require_packages() -> None:
    try:
        import ir_measures  # noqa: F401
        import jinja2  # noqa: F401
        import matplotlib  # noqa: F401  # noqa: ICN
        import scipy  # noqa: F401
    except ImportError as error:
        raise ConfigurationError(
            f"Measuring needs a package that is not installed: {error.name}.", "pip install 'dossier-qa[eval]'"
        ) from error


@contextmanager
def _progress_bar(total: int) -> "Iterator[Callable[[Record], None]]":
    """Shows how far a run is, where somebody is watching."""
    if not sys.stderr.isatty():
        yield lambda record: None
        return
    columns = (TextColumn("asking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("asking", total=total)
        yield lambda record: bar.advance(task)
