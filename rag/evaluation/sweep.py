"""Sweeps: one thing is varied, the same questions are asked each time, and each time gives a run.

runs = sweep(suite, folder, {"both": Variant(library), "words only": Variant(library, weights={"words": 1.0})})
sweep_frame(runs, ["nDCG@10"])
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from rag.assistant import Assistant
from rag.evaluation.evaluation import evaluate
from rag.evaluation.questions import Half
from rag.evaluation.records import Run
from rag.evaluation.suite import Suite
from rag.fusion import WEIGHTS
from rag.retrieval import DEPTH
from rag.settings import load_settings


@dataclass(frozen=True, slots=True)
class Variant:
    """What is measured once: a library, and how it is searched.

    `weights` are those of the signals, of which one that is left out is not asked; `depth` is how many hits each leg
    gives; `settings` are further ones by their names in README's table, as `passages` or `reranker`.
    """

    library: Path
    weights: Mapping[str, float] = field(default_factory=lambda: dict(WEIGHTS))
    depth: int = DEPTH
    settings: Mapping[str, Any] = field(default_factory=dict)


def sweep(
    suite: Suite,
    folder: Path,
    variants: Mapping[str, Variant],
    *,
    half: Half | None = None,
    on_progress: Callable[[str, int, int], None] = lambda name, done, total: None,
) -> dict[str, Run]:
    """A run for each variant, by its name, kept in `folder`: what this version measured there is not measured again.

    `on_progress` hears the variant, and how many of them are done, of how many. Raises DossierError.
    """
    code = source_digest(Path(__file__).resolve().parent.parent)
    runs = {}
    for number, (name, variant) in enumerate(variants.items()):
        on_progress(name, number, len(variants))
        settings = load_settings(library=variant.library, **variant.settings)
        searched = {"weights": dict(variant.weights), "depth": variant.depth, "settings": _told(variant.settings)}
        more = {**searched, "code": code}
        with closing(Assistant.open(settings, weights=variant.weights, depth=variant.depth)) as assistant:
            runs[name] = evaluate(suite, assistant, partial(_place, folder), half=half, more=more)
    on_progress("", len(variants), len(variants))
    return runs


def source_digest(package: Path) -> str:
    """A digest of a package's source: what another version of it measured is not taken for this one's."""
    digest = hashlib.sha256()
    for path in sorted(path for ending in ("py", "csv") for path in package.rglob(f"*.{ending}")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _told(settings: Mapping[str, Any]) -> dict[str, str]:
    """Settings as a run's description has them; keys are kept to oneself."""
    return {name: str(value) for name, value in settings.items() if not name.endswith("_key")}


def _place(folder: Path, about: Mapping[str, Any]) -> Path:
    """A run's own place: another library, question or setting gives another."""
    told = json.dumps(about, sort_keys=True, ensure_ascii=False)
    return folder / f"{about['suite']}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
