"""How well copies and quotations are found, beside MinHash-LSH of whole articles, and what finding them costs."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from random import Random
from statistics import median
from time import thread_time

import frontmatter
import numpy as np
from rensa import RMinHash

from benchmarks.articles import SEED, blocks, corpus
from benchmarks.measurement import Benchmark, Measurement
from benchmarks.workspace import Workspace
from ingest.chunking import chunk
from rag.catalog import Catalog
from rag.documents import Article
from rag.embedding import EmbeddingStamp, without_sentences

SIZES = (100, 1_000, 10_000, 100_000)
TIMED = 200
WORDS = 400
DIMENSION = 8
CHANGED = (0.10, 0.15, 0.20, 0.25)
NEWSLETTERS = 3
# What it is held against: bands and least similarity of MinHash-LSH, as it was used before and at its most tolerant.
PERMUTATIONS = 128
BASELINES = ((32, 0.7), (64, 0.12))
# An article of this length takes about a second to embed: finding what it repeats is to be lost in that.
MOST_MS = 5.0
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Made:
    """An article made of another: how, of which, and which paragraphs of others it has beside."""

    kind: str
    article: Article
    of: str
    beside: frozenset[str] = frozenset()


def measure(workspace: Workspace) -> Sequence[Measurement]:
    """Quality on articles made of the sample corpus; cost in libraries of made-up ones."""
    return [*_quality(workspace), *_costs(workspace)]


# quality


def _quality(workspace: Workspace) -> Iterator[Measurement]:
    random = Random(SEED)
    originals, filler = _originals()
    made = list(_made(originals, filler, random))
    arriving = [*originals, *(one.article for one in made)]
    random.shuffle(arriving)
    with closing(Catalog.open(workspace.new_library("copies"), create=True)) as catalog:
        catalog.require(EmbeddingStamp("none", DIMENSION, "0" * 64))
        for article in arriving:
            _put(catalog, workspace, article)
        origins = {article.id: article.origin_id for article in catalog.articles()}
        repeats = {id_: [a.id for a in found] for id_, found in catalog.repeated_in(catalog.chunk_ids()).items()}
    whole = {one.article.id: one.of for one in made if one.kind != "quoted"}
    yield from _grouped("Dossier", origins, made, whole)
    for bands, least in BASELINES:
        by = f"MinHash-LSH ({bands} bands, {least} alike)"
        yield from _grouped(by, _by_minhash(arriving, bands, least), made, whole)
    yield from _quotations(repeats, made)


def _originals() -> tuple[list[Article], list[str]]:
    """Every second article of the corpus, and the paragraphs of the others, for newsletters to be filled with."""
    posts = [frontmatter.loads(text) for text in corpus().values()]
    articles = [
        Article(
            id=f"original{i:02}", source=f"{i}.md", title=str(post["title"]), text=post.content, published="2023-01-01"
        )
        for i, post in enumerate(posts)
    ]
    filler = [block for article in articles[1::2] for block in blocks(article.text)]
    return articles[::2], filler


def _made(originals: Sequence[Article], filler: Sequence[str], random: Random) -> Iterator[Made]:
    vocabulary = [word for article in originals for word in _WORD.findall(article.text) if word.isalpha()]
    for article in originals:
        parts = blocks(article.text)

        def made(
            kind: str, parts: Sequence[str], beside: Sequence[str] = (), *, number: int = 0, of: Article = article
        ) -> Made:
            text = "\n\n".join(parts)
            copy = replace(of, id=f"{kind}{number}{of.id}", text=text, published="2023-02-01")
            return Made(kind, copy, of.id, frozenset(beside))

        lead = random.choice(filler)
        cut = parts[1 : max(2, round(0.75 * len(parts)))]
        yield made("syndicated", ["By our wire service.", lead, *cut], [lead])
        for share in CHANGED:
            yield made(f"edited {share:.0%}", [_edited(article.text, share, vocabulary, random)])
        for number in range(NEWSLETTERS):
            quoted = _stretch(parts, random.randrange(len(parts) - 1))
            around = random.sample(filler, 8)
            yield made("quoted", [*around[:4], *quoted, *around[4:]], around, number=number)


def _stretch(parts: Sequence[str], at: int) -> list[str]:
    """Whole paragraphs from there on, of a hundred words and more if there are as many."""
    taken: list[str] = []
    for part in parts[at:]:
        taken.append(part)
        if sum(len(one.split()) for one in taken) >= 100:
            break
    return taken


def _edited(text: str, share: float, vocabulary: Sequence[str], random: Random) -> str:
    """This share of its words changed, wherever they stand; an editor leaves the figures."""

    def changed(match: re.Match[str]) -> str:
        word = match.group()
        return random.choice(vocabulary) if word.isalpha() and random.random() < share else word

    return _WORD.sub(changed, text)


def _put(catalog: Catalog, workspace: Workspace, article: Article) -> None:
    chunks = list(chunk(article, workspace.embedder.count_tokens, workspace.embedder.max_tokens))
    vectors = np.zeros((len(chunks), DIMENSION), dtype=np.float32)
    catalog.put(article, chunks, without_sentences(vectors), location=f"/{article.id}", fingerprint="")


def _by_minhash(articles: Sequence[Article], bands: int, least: float) -> dict[str, str]:
    """Origins by rensa's MinHash of five-word shingles: the earliest with the same values in one band, if alike."""
    signed = {article.id: _signature(article.text) for article in articles}
    width = PERMUTATIONS // bands
    origins = {}
    for article in articles:
        mine = signed[article.id]
        alike = [
            other
            for other in articles
            if any(mine[at : at + width] == signed[other.id][at : at + width] for at in range(0, PERMUTATIONS, width))
            and sum(map(int.__eq__, mine, signed[other.id])) >= least * PERMUTATIONS
        ]
        origins[article.id] = min(alike, key=lambda other: (other.published or "", other.id)).id
    return origins


