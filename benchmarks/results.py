"""RESULTS.md: a section for each benchmark, written between markers, so that one can be measured again alone."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.measurement import Benchmark, Measurement

RESULTS = Path(__file__).parent / "RESULTS.md"

_VERDICTS = {True: "yes", False: "**no**", None: ""}


def section(benchmark: Benchmark, measured: Sequence[Measurement], made: str) -> str:
    """The Markdown of a section; `made` says with what command, when and where."""
    rows = [f"| {figure.what} | {figure.shown} | {figure.limit} | {_VERDICTS[figure.holds]} |" for figure in measured]
    head = ["| measured | value | limit | holds |", "| --- | ---: | --- | --- |"]
    return headed(benchmark.title, benchmark.method, made, "\n".join([*head, *rows]))


def headed(title: str, method: str, made: str, measured: str) -> str:
    """The Markdown of a section whose figures are Markdown already."""
    return f"## {title}\n\n{method}\n\n{made}\n\n{measured}"


def method_of(name: str) -> str:
    """The method that is told in a file of its own, `benchmarks/NAME.md`."""
    return (RESULTS.parent / f"{name}.md").read_text(encoding="utf-8").strip()


def replaced(document: str, name: str, content: str) -> str:
    """The document with the section of this name replaced, or added at the end."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    block = f"{begin}\n{content}\n{end}"
    before, found, rest = document.partition(begin)
    if not found:
        return f"{document.rstrip()}\n\n{block}\n" if document.strip() else f"{block}\n"
    _, closed, after = rest.partition(end)
    if not closed:
        raise ValueError(f"{RESULTS.name} has {begin} without {end}")
    return f"{before}{block}{after}"
