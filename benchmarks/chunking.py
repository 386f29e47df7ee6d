"""Measures chunking, and int8 vectors: `python -m benchmarks.chunking DATA_DIR [--write]`.

DATA_DIR holds `scifact` (corpus.jsonl, queries.train.jsonl, qrels.train.tsv, as BEIR has them) and `multihop-rag`
(articles.jsonl with the evidence sentences of each article, queries.jsonl). Nothing of them is kept. Prints Markdown;
`--write` puts it into the results. Vectors are kept in `build/`, so that a run that was stopped goes on.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean
from time import perf_counter

import ir_measures
from ir_measures import nDCG
from langchain_text_splitters import RecursiveCharacterTextSplitter
from scipy.stats import ttest_rel

from benchmarks.articles import SEED
from benchmarks.chunking_search import FEW_WORDS, TOP, CachedEmbedder, Cut, evidence_found, first_words, search_all
from benchmarks.chunking_texts import Abstracts, Relevance, Stories, read_abstracts, read_stories
from benchmarks.command_line import build_parser, existing_folder, made_by, publish, tell
from benchmarks.results import headed, method_of
from ingest.chunking import LONGEST, SHORTEST, chunk
from rag.documents import Article, Chunk
from rag.embedding import Embedder
from rag.embedding.exported import ExportedModel

NAME = "chunking"
BUILD = Path(__file__).resolve().parent.parent / "build"
TIMED_TEXTS, ROUNDS = 256, 5
_SPLITTER = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)

PRECISIONS = ("fp32", "int8")

PerQuery = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Way:
    """A way to cut articles; `titled`: the model and the word index read the title and the headings too."""

    name: str
    cut: Cut
    titled: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a way gives for each query, by the name of the column, and the words of a chunk."""

    chunks: int
    words: float
    figures: Mapping[str, PerQuery]


def ways(embedder: Embedder) -> list[Way]:
    """What is compared. The first is what Dossier does."""

    def ours(shortest: int, longest: int) -> Cut:
        return partial(
            chunk,
            count_tokens=embedder.count_tokens,
            max_tokens=embedder.max_tokens,
            shortest=shortest,
            longest=longest,
        )

    name = f"Dossier, {SHORTEST} to {LONGEST} tokens"
    others = [Way(f"Dossier, at most {longest} tokens", ours(longest, longest)) for longest in (220, 160, 120)]
    return [
        Way(name, ours(SHORTEST, LONGEST)),
        Way(f"{name}, text alone", ours(SHORTEST, LONGEST), titled=False),
        Way("RecursiveCharacterTextSplitter 1000/200", recursive, titled=False),
        Way("RecursiveCharacterTextSplitter 1000/200, with title", recursive),
        *others,
        Way("whole articles, cut off at the model's limit", whole),
    ]


def recursive(article: Article) -> list[Chunk]:
    """LangChain's chunks as slices of the text."""
    found = [(part.metadata["start_index"], part.page_content) for part in _SPLITTER.create_documents([article.text])]
    return [
        Chunk(f"{article.id}-{i}", article.id, i, start, start + len(text), text)
        for i, (start, text) in enumerate(found)
    ]


def whole(article: Article) -> list[Chunk]:
    """One chunk for the article, of which the model reads the beginning."""
    return [Chunk(f"{article.id}-0", article.id, 0, 0, len(article.text), article.text)]


def ndcg(ranked: Mapping[str, Sequence[Chunk]], relevance: Relevance) -> dict[str, float]:
    """nDCG@10 of each query over articles; an article stands where its best chunk stands."""
    run = {}
    for query_id, chunks in ranked.items():
        ids = list(dict.fromkeys(chunk.article_id for chunk in chunks))
        run[query_id] = {article_id: float(len(ids) - at) for at, article_id in enumerate(ids)}
    relevant = {query_id: dict(found) for query_id, found in relevance.items()}
    return {found.query_id: found.value for found in ir_measures.iter_calc([nDCG @ 10], relevant, run)}


def outcome(way: Way, abstracts: Abstracts, stories: Stories, embed: CachedEmbedder) -> Outcome:
    """All figures of one way."""
    _, ranked = search_all(abstracts.articles, way.cut, way.titled, abstracts.claims, embed)
    chunks, found = search_all(stories.articles, way.cut, way.titled, stories.questions, embed)

    def evidence(lists: Mapping[str, list[Chunk]], best: Callable[[list[Chunk]], list[Chunk]]) -> dict[str, float]:
        return {id_: evidence_found(needed, best(lists[id_])) for id_, needed in stories.evidence.items()}

    return Outcome(
        len(chunks),
        mean(len(chunk.text.split()) for chunk in chunks),
        {
            "SciFact, dense": ndcg(ranked.dense, abstracts.relevance),
            "SciFact, fused": ndcg(ranked.fused, abstracts.relevance),
            "evidence, dense": evidence(found.dense, lambda chunks: chunks[:TOP]),
            "evidence, fused": evidence(found.fused, lambda chunks: chunks[:TOP]),
            f"evidence in {FEW_WORDS} words, fused": evidence(found.fused, first_words),
        },
    )


