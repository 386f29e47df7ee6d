"""What a peer is asked: the articles of a library as they were cleaned for it, and the questions of its suite."""

import json
from dataclasses import replace
from pathlib import Path

from benchmarks.peers.exchange import ARTICLES, QUESTIONS, write
from rag.catalog import Catalog
from rag.errors import ConfigurationError
from rag.evaluation.suite import Suite


def first_documents(suite: Suite, count: int, folder: Path) -> Suite:
    """The suite over the first `count` documents, with the questions whose relevant documents are all among them."""
    if suite.documents is None or not suite.documents.is_file():
        raise ConfigurationError(f"{suite.name} is no file of documents, which --documents could shorten.")
    with suite.documents.open(encoding="utf-8") as file:
        lines = [line for line, _ in zip(file, range(count), strict=False)]
    kept = {str(json.loads(line)["_id"]) for line in lines}
    folder.mkdir(parents=True, exist_ok=True)
    shorter = folder / f"{suite.name}-{count}.jsonl"
    shorter.write_text("".join(lines), encoding="utf-8")
    questions = tuple(asked for asked in suite.questions if asked.relevance and asked.relevance.keys() <= kept)
    return replace(suite, name=f"{suite.name}-{count}", questions=questions, documents=shorter)


def hand_over(suite: Suite, catalog: Catalog, folder: Path) -> dict[str, str]:
    """Writes what a peer reads; gives back the articles' titles by id. What is a copy of another text comes once."""
    folder.mkdir(parents=True, exist_ok=True)
    titles = {article.id: article.title for article in catalog.articles()}
    rows = ({"id": id_, "title": titles[id_], "text": catalog.article(id_).text} for id_ in sorted(titles))
    write(folder / ARTICLES, rows)
    write(folder / QUESTIONS, ({"id": asked.id, "question": asked.question} for asked in suite.questions))
    return titles
