"""Recorded figures, and whether one has fallen: below the interval that chance alone would move it in."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rag.errors import ConfigurationError
from rag.evaluation.figures import ALL, Figure, value_of
from rag.evaluation.measures import is_quality, lower_is_better, shown


def write_recorded(path: Path, figures: Sequence[Figure]) -> None:
    """Writes down the overall figures that say how good a run is; times and tokens are of the machine, not of us."""
    kept = [asdict(f) for f in figures if f.kind == ALL and is_quality(f.measure)]
    try:
        path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"The figures cannot be written to {path}: {error.strerror}.") from error


def read_recorded(path: Path) -> list[Figure]:
    """The figures that were written down. Raises ConfigurationError."""
    try:
        return [Figure(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(f"{path} holds no recorded figures: {error}.", "Write it with --record.") from error


def fallen(recorded: Sequence[Figure], figures: Sequence[Figure]) -> list[str]:
    """The recorded figures that are worse now by more than their interval."""
    found = []
    for before in recorded:
        now = value_of(figures, before.measure)
        if now is None:
            found.append(f"{before.measure} was not measured")
        elif now.mean > before.high if lower_is_better(before.measure) else now.mean < before.low:
            values = [shown(value, before.measure) for value in (before.mean, before.low, before.high, now.mean)]
            found.append(f"{before.measure} was {values[0]} ({values[1]} to {values[2]}), is {values[3]}")
    return found
