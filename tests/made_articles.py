"""Articles made up for tests of the catalog and the indexes, which do not care what an article says."""

from collections.abc import Sequence

from rag.catalog import Catalog
from rag.documents import Article, Chunk
from rag.embedding import PassageVectors
from tests.hash_embedder import HashEmbedder

EMBEDDER = HashEmbedder()


def made(article_id: str, *paragraphs: str, **fields: object) -> Article:
    """An article of these paragraphs."""
    text = "\n\n".join(paragraphs or (f"The text of {article_id}.",))
    return Article(id=article_id, source=f"{article_id}.md", title=f"On {article_id}", text=text, **fields)  # type: ignore[arg-type]


def chunks_of(article: Article) -> list[Chunk]:
    """A chunk for each paragraph."""
    chunks, at = [], 0
    for position, paragraph in enumerate(article.text.split("\n\n")):
        start = article.text.index(paragraph, at)
        at = start + len(paragraph)
        chunks.append(Chunk(f"{article.id}-{position}", article.id, position, start, at, paragraph))
    return chunks


def vectors_of(article: Article, chunks: Sequence[Chunk]) -> list[PassageVectors]:
    """Vectors as the hash embedder makes them."""
    passages = [chunk.passage(article.title) for chunk in chunks]
    return EMBEDDER.embed_passages([text for text, _ in passages], [begins for _, begins in passages])


def put(catalog: Catalog, *articles: Article, location: str = "") -> None:
    """Puts articles in, each at a location of its own."""
    catalog.require(EMBEDDER.stamp)
    for article in articles:
        chunks = chunks_of(article)
        where = location or f"/{article.source}"
        catalog.put(article, chunks, vectors_of(article, chunks), location=where, fingerprint="1")
