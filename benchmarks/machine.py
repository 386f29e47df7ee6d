"""What a run was measured on: figures mean little without it."""

import importlib.metadata
import os
import platform
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psutil  # type: ignore[import-untyped]

PACKAGES = ("onnxruntime", "torch", "sentence-transformers", "chromadb", "tantivy", "numpy")


@dataclass(frozen=True, slots=True)
class Machine:
    """The processor, the memory, the versions; `busy` is the load of the minute before, 0 on a machine of one's own."""

    processor: str
    cores: int
    memory_gb: float
    busy: float
    versions: str

    def line(self, command: str, today: date) -> str:
        """One line of Markdown for the head of a section."""
        return (
            f"`{command}`, {today.isoformat()}, on {self.cores} cores ({self.processor}), {self.memory_gb:.0f} GB, "
            f"load {self.busy:.1f} at the start; {self.versions}."
        )


def this_machine() -> Machine:
    """The machine this process runs on, as far as the process may use it."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    return Machine(
        processor=_processor(),
        cores=cores,
        memory_gb=psutil.virtual_memory().total / 2**30,
        busy=os.getloadavg()[0],
        versions=", ".join([f"Python {platform.python_version()}", *versions]),
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