def table(outcomes: Mapping[str, Outcome]) -> list[str]:
    """A row for each way; beside each figure, where it differs from the first row's by more than chance gives."""
    reference = next(iter(outcomes.values()))
    columns = list(reference.figures)
    rows = [f"| chunks | number | words | {' | '.join(columns)} |", "| --- |" + " ---: |" * (2 + len(columns))]
    for name, found in outcomes.items():
        cells = [shown(found.figures[column], reference.figures[column]) for column in columns]
        rows.append(f"| {name} | {found.chunks:,} | {found.words:.0f} | {' | '.join(cells)} |")
    return rows


def shown(figures: PerQuery, reference: PerQuery) -> str:
    """The mean, and the p-value of a paired t-test against the reference."""
    if figures is reference:
        return f"{mean(figures.values()):.4f}"
    pairs = [(figures[query_id], reference[query_id]) for query_id in reference]
    if all(one == other for one, other in pairs):
        return f"{mean(figures.values()):.4f} (same)"
    return f"{mean(figures.values()):.4f} (p {ttest_rel(*zip(*pairs, strict=True)).pvalue:.2g})"


def int8_table(way: Way, abstracts: Abstracts, models: Mapping[str, Embedder], folder: Path) -> list[str]:
    """What int8 loses and gains: nDCG@10 of the same chunks, and the speeds in turns on some of them."""
    found = {}
    for precision, embedder in models.items():
        _, ranked = search_all(
            abstracts.articles, way.cut, way.titled, abstracts.claims, CachedEmbedder(embedder, folder, tell)
        )
        found[precision] = {
            "dense": ndcg(ranked.dense, abstracts.relevance),
            "fused": ndcg(ranked.fused, abstracts.relevance),
        }
    titles = {article.id: article.title for article in abstracts.articles}
    chunks = [part for article in abstracts.articles[:TIMED_TEXTS] for part in way.cut(article)][:TIMED_TEXTS]
    texts = [part.to_embed(titles[part.article_id]) for part in chunks]
    seconds = dict.fromkeys(found, 0.0)
    for _ in range(ROUNDS):
        for precision, embedder in models.items():
            started = perf_counter()
            embedder.embed(texts)
            seconds[precision] += perf_counter() - started
    rows = ["| vectors | SciFact, dense | SciFact, fused | chunks a second | speed |", "| --- |" + " ---: |" * 4]
    for precision, figures in found.items():
        cells = [shown(figures[leg], found["fp32"][leg]) for leg in ("dense", "fused")]
        speed = f"{ROUNDS * len(texts) / seconds[precision]:.0f} | {seconds['fp32'] / seconds[precision]:.2f}x"
        rows.append(f"| {precision} | {' | '.join(cells)} | {speed} |")
    return rows


def report(folder: Path, count: int | None, precision: str) -> str:
    """The tables, without heading and method; the first has vectors of this precision."""
    everything = read_abstracts(folder / "scifact")
    abstracts = everything if count is None else read_abstracts(folder / "scifact", count)
    stories = read_stories(folder / "multihop-rag", everything.articles, SEED)
    models = {name: ExportedModel.open(BUILD / "model", name) for name in PRECISIONS}
    embedder = models[precision]
    cache = BUILD / "chunking"
    outcomes = {}
    for way in ways(embedder):
        tell(way.name)
        outcomes[way.name] = outcome(way, abstracts, stories, CachedEmbedder(embedder, cache, tell))
        tell("\n".join(table(outcomes)))
    said = (
        f"{len(abstracts.articles):,} abstracts, {len(abstracts.claims)} claims; {len(stories.articles)} articles, "
        f"{len(stories.questions)} questions. “number” and “words” are those of the articles' chunks; "
        f"{precision} vectors."
    )
    lost = f"What int8 vectors lose, over all {len(everything.articles):,} abstracts:"
    losses = int8_table(ways(embedder)[0], everything, models, cache)
    return "\n".join([said, "", *table(outcomes), "", lost, "", *losses])


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the section; the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = build_parser(NAME, "Measures chunking.")
    parser.add_argument("folder", type=existing_folder, metavar="DATA_DIR")
    parser.add_argument(
        "--abstracts",
        type=int,
        metavar="N",
        help="compare chunkings on so many abstracts, the relevant ones among them",
    )
    parser.add_argument(
        "--precision", choices=PRECISIONS, default="fp32", help="of the vectors chunkings are compared by"
    )
    options = parser.parse_args(given)
    made = made_by(NAME, given, options.folder)
    measured = report(options.folder, options.abstracts, options.precision)
    publish(NAME, headed("Chunking", method_of(NAME), made, measured), write=options.write)
    return 0


if __name__ == "__main__":
    sys.exit(main())
