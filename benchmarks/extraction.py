"""Measures extraction on pages whose article is known: `python -m benchmarks.extraction DATA_DIR [--write]`.

DATA_DIR, or `html` in it, holds a folder for each page, with `source.html`, `expected.html` and
`expected-metadata.json`, as Mozilla's readability keeps them. Nothing of them is kept. Prints Markdown; `--write` puts
it into the results.
"""

import json
import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import mean, median
from time import perf_counter
from typing import Any

from lxml import html

from benchmarks.command_line import build_parser, made_by, publish
from benchmarks.results import headed, method_of
from ingest.clean import clean
from ingest.extract import Extracted, extract
from ingest.extract.page_blocks import page_blocks
from rag.errors import ConfigurationError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import htmldate
    import justext
    import trafilatura
    from trafilatura.metadata import extract_metadata
    from trafilatura.readability_lxml import Document as Readability
    from trafilatura.utils import load_html

NAME = "extraction"
TODAY = date(2026, 11, 23)
SHINGLE = 4
_WORD = re.compile(r"\w+")

# What readability's own expectations leave out or give in another form, read from the pages by hand.
AUTHORS = {
    "buzzfeed-1": "Mark Di Stefano",
    "ebb-org": "Bradley M. Kuhn",
    "lwn-1": "Nathan Willis",
    "medicalnewstoday": "Ana Sandoiu",
    "telegraph": "Our Foreign Staff",
    "wordpress": "Sarah Gooding",
}
TITLES = {
    "ebb-org": "On Recent Controversial Events",
    "firefox-nightly-blog": "These Weeks in Firefox: Issue 85",
    "lwn-1": "LWN.net Weekly Edition for March 26, 2015",
    "v8-blog": "Outside the web: standalone WebAssembly binaries using Emscripten",
}
PUBLISHED = {
    "ars-1": "2015-04-16",
    "article-author-tag": "2015-07-10",
    "bbc-1": "2015-07-24",
    "buzzfeed-1": "2015-04-21",
    "citylab-1": "2019-04-30",
    "cnet": "2017-01-18",
    "cnn": "2016-02-01",
    "dropbox-blog": "2020-11-11",
    "ebb-org": "2019-10-15",
    "engadget": "2017-11-03",
    "firefox-nightly-blog": "2020-12-18",
    "gitlab-blog": "2024-06-25",
    "heise": "2015-04-08",
    "lemonde-1": "2015-05-04",
    "lwn-1": "2015-03-26",
    "medicalnewstoday": "2017-07-27",
    "medium-1": "2015-03-17",
    "medium-2": "2015-02-24",
    "msn": "2016-11-09",
    "nytimes-1": "2017-01-13",
    "parsely-metadata": "2024-04-20",
    "schema-org-context-object": "2024-12-06",
    "telegraph": "2017-11-16",
    "theverge": "2023-06-07",
    "v8-blog": "2019-11-21",
    "wordpress": "2017-03-09",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page and what is expected of it. An empty string is stated by the page nowhere."""

    name: str
    source: str
    words: tuple[str, ...]
    title: str
    author: str
    published: str


@dataclass(frozen=True, slots=True)
class Score:
    """Of all pages: means of token precision, recall and F1, and F1 of shingles as scrapinghub's benchmark has it."""

    precision: float
    recall: float
    f1: float
    shingle_f1: float
    milliseconds: float


def read_pages(folder: Path) -> list[Page]:
    """The pages in a folder, or in its folder `html`, in the order of their names. Raises ConfigurationError."""
    for place in (folder, folder / "html"):
        found = sorted(path.parent for path in place.glob("*/source.html"))
        if found:
            return [_read_page(path) for path in found]
    raise ConfigurationError(
        f"There are no pages in {folder}: neither there nor in its folder html is a folder with a source.html.",
        "Give the folder that holds the pages.",
    )


def _read_page(path: Path) -> Page:
    expected = json.loads((path / "expected-metadata.json").read_text(encoding="utf-8"))
    parsed = html.fromstring(f"<div>{(path / 'expected.html').read_text(encoding='utf-8')}</div>")
    name = path.name
    return Page(
        name,
        (path / "source.html").read_text(encoding="utf-8", errors="replace"),
        words_of("\n".join(block.text for block in page_blocks(parsed))),
        TITLES.get(name) or expected["title"] or "",
        AUTHORS.get(name) or expected["byline"] or "",
        PUBLISHED.get(name, ""),
    )


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in lower case."""
    return tuple(_WORD.findall(text.lower()))


def token_scores(expected: Sequence[str], found: Sequence[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the words, each counted as often as it occurs."""
    shared = sum((Counter(expected) & Counter(found)).values())
    return (
        shared / max(1, len(found)),
        shared / max(1, len(expected)),
        2 * shared / max(1, len(expected) + len(found)),
    )


def shingle_counts(expected: Sequence[str], found: Sequence[str]) -> tuple[float, float, float]:
    """True and false positives and false negatives among sequences of four words, as shares of all three."""
    wanted, got = _shingles(expected), _shingles(found)
    counts = [sum(part.values()) for part in (wanted & got, got - wanted, wanted - got)]
    total = sum(counts) or 1
    return counts[0] / total, counts[1] / total, counts[2] / total


def _shingles(words: Sequence[str]) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1)) if words)


