"""Opens a vector index that was not closed well and reads all of it: `python -m rag.indexes.probe FOLDER`.

A process of its own, because a damaged store can take the process that opens it down with it.
"""

import sys
from pathlib import Path

import numpy as np

from rag.indexes.dense import COLLECTION, connect

SELF_SEARCHES = 20


def probe(folder: Path) -> None:
    """Ends with an error, or not at all, when the store is damaged."""
    collection = connect(folder).get_or_create_collection(COLLECTION, embedding_function=None)
    count = collection.count()
    if not count:
        return
    ids = collection.get(include=[])["ids"]
    assert len(ids) == count, f"{len(ids)} ids, but a count of {count}"
    vectors = np.asarray(collection.get(include=["embeddings"])["embeddings"], dtype=np.float32)
    assert len(vectors) == count, f"{len(vectors)} vectors, but a count of {count}"
    nearest = min(count, 50)
    some = vectors[:: max(1, count // SELF_SEARCHES)]
    distances = collection.query(query_embeddings=some, n_results=nearest, include=["distances"])["distances"]
    assert distances is not None
    assert all(len(found) == nearest for found in distances), f"a query for {nearest} chunks finds fewer"
    assert all(found[0] < 0.001 for found in distances), "a chunk is not found by its own vector"


if __name__ == "__main__":
    probe(Path(sys.argv[1]))
