"""The header of a table reaches everyone who reads its rows, also where a chunk begins in the middle of the table."""

from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import rag
from rag.answer import Sentence
from rag.answering.claims import Claim
from rag.answering.windows import windows_of
from rag.catalog import Catalog
from rag.citations import CitationChecker
from rag.documents import Article, Chunk, Passage
from rag.indexes.lexical import LexicalIndex
from tests.made_articles import EMBEDDER, made, vectors_of

HEADER = "| Company | Headquarters | Employees |"
ROWS = [f"| Maker {name} | {city} | {count} people |" for name, city, count in [("A", "Oslo", 40), ("B", "Turin", 50)]]


def stored(tmp_path: Path) -> tuple[Catalog, Article, list[Chunk]]:
    article = made("a", f"{HEADER}\n{ROWS[0]}", ROWS[1])
    at = article.text.index(ROWS[1])
    chunks = [
        Chunk("a-0", "a", 0, 0, at - 2, article.text[: at - 2]),
        Chunk("a-1", "a", 1, at, at + len(ROWS[1]), ROWS[1], "Makers", HEADER),
    ]
    catalog = Catalog.open(tmp_path, create=True)
    catalog.require(EMBEDDER.stamp)
    catalog.put(article, chunks, vectors_of(article, chunks), location="/a.md", fingerprint="1")
    return catalog, article, chunks


def test_the_catalog_keeps_the_header_and_finds_the_vector_by_it(tmp_path: Path) -> None:
    catalog, article, chunks = stored(tmp_path)
    with closing(catalog):
        assert [kept.chunk for kept in catalog.chunks_of(["a"])] == chunks
        text = chunks[1].to_embed(article.title)
        assert text == f"On a\nMakers\n{HEADER}\n{ROWS[1]}"
        assert list(catalog.embeddings_of([text, f"On a\nMakers\n{ROWS[1]}"])) == [text]


def test_the_word_index_finds_a_row_by_its_header(tmp_path: Path) -> None:
    catalog, _, _ = stored(tmp_path)
    with closing(catalog):
        index = LexicalIndex.in_memory()
        index.apply(["a"], catalog.chunks_of(["a"]), 1, "")
        assert {hit.chunk_id for hit in index.search("headquarters", 5)} == {"a-0", "a-1"}


def passage(text: str, header: str) -> Passage:
    return Passage(
        chunk_id="x",
        article_id="x",
        title="Makers of robots",
        text=text,
        start=0,
        end=len(text),
        score=1,
        header=header,
    )


def test_the_first_row_of_a_passage_that_carries_a_header_can_be_quoted() -> None:
    windows = windows_of(passage("\n".join(ROWS) + "\n\nLater they sold it all.", HEADER))
    assert [(window.text, window.header) for window in windows][:2] == [(row, HEADER) for row in ROWS]
    assert windows[-1].header == ""


def test_a_claim_in_the_words_of_the_header_is_supported_by_its_row_alone() -> None:
    claim = Claim("The headquarters of Maker B are in Turin.")
    article = Article(id="x", source="x", title="Makers of robots", text="\n".join(ROWS))
    found = CitationChecker([passage(article.text, HEADER)], {"x": article}).admit(claim)
    assert isinstance(found, Sentence)
    assert not isinstance(CitationChecker([passage(article.text, "")], {"x": article}).admit(claim), Sentence)


def test_a_question_is_answered_from_the_middle_of_a_long_table(
    library_of: Callable[[Mapping[str, str]], Path],
) -> None:
    names = [
        f"{first}{second}" for first in ("Al", "Bor", "Cel", "Dor", "Fen") for second in ("tiq", "vex", "mond", "wick")
    ]
    rows = [
        f"| {name} | {name} builds robots for {name.lower()} warehouses in Europe and abroad | ${number + 3} million |"
        for number, name in enumerate(names)
    ]
    table = "\n".join(["| Company | Business | Valuation |", "|---|---|---|", *rows])
    library = library_of(
        {"robots.md": f"---\ntitle: Robot makers\npublished: 2025-03-01\n---\n# Robot makers\n\n{table}\n"}
    )
    with closing(Catalog.open(library)) as catalog:
        kept = [found.chunk for found in catalog.chunks_of([article.id for article in catalog.articles()])]
    begins = [part for part in kept if part.header]
    assert begins
    assert all(part.header == "| Company | Business | Valuation |" for part in begins)
    name = begins[0].text.split("|")[1].strip()
    with rag.open(library) as assistant:
        answer = assistant.ask(f"What is the valuation of {name}?")
    assert answer.status == "answered"
    assert answer.citations[0].quote == next(row for row in rows if f"| {name} |" in row)