def scored(pages: Sequence[Page], extractor: Callable[[str], str | None]) -> Score:
    """How well and how fast an extractor reads the pages. Each is read twice, and the faster time counts."""
    tokens, shingles, seconds = [], [], []
    for page in pages:
        times, text = [], ""
        for _ in range(2):
            started = perf_counter()
            text = extractor(page.source) or ""
            times.append(perf_counter() - started)
        found = words_of(text)
        tokens.append(token_scores(page.words, found))
        shingles.append(shingle_counts(page.words, found))
        seconds.append(min(times))
    hit, extra, missing = (sum(column) for column in zip(*shingles, strict=True))
    precision, recall, f1 = (mean(column) for column in zip(*tokens, strict=True))
    return Score(precision, recall, f1, 2 * hit / max(2 * hit + extra + missing, 1e-9), 1000 * median(seconds))


def ours(source: str) -> Extracted:
    """What Dossier makes of a page."""
    return clean(extract(source.encode(), "page.html", TODAY))


def _readability(source: str) -> str:
    found = html.fromstring(Readability(load_html(source), min_text_length=25).summary())
    return str("\n".join(block.text for block in page_blocks(found)))


def _justext(source: str) -> str:
    paragraphs = justext.justext(source.encode(), justext.get_stoplist("English"), encoding="utf-8")
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)


def _with(**options: Any) -> Callable[[str], str | None]:
    return lambda source: trafilatura.extract(source, include_comments=False, **options)


EXTRACTORS: Mapping[str, Callable[[str], str | None]] = {
    "Dossier": lambda source: ours(source).text,
    "trafilatura": _with(),
    "trafilatura, comments": lambda source: trafilatura.extract(source),
    "trafilatura, favor_recall": _with(favor_recall=True),
    "trafilatura, favor_precision": _with(favor_precision=True),
    "trafilatura, fast": _with(fast=True),
    "trafilatura, fast, favor_recall": _with(fast=True, favor_recall=True),
    "trafilatura, fast, favor_precision": _with(fast=True, favor_precision=True),
    "trafilatura's baseline": lambda source: trafilatura.baseline(source)[1],
    "readability-lxml (trafilatura's fork)": _readability,
    "jusText (English)": _justext,
}


def metadata_table(pages: Sequence[Page]) -> list[str]:
    """How many titles, authors and dates are right, and every one that is wrong."""
    rows: list[str] = []
    misses: list[str] = []
    readers = {"Dossier": _our_metadata, "trafilatura": _trafilatura_metadata, "htmldate": _htmldate_metadata}
    for reader, read in readers.items():
        right, stated = Counter[str](), Counter[str]()
        for page in pages:
            found = read(page.source)
            for key, got in found.items():
                wanted = getattr(page, key)
                if not wanted and key != "published":
                    continue  # a guess where nothing is expected harms nobody; a guessed date does
                stated[key] += 1
                if _same(got or "", wanted):
                    right[key] += 1
                else:
                    misses.append(f"| {page.name} | {reader} | {key} | {wanted or 'none'} | {got or 'none'} |")
        cells = (f"{right[key]} of {stated[key]}" if stated[key] else "" for key in ("title", "author", "published"))
        rows.append(f"| {reader} | {' | '.join(cells)} |")
    head = ["| metadata right | title | author | published |", "| --- | ---: | ---: | ---: |"]
    return [*head, *rows, "", "| page | by | what | stated | found |", "| --- | --- | --- | --- | --- |", *misses]


def _our_metadata(source: str) -> dict[str, str | None]:
    found = ours(source)
    return {"title": found.title, "author": found.author, "published": found.published}


def _trafilatura_metadata(source: str) -> dict[str, str | None]:
    found = extract_metadata(source)
    return {"title": found.title, "author": found.author, "published": found.date}


def _htmldate_metadata(source: str) -> dict[str, str | None]:
    return {"published": htmldate.find_date(source, original_date=True)}


def _same(found: str, wanted: str) -> bool:
    return words_of(found) == words_of(wanted)


def report(folder: Path) -> str:
    """The whole section, without its heading."""
    pages = read_pages(folder)
    rows = ["| extractor | precision | recall | token F1 | shingle F1 | ms a page |", "| --- |" + " ---: |" * 5]
    for name, extractor in EXTRACTORS.items():
        score = scored(pages, extractor)
        figures = " | ".join(f"{value:.4f}" for value in (score.precision, score.recall, score.f1, score.shingle_f1))
        rows.append(f"| {name} | {figures} | {score.milliseconds:.0f} |")
    return "\n".join([f"{len(pages)} pages.", "", *rows, "", *metadata_table(pages)])


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the section; the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = build_parser(NAME, "Measures extraction.")
    parser.add_argument("folder", type=Path, metavar="DATA_DIR")
    options = parser.parse_args(given)
    made = made_by(NAME, given, options.folder)
    try:
        measured = report(options.folder)
    except ConfigurationError as error:
        parser.error(str(error))
    publish(NAME, headed("Extraction", method_of(NAME), made, measured), write=options.write)
    return 0


if __name__ == "__main__":
    sys.exit(main())
