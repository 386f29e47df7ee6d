"""An embedding model in a process of its own, so that two of them do not share thread pools or memory.

Run as `python -m benchmarks.encoder KIND MODEL_FOLDER TEXTS_FILE`, it loads, warms up, says `ready`, and then does what
each line on standard input says: `embed` (answers with the seconds it took) or `save PATH` (the last vectors).
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Literal, Self

import numpy as np

from benchmarks.processes import environment
from rag.embedding.embedder import Vectors

Kind = Literal["exported", "exported-int8", "sentence-transformers"]
# Texts read before the clock runs: the first call of every model is slower.
WARM_UP = 8


class EncoderProcess:
    """The parent's side: a context manager."""

    def __init__(self, kind: Kind, model: Path, texts: Sequence[str]) -> None:
        self.kind = kind
        self._count = len(texts)
        self._scratch = tempfile.TemporaryDirectory()
        folder = Path(self._scratch.name)
        self._vectors = folder / "vectors.npy"
        (folder / "texts.json").write_text(json.dumps(list(texts)))
        command = [sys.executable, "-m", "benchmarks.encoder", kind, str(model), str(folder / "texts.json")]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment()
        )
        self._answer()

    def embed(self) -> float:
        """Embeds all texts once; the seconds it took."""
        return float(self._tell("embed"))

    def vectors(self) -> Vectors:
        """What the last `embed` made, a row for each text."""
        self._tell(f"save {self._vectors}")
        found: Vectors = np.load(self._vectors)
        assert len(found) == self._count
        return found

    def _tell(self, line: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"the process of {self.kind} ended with status {self._process.wait()}")
        return line

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._scratch.cleanup()


def _load(kind: str, model: Path) -> Callable[[list[str]], Vectors]:
    if kind == "sentence-transformers":
        from sentence_transformers import SentenceTransformer

        encoder = SentenceTransformer(str(model), device="cpu")
        return lambda texts: np.asarray(encoder.encode(texts, show_progress_bar=False), dtype=np.float32)
    from rag.embedding.exported import ExportedModel

    return ExportedModel.open(model, "int8" if kind == "exported-int8" else "fp32").embed


def main(kind: str, model: str, texts_file: str) -> None:
    """The child's side."""
    texts: list[str] = json.loads(Path(texts_file).read_text())
    embed = _load(kind, Path(model))
    vectors = embed(texts[:WARM_UP])
    print("ready", flush=True)
    for line in sys.stdin:
        order, _, path = line.strip().partition(" ")
        if order == "save":
            np.save(path, vectors)
            print("saved", flush=True)
        else:
            started = perf_counter()
            vectors = embed(texts)
            print(perf_counter() - started, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
