"""The command `dossier eval`: runs a suite, prints the figures, writes the report, guards what was recorded."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from ingest.evaluation_progress import progress_bar
from rag.cli import JsonOption, LibraryOption, app, errors_shown, print_json
from rag.errors import ConfigurationError
from rag.settings import load_settings

EVALUATIONS = Path("evaluations")
MISSED, INTERRUPTED = 1, 130
WIDTH = 120


@app.command("eval")
def evaluate(
    suite: Annotated[
        str,
        typer.Option(
            "--suite",
            metavar="NAME|PATH",
            help="corpus (the sample corpus), newsletters (invented ones), scifact, multihop, a folder in BEIR's "
            "layout, or a file of questions that are asked of --library.",
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
    price: Annotated[
        str | None,
        typer.Option(
            metavar="IN:OUT[:CURRENCY]",
            help="What a million tokens cost the model, read and written, as 0.1:0.3:EUR; gives the cost by question. "
            "With --report, of a finished run too.",
        ),
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

    Writes records.jsonl and report.html. A run that was stopped goes on with the same command.
    Exit status: 0 all well, 1 a guarded figure has fallen, 2 a wrong command, 130 interrupted.
    """
    with errors_shown():
        _require_packages()
        from ingest.evaluation import library_for, read_suite, run_folder
        from ingest.evaluation_tables import as_json as told
        from ingest.evaluation_tables import show
        from rag.assistant import Assistant
        from rag.evaluation.comparison import check_common, compare
        from rag.evaluation.evaluation import evaluate as run_suite
        from rag.evaluation.figures import figures_of
        from rag.evaluation.guard import fallen, read_recorded, write_recorded
        from rag.evaluation.price import Price, priced
        from rag.evaluation.questions import of_half
        from rag.evaluation.records import read_run
        from rag.evaluation.report import to_html

        settings = load_settings(library=library, model=model)
        more = {"price": str(Price.parse(price))} if price else {}
        wanted = read_suite(suite, data, EVALUATIONS, split)
        others = [priced(read_run(folder)) for folder in against or ()]
        recorded = read_recorded(guard) if guard else []
        asked = of_half(wanted.questions, half)
        for other in others:
            check_common(other, asked)
        place = report or (lambda about: run_folder(EVALUATIONS, about, datetime.now()))
        with _interrupts_told(), progress_bar() as progress:
            own = library_for(wanted, settings, EVALUATIONS, progress.tell, progress.ingested)
            progress.expect(len(asked))
            with closing(Assistant.open(own)) as assistant:
                run = run_suite(
                    wanted, assistant, place, half=half, model=model, more=more, on_progress=progress.asked,
                    tell=progress.tell,
                )  # fmt: skip
        run = priced(run)
        figures = figures_of(run.records.values())
        differences = [(other.folder.name, compare(other, run)) for other in others]
        (run.folder / "report.html").write_text(to_html(run, figures, differences), encoding="utf-8")
        if record:
            write_recorded(record, figures)
        missed = fallen(recorded, figures)
    if as_json:
        print_json(told(run, figures, differences, missed))
    else:
        # Where a file or a program reads, there is no edge to keep to.
        show(run, figures, differences, Console(width=None if sys.stdout.isatty() else WIDTH))
        for line in missed:
            typer.echo(f"fallen: {line}", err=True)
    raise typer.Exit(MISSED if missed else 0)


def _require_packages() -> None:
    try:
        import ir_measures  # noqa: F401
        import jinja2  # noqa: F401
        import matplotlib  # noqa: F401  # noqa: ICN
        import pandas  # noqa: F401  # noqa: ICN
        import scipy  # noqa: F401
    except ImportError as error:
        raise ConfigurationError(
            f"Measuring needs a package that is not installed: {error.name}.", "pip install 'dossier-qa[eval]'"
        ) from error


@contextmanager
def _interrupts_told() -> Iterator[None]:
    """Says how to go on after Ctrl-C; what was asked is on the disk."""
    try:
        yield
    except KeyboardInterrupt as error:
        typer.echo("interrupted; the same command goes on from here", err=True)
        raise typer.Exit(INTERRUPTED) from error