def _signature(text: str) -> list[int]:
    words = _WORD.findall(text.casefold())
    minhash = RMinHash(PERMUTATIONS, SEED)
    minhash.update(sorted({" ".join(words[i : i + 5]) for i in range(len(words) - 4)}))
    return list(minhash.digest())


def _grouped(by: str, origins: dict[str, str], made: Sequence[Made], whole: dict[str, str]) -> Iterator[Measurement]:
    for kind in dict.fromkeys(one.kind for one in made):
        of_kind = [one for one in made if one.kind == kind]
        if kind == "quoted":
            grouped = [origins[one.article.id] != one.article.id for one in of_kind]
            yield Measurement(f"{by}: newsletters taken for copies", _percent(grouped), "%")
        else:
            found = [origins[one.article.id] == one.of for one in of_kind]
            yield Measurement(f"{by}: {kind}, grouped under the origin", _percent(found), "%")
    said = {id_: origin for id_, origin in origins.items() if origin != id_}
    right = [whole.get(id_) == origin for id_, origin in said.items()]
    yield Measurement(f"{by}: of those grouped, rightly", _percent(right), "%")


def _quotations(repeats: dict[str, list[str]], made: Sequence[Made]) -> Iterator[Measurement]:
    """A passage may rightly stand in another article of its story, or in one with the same paragraph beside its own."""
    by_id = {one.article.id: one for one in made}
    pairs = [(chunk_id.rpartition("-")[0], other) for chunk_id, found in repeats.items() for other in found]

    def is_right(one: str, other: str) -> bool:
        stories = [by_id[id_].of if id_ in by_id else id_ for id_ in (one, other)]
        shared = by_id[one].beside & by_id[other].beside if one in by_id and other in by_id else frozenset()
        return stories[0] == stories[1] or bool(shared)

    quoted = {one.article.id: one.of for one in made if one.kind == "quoted"}
    either_way = {*pairs, *((other, one) for one, other in pairs)}
    found = [(letter, story) in either_way for letter, story in quoted.items()]
    yield Measurement("quoted in a newsletter, found in it or in the story", _percent(found), "%")
    right = [is_right(one, other) for one, other in pairs]
    yield Measurement("of all passages said to stand elsewhere too, rightly", _percent(right), "%")


