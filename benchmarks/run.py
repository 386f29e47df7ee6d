"""Measures Dossier: `python -m benchmarks.run [--quick] [--only NAME] [--write]`.

Prints the results as Markdown, progress on standard error. Ends with status 1 when a limit is missed.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks import answer, claims, copies, embedding, growth, ingest, names, reading, scaling, search, serve
from benchmarks.articles import REPOSITORY
from benchmarks.command_line import build_parser, made_by, publish, tell
from benchmarks.measurement import Benchmark
from benchmarks.processes import environment
from benchmarks.results import section
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
        workspace = Workspace(folder, quick=options.quick, tell=tell, large=options.large)
        for benchmark in chosen:
            made = made_by("run", _arguments(options, benchmark))
            measured = benchmark.measure(workspace)
            content = section(benchmark, measured, made)
            publish(benchmark.name, content, write=options.write)
            missed += [f"{benchmark.name}: {figure.what}" for figure in measured if figure.holds is False]
    for what in missed:
        tell(f"limit missed: {what}")
    return 1 if missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = build_parser("run", "Measures Dossier.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: minutes instead of a quarter of an hour")
    parser.add_argument("--large", action="store_true", help="scaling: 300,000 chunks too, a quarter of an hour more")
    parser.add_argument("--only", choices=[benchmark.name for benchmark in BENCHMARKS], help="one of them")
    return parser


def _arguments(options: argparse.Namespace, benchmark: Benchmark) -> list[str]:
    """Those that make this section again."""
    flags = ["--quick"] * options.quick + ["--large"] * (options.large and benchmark is scaling.BENCHMARK)
    return [*flags, "--only", benchmark.name]


if __name__ == "__main__":
    sys.exit(main())
