"""What the commands that measure share: their options, what they say meanwhile, and where the section goes."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from benchmarks.machine import this_machine
from benchmarks.results import RESULTS, replaced


def build_parser(name: str, description: str) -> argparse.ArgumentParser:
    """The parser of `python -m benchmarks.NAME [--write]`."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=description)
    parser.add_argument("--write", action="store_true", help="put what was measured into benchmarks/RESULTS.md")
    return parser


def existing_folder(given: str) -> Path:
    """The folder an argument names; the type of an argparse argument."""
    if not Path(given).is_dir():
        raise argparse.ArgumentTypeError(f"{given} is no folder")
    return Path(given)


def made_by(name: str, arguments: Sequence[str], data: Path | None = None) -> str:
    """With what command, when and where a section is made: ask before measuring, for the load of the machine.

    The command is for others: it has no folder of this machine, and not what only says where the section goes.
    """
    shown = [_public(word, data) for word in arguments if word != "--write"]
    return this_machine().line(shlex.join(["python", "-m", f"benchmarks.{name}", *shown]), date.today())


def publish(name: str, content: str, *, write: bool) -> None:
    """Prints a section; with `write`, it also replaces the one of this name in the results."""
    print(f"{content}\n", flush=True)
    if write:
        RESULTS.write_text(replaced(RESULTS.read_text(encoding="utf-8"), name, content), encoding="utf-8")


def tell(line: str) -> None:
    """Says on standard error what goes on."""
    print(line, file=sys.stderr, flush=True)


def _public(word: str, data: Path | None) -> str:
    option, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
    return f"{option}{equals}DATA_DIR" if value and data is not None and Path(value) == data else word
