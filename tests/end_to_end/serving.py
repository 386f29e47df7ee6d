"""A running `dossier serve`, as its users have it: a process, its address and its log."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DOSSIER = str(Path(sys.executable).parent / "dossier")
START_SECONDS = 90.0


@dataclass
class Running:
    """A server process that has said that it serves."""

    process: "subprocess.Popen[str]"
    address: str
    log: Path


def dossier(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs a command to its end."""
    return subprocess.run(
        [DOSSIER, *arguments], capture_output=True, text=True, timeout=180, env=environment(), check=False
    )


def environment(settings: Mapping[str, str] = {}) -> dict[str, str]:
    """This process's environment without its own settings, and with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOSSIER_", "MISTRAL_"))}
    return {**kept, "HF_HUB_OFFLINE": "1", **settings}


@contextmanager
def served(
    library: Path, log: Path, settings: Mapping[str, str] = {}, *, command: Sequence[str] = (DOSSIER, "serve")
) -> Iterator[Running]:
    """Serves a library on a free port for as long as the context lasts."""
    env = environment({"DOSSIER_LIBRARY": str(library), "DOSSIER_PORT": "0", **settings})
    with log.open("w") as log_file:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log_file, text=True, env=env)
    assert process.stdout is not None
    try:
        yield Running(process, _announced(process, log), log)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _announced(process: "subprocess.Popen[str]", log: Path) -> str:
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        lines.put(process.stdout.readline())

    threading.Thread(target=read, daemon=True).start()
    line = lines.get(timeout=START_SECONDS)
    assert line.startswith("Dossier serves"), f"{line!r}; its log: {log.read_text()}"
    return line.rsplit(" ", 1)[1].strip()
