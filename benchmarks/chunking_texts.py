"""What chunking is measured on: abstracts with claims about them, and articles with evidence somewhere inside."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import frontmatter

from benchmarks.articles import blocks, corpus
from rag.documents import Article
from rag.sentences import sentence_spans

# How long a made article is, in words: a news article.
SHORTEST, LONGEST = 600, 1500
# How often a paragraph of the sample corpus may stand somewhere: copies of one would fill every list of ten.
REUSED = 3
# Among how many paragraphs of science they are mixed: as many as the articles take.
SCIENCE = 4500

Relevance = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Abstracts:
    """SciFact: `claims` by id, and which articles bear on each."""

    articles: tuple[Article, ...]
    claims: Mapping[str, str]
    relevance: Relevance


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where in which article a fact stands."""

    article_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stories:
    """MultiHop-RAG: `questions` by id, and the evidence each needs."""

    articles: tuple[Article, ...]
    questions: Mapping[str, str]
    evidence: Mapping[str, tuple[Evidence, ...]]


def read_abstracts(folder: Path, count: int | None = None) -> Abstracts:
    """SciFact's abstracts and training claims; of `count` abstracts the relevant ones, the others by chance."""
    relevance: dict[str, dict[str, int]] = {}
    with (folder / "qrels.train.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            relevance.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    claims = {row["_id"]: row["text"] for row in _rows(folder / "queries.train.jsonl") if row["_id"] in relevance}
    articles = [
        Article(id=row["_id"], source=row["_id"], title=row["title"], text=row["text"], language="en")
        for row in _rows(folder / "corpus.jsonl")
    ]
    if count is not None:
        needed = {article_id for found in relevance.values() for article_id in found}
        others = [article for article in articles if article.id not in needed]
        kept = {article.id for article in Random(0).sample(others, max(0, count - len(needed)))} | needed
        articles = [article for article in articles if article.id in kept]
    return Abstracts(tuple(articles), claims, relevance)


def read_stories(folder: Path, filler: Sequence[Article], seed: int) -> Stories:
    """MultiHop-RAG's evidence sentences inside articles made of other real text, since the articles are not in it.

    Every fact stands inside a paragraph of its own; paragraphs between them are of `filler` and the sample corpus.
    """
    random = Random(seed)
    paragraphs = _paragraphs(filler, random)
    articles, places = [], {}
    for row in _rows(folder / "articles.jsonl"):
        facts = [" ".join(fact.split()) for fact in row["facts"]]
        text = _story(facts, paragraphs, random)
        articles.append(Article(id=row["url"], source=row["url"], title=row["title"], text=text, language="en"))
        for fact in facts:
            start = text.index(fact)
            places[row["url"], fact] = Evidence(row["url"], start, start + len(fact))
    questions, evidence = {}, {}
    for row in _rows(folder / "queries.jsonl"):
        needed = dict.fromkeys((found["url"], " ".join(found["fact"].split())) for found in row["evidence_list"])
        if needed:  # some questions are meant to have no answer
            questions[row["id"]] = row["query"]
            evidence[row["id"]] = tuple(places[place] for place in needed)
    return Stories(tuple(articles), questions, evidence)


def _story(facts: Sequence[str], paragraphs: Iterator[str], random: Random) -> str:
    """The facts in order, each between the sentences of a paragraph, and other paragraphs around them."""
    wanted = random.randint(SHORTEST, LONGEST)
    parts = []
    for fact in facts:
        around = next(paragraphs)
        cut = random.choice([end for _, end in sentence_spans(around)])
        parts.append(" ".join(part for part in (around[:cut], fact, around[cut:].strip()) if part))
    while sum(len(part.split()) for part in parts) < wanted:
        parts.insert(random.randint(0, len(parts)), next(paragraphs))
    return "\n\n".join(parts)


def _paragraphs(filler: Sequence[Article], random: Random) -> Iterator[str]:
    """Paragraphs of news, and of two to five sentences of science, in a random order."""
    news = [
        block
        for text in corpus().values()
        for block in blocks(frontmatter.loads(text).content)
        if "\n" not in block and len(sentence_spans(block)) > 1
    ] * REUSED
    science = []
    for article in filler:
        spans = sentence_spans(article.text)
        while spans:
            count = random.randint(2, 5)
            science.append(article.text[spans[0][0] : spans[:count][-1][1]])
            spans = spans[count:]
    random.shuffle(science)
    mixed = news + science[:SCIENCE]
    random.shuffle(mixed)
    yield from mixed
    yield from science[SCIENCE:]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
