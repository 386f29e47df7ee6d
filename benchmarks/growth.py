"""What an article costs besides the model: in time, as the library grows, and in memory, as an ingest goes on."""

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from itertools import islice
from random import Random
from time import process_time

import numpy as np
import trafilatura
from markdown_it import MarkdownIt

from benchmarks.articles import SEED, corpus, recombined, unquoted, write
from benchmarks.growing import ROUNDS, TIMED
from benchmarks.machine import this_machine
from benchmarks.measurement import Benchmark, Measurement
from benchmarks.processes import environment, processor_seconds
from benchmarks.workspace import Workspace
from ingest.chunking import chunk
from ingest.clean import clean
from ingest.extract import extract
from ingest.pipeline import run
from rag.catalog import Catalog
from rag.documents import Article
from rag.settings import load_settings

SIZES, QUICK_SIZES = (100, 1_000, 10_000), (100, 300)
LEVEL = 1.2
# The share of the model in the wall time, and of the preparation in the model's time.
MODEL_SHARE, PREPARATION_SHARE = 95.0, 5.0
# Articles ingested with the model, and chunks embedded to know what all of them take.
REAL, SOME = 300, 200
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | The Paper</title>
<meta property="og:title" content="{title}"><meta property="article:published_time" content="2024-05-06T08:00:00Z">
<meta name="author" content="A. Writer"></head><body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav></header>
<main><article><h1>{title}</h1>{body}</article></main>
<aside><h2>Most read</h2><ul><li><a href="/1">Another story of the day</a></li><li><a href="/2">And more</a></li></ul>
</aside><footer><p>Subscribe to our newsletter</p><p>© The Paper</p></footer></body></html>"""


def measure(workspace: Workspace) -> Sequence[Measurement]:
    """Grows a library with a stand-in for the model; then prepares articles and embeds some, with the real one."""
    return (*_growth(workspace), *_speed(workspace))


def _growth(workspace: Workspace) -> list[Measurement]:
    sizes = QUICK_SIZES if workspace.quick else SIZES
    workspace.tell(f"growing libraries of {', '.join(map(str, sizes))} articles")
    random = Random(SEED)
    made = islice(recombined(corpus(), random), max(sizes) + ROUNDS * TIMED)
    articles = write({name: unquoted(text, random) for name, text in made}, workspace.folder / "growth-articles")
    folder = workspace.folder / "growth"
    folder.mkdir()
    command = [sys.executable, "-m", "benchmarks.growing", str(folder), str(workspace.model()), str(articles)]
    done = subprocess.run(
        [*command, *map(str, sizes)], stdout=subprocess.PIPE, text=True, check=True, env=environment()
    )
    found = json.loads(done.stdout)
    costs = {int(size): values for size, values in found["costs"].items()}
    first = costs[sizes[0]]
    what = "an article besides the model, with {:,} in the library"
    ratios = [
        Measurement(
            f"{kind} of {what.format(size)}, to that with {sizes[0]}", costs[size][at] / first[at], "x", at_most=LEVEL
        )
        for size in sizes[1:]
        for at, kind in enumerate(("wall time", "processor time"))
    ]
    times = [Measurement(f"wall time of {what.format(size)}", 1000 * costs[size][0], "ms") for size in sizes]
    counts, bytes_ = np.array(found["memory"], dtype=float).T
    warm = len(counts) // 4  # what is loaded once is loaded by then
    slope = float(np.polyfit(counts[warm:] / 1000, bytes_[warm:] / 1e6, 1)[0])
    return [
        *ratios,
        *times,
        Measurement(f"memory after {counts[0]:,.0f} articles of one ingest", bytes_[0] / 1e6, "MB"),
        Measurement(f"memory after {counts[-1]:,.0f} articles of it", bytes_[-1] / 1e6, "MB"),
        Measurement("more memory for each thousand articles of it", slope, "MB", at_most=2.0),
    ]


def _speed(workspace: Workspace) -> list[Measurement]:
    count = 60 if workspace.quick else REAL
    workspace.tell(f"ingesting {count} articles with the model")
    made = dict(islice(recombined(corpus(), Random(SEED + 1)), count))
    folder = write(made, workspace.folder / "growth-real")
    library = workspace.new_library("growth-real-library")
    with closing(Catalog.open(library, create=True)) as catalog:
        workspace.embedder.embed(["The first call is slower."])
        before = processor_seconds()
        report = run([str(folder)], catalog, workspace.embedder, load_settings(library=library), lambda progress: None)
        busy = processor_seconds() - before
    assert report.added == count, report
    cores = this_machine().cores
    found = [
        Measurement(
            "inside the model, of an ingest's wall time",
            100 * report.embedding_seconds / report.seconds,
            "%",
            at_least=MODEL_SHARE,
        ),
        Measurement(f"cores busy during it, of {cores}", busy / report.seconds, "x"),
        Measurement("chunks embedded in it", report.chunks_embedded, "count"),
        Measurement("chunks embedded a second", report.chunks_embedded / report.embedding_seconds, "/s"),
    ]
    number = 100 if workspace.quick else 1_000
    kinds = _both(number)
    for kind, articles in kinds.items():
        workspace.tell(f"preparing {number} articles of {kind}")
        seconds, texts = _prepared(articles, workspace)
        embedding = _embedding(texts, workspace)
        found += [
            Measurement(
                f"extraction and chunking of {number:,} articles of {kind}, of the time to embed them",
                100 * seconds / embedding,
                "%",
                at_most=PREPARATION_SHARE,
            ),
            Measurement(f"extraction and chunking of one of {kind}", 1000 * seconds / number, "ms"),
            Measurement(f"embedding of one of {kind}", 1000 * embedding / number, "ms"),
        ]
    found.append(Measurement("of one of HTML, trafilatura alone", 1000 * _trafilatura(kinds["HTML"]) / number, "ms"))
    return found


def _trafilatura(pages: dict[str, str]) -> float:
    """Processor seconds of what every reading of a page begins with."""
    for page in list(pages.values())[:3]:
        trafilatura.bare_extraction(page, favor_recall=True, include_formatting=True)
    before = process_time()
    for page in pages.values():
        trafilatura.bare_extraction(page, favor_recall=True, include_formatting=True)
    return process_time() - before


def _both(count: int) -> dict[str, dict[str, str]]:
    """The same articles as Markdown and as pages."""
    plain = dict(islice(recombined(corpus(), Random(SEED + 2)), count))
    render = MarkdownIt("commonmark").enable("table").render
    pages = {}
    for name, text in plain.items():
        _, head, body = text.split("---\n", 2)
        title = head.partition('title: "')[2].partition('"')[0]
        pages[name.replace(".md", ".html")] = _PAGE.format(title=title, body=render(body))
    return {"Markdown": plain, "HTML": pages}


def _prepared(articles: dict[str, str], workspace: Workspace) -> tuple[float, list[str]]:
    """Processor seconds of extraction, cleaning and chunking, one by one; and the texts that are to be embedded."""
    model, today = workspace.embedder, date.today()
    bodies = {name: text.encode() for name, text in articles.items()}
    texts: list[str] = []
    for timed in (False, True):  # the first call of everything loads tables and compiles patterns
        before = process_time()
        for name, body in bodies.items() if timed else list(bodies.items())[:3]:
            found = clean(extract(body, name, today))
            article = Article(id=name, source=name, title=found.title, text=found.text, language=found.language)
            parts = chunk(article, model.count_tokens, model.max_tokens)
            if timed:
                texts += [part.to_embed(article.title) for part in parts]
    return process_time() - before, texts


def _embedding(texts: list[str], workspace: Workspace) -> float:
    """Seconds the model takes for these texts on cores that do nothing else, from what it takes for some of them."""
    some = texts[:: max(1, len(texts) // SOME)]
    before = process_time()
    workspace.embedder.embed(some)
    return (process_time() - before) / len(some) * len(texts) / this_machine().cores


BENCHMARK = Benchmark(
    "growth",
    "Growth, memory, and what is not the model",
    "Recombinations of the sample corpus (4 to 5 chunks each). Growth: libraries of 100, 1,000 and 10,000 articles, "
    "the words of their sentences in another order, since else all of them would quote one another; in each, "
    f"{ROUNDS} times in turns, an ingest of {TIMED} further ones with a stand-in for the model, which costs next to "
    "nothing; medians; the start of the process that reads articles is in it. Memory is the resident set in the course "
    "of the ingest of the most, and the slope of the line through its last three quarters. The model's share and the "
    f"cores that are busy are those of an ingest of {REAL} articles with the real model. Extraction and chunking "
    "(cleaning and counting tokens included) are timed by themselves, in one thread, on 1,000 articles as Markdown and "
    "on the same as pages, by the processor's clock, so that other work on the machine does not count; the time to "
    f"embed them is the processor time of {SOME} of their chunks, extrapolated to all and divided by the cores, as if "
    "these had nothing else to do: the strictest reading.",
    measure,
)
