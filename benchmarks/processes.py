"""Processes that are measured: the environment they get, and a running `dossier serve`."""

import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import httpx

DOSSIER = str(Path(sys.executable).parent / "dossier")
# A process that takes longer than this has failed.
START_SECONDS = 120.0


def environment(given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment without Dossier's settings: what is measured are the defaults."""
    return {name: value for name, value in given.items() if not name.startswith("DOSSIER_")} | {"HF_HUB_OFFLINE": "1"}


def processor_seconds() -> float:
    """Processor time of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + children.ru_utime + children.ru_stime


@dataclass(frozen=True)
class Server:
    """A server that has announced itself. `started` is the time (perf_counter) before its process was made."""

    process: "subprocess.Popen[str]"
    address: str
    started: float

    def ask(self, question: str) -> None:
        """Asks over HTTP; raises unless an Answer came back."""
        response = httpx.post(f"{self.address}/v1/ask", json={"question": question}, timeout=60, trust_env=False)
        response.raise_for_status()


@contextmanager
def serving(library: Path, command: Sequence[str] = (DOSSIER,)) -> Iterator[Server]:
    """Runs `dossier serve` on a free port for as long as the context lasts."""
    arguments = [*command, "serve", "--library", str(library), "--port", "0"]
    log = library.with_suffix(".log")
    started = perf_counter()
    with log.open("w") as errors:
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment())
    assert process.stdout is not None
    hung = threading.Timer(START_SECONDS, process.kill)
    hung.start()
    try:
        announced = process.stdout.readline()
        hung.cancel()
        if "http" not in announced:
            raise RuntimeError(f"the server did not start; its log: {log.read_text()}")
        yield Server(process, announced.split()[-1], started)
    finally:
        hung.cancel()
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