def _percent(of: Sequence[bool]) -> float:
    return 100 * sum(of) / len(of) if of else 100.0


# cost


def _costs(workspace: Workspace) -> Iterator[Measurement]:
    random = Random(SEED)
    vocabulary = sorted({word for text in corpus().values() for word in _WORD.findall(text)})
    weights = [1 / (rank + 10) for rank in range(len(vocabulary))]
    sizes = SIZES[:-1] if workspace.quick else SIZES
    costs: dict[int, tuple[float, float]] = {}
    number = 0
    texts: list[str] = []

    def made_up() -> str:
        return " ".join(random.choices(vocabulary, weights, k=WORDS))

    with closing(Catalog.open(workspace.new_library("many"), create=True)) as catalog:
        catalog.require(EmbeddingStamp("none", DIMENSION, "0" * 64))
        for size in sizes:
            workspace.tell(f"writing articles until there are {size:,}")
            while number < size:
                with catalog.together():
                    for _ in range(min(500, size - number)):
                        text = made_up()
                        if len(texts) < TIMED:
                            texts.append(text)
                        _timed_put(catalog, f"a{number:06}", text)
                        number += 1
            with catalog.together():
                new = [_timed_put(catalog, "timed", made_up()) for _ in range(TIMED)]
                edited = [_edited(random.choice(texts), 0.1, vocabulary, random) for _ in range(TIMED)]
                copies = [_timed_put(catalog, "timed", text) for text in edited]
            catalog.remove(["timed"])
            costs[size] = median(new), median(copies)
    for size, (new_ms, copy_ms) in costs.items():
        yield Measurement(f"{size:,} known articles: another", new_ms, "ms", at_most=MOST_MS)
        yield Measurement(f"{size:,} known articles: a copy of one", copy_ms, "ms", at_most=MOST_MS)
    first, last = costs[sizes[0]], costs[sizes[-1]]
    for what, before, after in zip(("another", "a copy"), first, last, strict=True):
        yield Measurement(f"{what}, with {sizes[-1]:,} known articles against {sizes[0]:,}", after / before, "x")


def _timed_put(catalog: Catalog, article_id: str, text: str) -> float:
    """Writes an article of one chunk; milliseconds of the processor's time."""
    article = Article(id=article_id, source=article_id, title="", text=text)
    chunks = list(chunk(article, lambda texts: [len(one.split()) for one in texts], 10 * WORDS))
    vectors = np.zeros((len(chunks), DIMENSION), dtype=np.float32)
    started = thread_time()
    catalog.put(article, chunks, without_sentences(vectors), location=f"/{article_id}", fingerprint="")
    return 1000 * (thread_time() - started)


BENCHMARK = Benchmark(
    "copies",
    "The same story twice",
    "Every second article of the sample corpus, and made of each by a seed: one syndicated (another byline and lead, a "
    "quarter cut off at the end), four with 10 to 25% of their words changed wherever they stand (figures stay), and "
    "three newsletters that quote a hundred words among eight paragraphs of the other articles. All arrive in a random "
    "order; many are about the same events. Beside it, rensa's MinHash of 128 values over five-word shingles, as "
    "it was used before, and at its most tolerant. The cost is the processor's time for all that `Catalog.put` "
    "does with a made-up article of 400 words and one chunk: fingerprints, looking them up, comparing, writing; "
    "not for the disk. "
    "The number of look-ups is the same in every library; what grows is the share of them that no cache holds. A copy "
    "has a tenth of its words changed.",
    measure,
)
