"""What several benchmarks measure with, made when it is first needed: the exported model, articles, a large library."""

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from functools import cached_property
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np

from benchmarks.articles import CORPUS, SEED, corpus, recombined, write
from benchmarks.stand_in import StandIn
from ingest.pipeline import run
from rag.catalog import Catalog
from rag.embedding import Embedder
from rag.embedding.exported import ExportedModel
from rag.indexes import Indexes
from rag.settings import load_settings

ARTICLES = 60
CHUNKS = 10_000
# Files written and ingested at once on the way to CHUNKS.
STEP = 50


class Workspace:
    """A folder to measure in. `quick`: fewer rounds, noisier figures; `large`: also what takes a quarter of an hour.

    `tell` is told what takes long.
    """

    def __init__(self, folder: Path, *, quick: bool, tell: Callable[[str], None], large: bool = False) -> None:
        self.folder = folder
        self.quick = quick
        self.large = large
        self.tell = tell

    def model(self, precision: str = "fp32") -> Path:
        """The folder of the exported model, made anew in every run: a change of the export is measured too."""
        folder = self.folder / "model"
        if not (folder / f"{precision}.json").exists():
            self.tell(f"exporting the embedding model ({precision})")
            ExportedModel.open(folder, precision)
        return folder

    @cached_property
    def embedder(self) -> Embedder:
        """The default embedding model, in this process."""
        return ExportedModel.open(self.model(), "fp32")

    @cached_property
    def articles(self) -> Path:
        """The folder of 60 articles, the first of the sample corpus by name."""
        return write(dict(islice(corpus().items(), ARTICLES)), self.folder / "articles")

    @cached_property
    def texts(self) -> list[str]:
        """What an ingest of the 60 articles embeds: found by one with a stand-in for the model."""
        stand_in = StandIn(self.embedder, np.eye(self.embedder.stamp.dimension, dtype=np.float32), SEED)
        ingest(self.articles, self.new_library("for-texts"), stand_in)
        return stand_in.texts

    @cached_property
    def large_library(self) -> Path:
        """A library of 10,000 chunks, indexed: the corpus with its real vectors, the rest with disturbed copies."""
        self.tell(f"making a library of {CHUNKS:,} chunks")
        library = self.new_library("large")
        ingest(CORPUS, library, self.embedder)
        with closing(Catalog.open(library)) as catalog:
            stand_in = StandIn(self.embedder, catalog.vectors()[2], SEED)
        filler = recombined(corpus(), Random(SEED), permute_names=True)
        for number in range(CHUNKS):
            folder = write(dict(islice(filler, STEP)), self.folder / f"filler-{number}")
            if ingest(folder, library, stand_in) >= CHUNKS:
                break
        with closing(Catalog.open(library)) as catalog, closing(Indexes(catalog)) as indexes:
            indexes.sync()
        return library

    def new_library(self, name: str) -> Path:
        """A folder for a library that has nothing yet but its model."""
        library = self.folder / name
        shutil.rmtree(library, ignore_errors=True)
        shutil.copytree(self.model(), library / "model", copy_function=os.link)
        return library


def ingest(source: Path, library: Path, embedder: Embedder) -> int:
    """Ingests without indexing; how many chunks the library has then."""
    with closing(Catalog.open(library, create=True)) as catalog:
        report = run([str(source)], catalog, embedder, load_settings(library=library), lambda progress: None)
        assert not report.failed, report.failed
        return catalog.counts()[1]
