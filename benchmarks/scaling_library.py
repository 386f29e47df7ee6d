"""A library grown far beyond the sample corpus, without an ingest and without a model: text and vectors are made up.

Its articles have the corpus's words in another order, so that they do not quote one another. A site, an author and a
company are drawn for each, and a day: so a limit can be chosen that leaves about any share of them.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import frontmatter

from benchmarks.articles import CORPUS, SEED, corpus, recombined, unquoted
from benchmarks.stand_in import StandIn
from benchmarks.workspace import ingest
from ingest.chunking import chunk
from rag.catalog import Catalog
from rag.documents import Article
from rag.embedding import Embedder
from rag.indexes import Indexes

# The shares of the articles, in percent, that limits can be chosen for.
SHARES = (2, 50, 95)
FIRST_DAY, DAYS = date(2001, 1, 1), 7_300


@dataclass(frozen=True, slots=True)
class Limited:
    """What a search is limited to, as arguments of `Assistant.search`, and the share of articles that leaves."""

    name: str
    share: int
    arguments: Mapping[str, Any]


def limits() -> list[Limited]:
    """Each way to limit a search, to each share."""
    found = []
    for share in SHARES:
        values = [_value(kind) for kind in SHARES if kind <= share]
        day = FIRST_DAY + timedelta(days=DAYS * share // 100)
        found += [Limited(name, share, {name: values}) for name in ("companies", "sites", "authors")]
        found.append(Limited("as-of day", share, {"as_of": day.isoformat()}))
    return found


def grown(library: Path, embedder: Embedder, sizes: list[int]) -> Iterator[int]:
    """Grows one library, and stops at each size (in chunks) with its indexes in step; gives how many chunks there are.

    It begins with the sample corpus and its real vectors, of which the others are disturbed copies.
    """
    count = ingest(CORPUS, library, embedder)
    with closing(Catalog.open(library)) as catalog:
        stand_in = StandIn(embedder, catalog.vectors()[2], SEED)
    made = _articles(Random(SEED))
    for size in sizes:
        with closing(Catalog.open(library)) as catalog:
            while count < size:
                article = next(made)
                chunks = chunk(article, stand_in.count_tokens, stand_in.max_tokens)
                vectors = stand_in.embed_passages([part.text for part in chunks], [0] * len(chunks))
                stand_in.texts.clear()
                catalog.put(article, chunks, vectors, location=article.source, fingerprint=article.id)
                count += len(chunks)
        with closing(Catalog.open(library)) as catalog, closing(Indexes(catalog)) as indexes:
            indexes.sync()
        yield count


def _articles(random: Random) -> Iterator[Article]:
    for name, text in recombined(corpus(), random):
        post = frontmatter.loads(unquoted(text, random))
        yield Article(
            id=name.removesuffix(".md"),
            source=name,
            title=str(post["title"]),
            text=post.content,
            site=_drawn(random),
            author=_drawn(random),
            published=(FIRST_DAY + timedelta(days=random.randrange(DAYS))).isoformat(),
            date_source="front matter",
            language="en",
            companies=(_drawn(random),),
        )


def _drawn(random: Random) -> str:
    """A value of a facet: those of the lower shares together make up each share."""
    percent = random.random() * 100
    return next((_value(share) for share in SHARES if percent < share), "The Rest")


def _value(share: int) -> str:
    return f"Number {share}"
