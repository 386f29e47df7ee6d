"""Feeds the embedding model full batches: the chunks of several articles together, those of a long one in parts."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from time import perf_counter

from ingest.preparation import Outcome, Prepared
from rag.embedding import Embedder, PassageVectors

# Large enough that padding and calls cost little, small enough that an article is in the catalog soon.
BATCH = 128
# The first ones are smaller, doubling: the model need not wait for the first 128 chunks to be prepared.
FIRST = 16


@dataclass(frozen=True, slots=True)
class Embedded:
    """An article with the vectors of all its chunks, in order."""

    prepared: Prepared
    vectors: tuple[PassageVectors, ...]


class EmbeddingQueue:
    """Takes outcomes in order and gives them back in order, the prepared ones with their vectors.

    What need not be embedded waits for its turn too: a copy must not be noted before its original is written.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._waiting: deque[Outcome] = deque()
        self._pending: dict[str, int] = {}  # texts, and where in each the sentences begin
        self._vectors: dict[str, PassageVectors] = {}
        self._stopped = False
        self._batch = FIRST
        self.chunks_embedded = 0
        self.seconds = 0.0

    def add(self, outcome: Outcome) -> Iterator[Outcome | Embedded]:
        """Queues an outcome; gives back those that are complete now."""
        self._waiting.append(outcome)
        if isinstance(outcome, Prepared):
            self._vectors |= outcome.known
            self._pending |= {text: at for text, at in outcome.passages() if text not in self._vectors}
        while len(self._pending) >= self._batch and not self._stopped:
            self._embed()
        return self._complete()

    def flush(self) -> Iterator[Outcome | Embedded]:
        """Embeds what is left, and gives back all outcomes that waited."""
        while self._pending and not self._stopped:
            self._embed()
        return self._complete()

    def all(self, outcomes: Iterable[Outcome]) -> Iterator[list[Outcome | Embedded]]:
        """The outcomes as soon as they are complete, with those that are so at the same time."""
        for outcome in outcomes:
            if complete := list(self.add(outcome)):
                yield complete
            if self._stopped:
                return
        yield list(self.flush())

    def stop(self) -> None:
        """Has another thread that embeds end after the batch it is at; what has no vectors by then is left out."""
        self._stopped = True

    def _embed(self) -> None:
        batch = dict(islice(self._pending.items(), self._batch))
        self._batch = min(BATCH, 2 * self._batch)
        started = perf_counter()
        vectors = self._embedder.embed_passages(list(batch), list(batch.values()))
        self.seconds += perf_counter() - started
        self.chunks_embedded += len(batch)
        self._vectors.update(zip(batch, vectors, strict=True))
        for text in batch:
            del self._pending[text]

    def _complete(self) -> Iterator[Outcome | Embedded]:
        while self._waiting:
            first = self._waiting[0]
            if isinstance(first, Prepared):
                texts = [text for text, _ in first.passages()]
                if any(text in self._pending for text in texts):
                    return
                yield Embedded(first, tuple(self._vectors[text] for text in texts))
            else:
                yield first
            self._waiting.popleft()
        self._vectors.clear()
