"""MultiHop-RAG (Tang and Yang, 2024) as a suite: questions whose evidence stands in two to four articles.

The collection's articles are not free, so only their evidence sentences are at hand. Articles of the length of news are
made around them of other real text, in which nothing answers: paragraphs of scientific abstracts. That makes the
evidence harder to find by what its article is about, and no easier by its words.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from rag.errors import ConfigurationError
from rag.evaluation.questions import Asked
from rag.sentences import sentence_spans

# Words of a made article: a news story's.
SHORTEST, LONGEST = 600, 1500
SEED = 20231214


def read_multihop(folder: Path, filler: Path, into: Path) -> tuple[Path, list[Asked]]:
    """Writes the articles to `into`, as JSON Lines, and gives back that file and the questions that have evidence.

    `filler` is a corpus in BEIR's layout. The same every time. Raises ConfigurationError when something is missing.
    """
    try:
        articles, queries = (_rows(folder / name) for name in ("articles.jsonl", "queries.jsonl"))
        paragraphs = _paragraphs(row["text"] for row in _rows(filler))
    except OSError as error:
        raise ConfigurationError(
            f"MultiHop-RAG cannot be read: {error}.", "It needs multihop/ (or multihop-rag/) and scifact/ in --data."
        ) from error
    random = Random(SEED)  # noqa: S311  made articles, no secrets
    random.shuffle(paragraphs)
    supply = iter(paragraphs)
    into.parent.mkdir(parents=True, exist_ok=True)
    with into.open("w", encoding="utf-8") as file:
        for row in articles:
            text = _story([_plain(fact) for fact in row["facts"]], supply, random)
            told = {"id": row["url"], "title": row["title"], "author": row["author"], "site": row["source"]}
            file.write(json.dumps(told | {"published": row["published_at"][:10], "text": text}) + "\n")
    return into, [_asked(row) for row in queries if row["evidence_list"]]


def _asked(row: dict[str, Any]) -> Asked:
    facts = dict.fromkeys(_plain(found["fact"]) for found in row["evidence_list"])
    return Asked(
        id=row["id"],
        question=row["query"],
        kind=row["question_type"].removesuffix("_query"),
        phrases=tuple((fact,) for fact in facts),
        relevance={found["url"]: 1 for found in row["evidence_list"]},
    )


def _story(facts: Sequence[str], supply: Iterator[str], random: Random) -> str:
    """The facts in order, each between the sentences of a paragraph, and other paragraphs around them."""
    wanted = random.randint(SHORTEST, LONGEST)
    parts = []
    for fact in facts:
        around = next(supply)
        cut = random.choice([end for _, end in sentence_spans(around)])
        parts.append(" ".join(part for part in (around[:cut], fact, around[cut:].strip()) if part))
    while sum(len(part.split()) for part in parts) < wanted:
        parts.insert(random.randint(0, len(parts)), next(supply))
    return "\n\n".join(parts)


def _paragraphs(texts: Iterator[str]) -> list[str]:
    """Paragraphs of two to five sentences."""
    random = Random(SEED)  # noqa: S311  made articles, no secrets
    found = []
    for text in texts:
        spans = sentence_spans(text)
        while spans:
            count = random.randint(2, 5)
            found.append(text[spans[0][0] : spans[:count][-1][1]])
            spans = spans[count:]
    return found


def _plain(text: str) -> str:
    return " ".join(text.split())


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]
