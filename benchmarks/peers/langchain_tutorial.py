"""LangChain's tutorial pipeline: texts in pieces of 1,000 characters that overlap by 200, in Chroma, by similarity.

Run by `python -m benchmarks.peers` in the peers' environment.
"""

import sys
from pathlib import Path
from typing import Any

from exchange import ARTICLES, PASSAGES, answer_all, read, weights
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

# Chroma takes no more at once.
BATCH = 5000


def main(folder: Path) -> None:
    """Indexes the articles of a folder and answers its questions."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    pieces = splitter.split_documents(
        Document(page_content=f"{row['title']}\n\n{row['text']}", metadata={"article": row["id"]})
        for row in read(folder / ARTICLES)
    )
    store = Chroma(collection_name="peer", embedding_function=HuggingFaceEmbeddings(model_name=weights()))
    for start in range(0, len(pieces), BATCH):
        store.add_documents(pieces[start : start + BATCH])

    def search(question: str) -> list[dict[str, Any]]:
        found = store.similarity_search(question, k=PASSAGES)
        return [{"article": piece.metadata["article"], "text": piece.page_content} for piece in found]

    answer_all(folder, search)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
