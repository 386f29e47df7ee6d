"""Haystack's hybrid retrieval: BM25 and embeddings over pieces of 200 words, joined by reciprocal rank fusion.

Run by `python -m benchmarks.peers` in the peers' environment.
"""

import sys
from pathlib import Path
from typing import Any

from exchange import ARTICLES, PASSAGES, answer_all, read, weights
from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)


def main(folder: Path) -> None:
    """Indexes the articles of a folder and answers its questions."""
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    splitter = DocumentSplitter(split_by="word", split_length=200, split_overlap=20)
    documents = [
        Document(content=f"{row['title']}\n\n{row['text']}", meta={"article": row["id"]})
        for row in read(folder / ARTICLES)
    ]
    pieces = splitter.run(documents=documents)["documents"]
    embedder = SentenceTransformersDocumentEmbedder(model=weights(), progress_bar=False)
    store.write_documents(embedder.run(documents=pieces)["documents"])
    pipeline = retrieval(store)

    def search(question: str) -> list[dict[str, Any]]:
        found = pipeline.run({"embed": {"text": question}, "words": {"query": question}})["join"]["documents"]
        return [{"article": piece.meta["article"], "text": piece.content} for piece in found[:PASSAGES]]

    answer_all(folder, search)


def retrieval(store: InMemoryDocumentStore) -> Pipeline:
    """Both retrievers and what joins them."""
    pipeline = Pipeline()
    pipeline.add_component("embed", SentenceTransformersTextEmbedder(model=weights(), progress_bar=False))
    pipeline.add_component("meaning", InMemoryEmbeddingRetriever(document_store=store, top_k=PASSAGES))
    pipeline.add_component("words", InMemoryBM25Retriever(document_store=store, top_k=PASSAGES))
    pipeline.add_component("join", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
    pipeline.connect("embed.embedding", "meaning.query_embedding")
    pipeline.connect("meaning", "join")
    pipeline.connect("words", "join")
    return pipeline


if __name__ == "__main__":
    main(Path(sys.argv[1]))
