"""Measures Dossier: `python -m benchmarks.run [--quick] [--only NAME] [--write]`.

Prints the results as Markdown, progress on standard error. Ends with status 1 when a limit is missed.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from benchmarks import answer, claims, copies, embedding, growth, ingest, names, reading, scaling, search, serve
from benchmarks.articles import REPOSITORY
from benchmarks.machine import this_machine
from benchmarks.measurement import Benchmark
from benchmarks.processes import environment
from benchmarks.results import RESULTS, replaced, section
from benchmarks.workspace import Workspace

BENCHMARKS: tuple[Benchmark, ...] = (
    ingest.BENCHMARK,
    reading.BENCHMARK,
    growth.BENCHMARK,
    copies.BENCHMARK,
    embedding.BENCHMARK,
    search.BENCHMARK,
    scaling.BENCHMARK,
    answer.BENCHMARK,
    serve.BENCHMARK,
    names.BENCHMARK,
    claims.BENCHMARK,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmarks asked for; the exit status."""
    options = _parser().parse_args(arguments)
    chosen = [benchmark for benchmark in BENCHMARKS if options.only in (None, benchmark.name)]
    defaults = environment()
    os.environ.clear()
    os.environ.update(defaults)
    missed = []
    with ExitStack() as stack:
        scratch = REPOSITORY / "build"  # on the disk that libraries are on; /tmp is often memory
        scratch.mkdir(exist_ok=True)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmarks-", dir=scratch)))
        workspace = Workspace(folder, quick=options.quick, tell=_tell, large=options.large)
        for benchmark in chosen:
            made = this_machine().line(_command(options, benchmark), date.today())
            measured = benchmark.measure(workspace)
            content = section(benchmark, measured, made)
            print(f"{content}\n", flush=True)
            missed += [f"{benchmark.name}: {figure.what}" for figure in measured if figure.holds is False]
            if options.write:
                RESULTS.write_text(replaced(RESULTS.read_text(encoding="utf-8"), benchmark.name, content), "utf-8")
    for what in missed:
        _tell(f"limit missed: {what}")
    return 1 if missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description="Measures Dossier.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: minutes instead of a quarter of an hour")
    parser.add_argument("--large", action="store_true", help="scaling: 300,000 chunks too, a quarter of an hour more")
    parser.add_argument("--only", choices=[benchmark.name for benchmark in BENCHMARKS], help="one of them")
    parser.add_argument("--write", action="store_true", help="replace the sections in benchmarks/RESULTS.md")
    return parser


def _command(options: argparse.Namespace, benchmark: Benchmark) -> str:
    """The command that makes this section again."""
    flags = " --quick" * options.quick + " --large" * (options.large and benchmark is scaling.BENCHMARK)
    return f"python -m benchmarks.run{flags} --only {benchmark.name}"


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
