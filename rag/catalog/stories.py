"""Which articles tell the same story, and which passages stand in several of them.

Decided when an article is written, in its transaction, so that two ingests at once agree. Texts that may share
something are found by their fingerprints, of which each costs one look-up that gives a bounded number of articles,
however large the library is; those are then compared word by word. Two things are kept:

- an article's `origin_id`: the earliest article it is a copy of (syndicated, edited, cut). It moves when an earlier one
  arrives, when a date is corrected, when the origin is removed or rewritten;
- in the table `repeats`, every passage whose words stand in another article too: a newsletter that quotes a story is no
  copy of it, and yet says nothing new where it does. Which of them said it first is left to whoever reads: it depends
  on which may be used.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.catalog.articles import COLUMNS, Articles, article_of
from rag.documents import Article, Chunk
from rag.likeness import ONE_STORY, REPEATED, REWORDED, Words, share

# Articles taken from one fingerprint (one that more have is a phrase or a signature), and compared at the most.
POSTINGS, COMPARED = 32, 32
# How much of a text is compared: a book's worth.
LONGEST = 1_000_000
# Texts whose words are kept at hand, and up to how many words each.
REMEMBERED, SHORT = 256, 5_000
# Fingerprints that two texts must share before they are compared; one will do for a text that has but a few.
SHARED, FEW = 2, 8
# In the place of an article's fingerprints: none were made yet (an older Dossier wrote it).
UNKNOWN = b"\0"
_EARLIEST = "published_by IS NULL, published_by, id"


class Stories(Articles):
    """What a catalog knows of copies and quotations."""

    def __init__(self, folder: Path, connection: sqlite3.Connection, *, writable: bool) -> None:
        super().__init__(folder, connection, writable=writable)
        self._compared: dict[str, Words] = {}  # by the hash of the text

    def repeated_in(self, chunk_ids: Iterable[str]) -> dict[str, tuple[Article, ...]]:
        """The other articles in which the words of each chunk stand too, earliest first; without those of one only."""
        rows = self._rows(
            f"SELECT r.chunk_id, {COLUMNS} FROM repeats r JOIN articles ON articles.id = r.article_id "
            f"WHERE r.chunk_id IN (SELECT value FROM json_each(?)) ORDER BY {_EARLIEST}",
            json.dumps(list(chunk_ids)),
        )
        found: dict[str, tuple[Article, ...]] = {}
        for row in rows:
            found[row[0]] = (*found.get(row[0], ()), article_of(row[1:]))
        return found

    def relate_rest(self) -> None:
        """Finds the copies among the articles that an older Dossier wrote, which kept no fingerprints."""
        while rows := self._rows("SELECT id FROM articles WHERE length(signature) = 1 LIMIT 50"):
            with self._writing():
                for (article_id,) in rows:
                    article = self.find(article_id)
                    if article is not None:  # another process may have removed it
                        spans = self._spans(article_id)
                        self._relate(article_id, Words.of(article.text[:LONGEST]), spans)

    def _relate(self, article_id: str, words: Words, spans: Sequence[tuple[str, int, int]]) -> None:
        """Compares an article that was just written, or has changed, with those that share a stretch with it."""
        fingerprints = words.fingerprints()
        neighbours = self._neighbours(fingerprints, article_id)
        alike = [other for other in neighbours if self._compare(article_id, words, spans, other)]
        self._connection.executemany(
            "INSERT OR IGNORE INTO fingerprints VALUES (?, ?)",
            ((number, article_id) for number in fingerprints.tolist()),
        )
        signature = fingerprints.astype("<i8").tobytes()
        self._connection.execute("UPDATE articles SET signature = ? WHERE id = ?", (signature, article_id))
        self._join(article_id, alike)

    def _neighbours(self, fingerprints: NDArray[np.int64], article_id: str) -> list[str]:
        """The articles to compare with: those that share most fingerprints, and their origins."""
        shared: Counter[str] = Counter()
        query = "SELECT article_id FROM fingerprints WHERE fingerprint = ? LIMIT ?"
        for number in fingerprints.tolist():
            shared.update(row[0] for row in self._connection.execute(query, (number, POSTINGS)))
        del shared[article_id]
        least = SHARED if len(fingerprints) >= FEW else 1
        ranked = self._rows(
            f"SELECT id, origin_id FROM articles WHERE id IN (SELECT value FROM json_each(?)) ORDER BY {_EARLIEST}",
            json.dumps([other for other, count in shared.items() if count >= least]),
        )
        ranked.sort(key=lambda row: -shared[row[0]])
        found = dict.fromkeys(part for row in ranked[:COMPARED] for part in row)
        found.pop(article_id, None)
        return list(found)

    def _compare(self, article_id: str, words: Words, spans: Sequence[tuple[str, int, int]], other_id: str) -> bool:
        """Notes which passages of either article stand in the other; whether the two are one story."""
        other = self._words_of(other_id)
        ours, theirs = words.common(other), other.common(words)
        is_one_story = min(share(ours), share(theirs)) >= ONE_STORY
        least = REWORDED if is_one_story else REPEATED
        for one, common, another, chunks, where in (
            (words, ours, other, spans, other_id),
            (other, theirs, words, self._spans(other_id), article_id),
        ):
            repeated = one.repeated(common, another, [(start, end) for _, start, end in chunks], least)
            self._connection.executemany(
                "INSERT OR IGNORE INTO repeats VALUES (?, ?)", ((chunks[at][0], where) for at in repeated)
            )
        return is_one_story

    def _words_of(self, article_id: str) -> Words:
        """The words of an article; those of the last few hundred short ones are kept, since copies come in swarms."""
        row = self._row("SELECT text_sha256 FROM articles WHERE id = ?", article_id)
        assert row is not None
        known = self._compared.get(row[0])
        if known is None:
            (text,) = self._row(f"SELECT substr(text, 1, {LONGEST}) FROM articles WHERE id = ?", article_id) or ("",)
            known = Words.of(text)
            if len(known.starts) <= SHORT:
                self._compared[row[0]] = known
                if len(self._compared) > REMEMBERED:
                    del self._compared[next(iter(self._compared))]
        return known

    def _join(self, article_id: str, alike: Sequence[str]) -> None:
        """Makes the earliest of an article and the origins that are alike the origin: of itself or of all of theirs."""
        if not alike:
            return
        ranked = self._rows(
            "SELECT id FROM articles WHERE id = ?1 OR (id IN (SELECT value FROM json_each(?2)) AND origin_id = id) "
            f"ORDER BY {_EARLIEST}",
            article_id,
            json.dumps(alike),
        )
        if ranked[0][0] != article_id:
            self._connection.execute("UPDATE articles SET origin_id = ? WHERE id = ?", (ranked[0][0], article_id))
            return
        self._connection.execute(
            "UPDATE articles SET origin_id = ?1 WHERE origin_id IN (SELECT value FROM json_each(?2))",
            (article_id, json.dumps([row[0] for row in ranked])),
        )

    def _leave(self, article_id: str) -> None:
        """Takes an article out with all that hangs on it; its copies get the earliest of them as their origin."""
        row = self._row("SELECT signature FROM articles WHERE id = ?", article_id)
        known = row[0] if row else b""
        numbers = np.frombuffer(known, dtype="<i8").tolist() if len(known) % 8 == 0 else []
        self._connection.executemany(
            "DELETE FROM fingerprints WHERE fingerprint = ? AND article_id = ?",
            ((number, article_id) for number in numbers),
        )
        self._connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
        heir = f"SELECT id FROM articles WHERE origin_id = ?1 ORDER BY {_EARLIEST} LIMIT 1"
        self._connection.execute(f"UPDATE articles SET origin_id = ({heir}) WHERE origin_id = ?1", (article_id,))

    def _spans(self, article_id: str) -> list[Any]:
        return self._rows("SELECT id, start, end FROM chunks WHERE article_id = ? ORDER BY position", article_id)


def spans_of(chunks: Sequence[Chunk]) -> list[tuple[str, int, int]]:
    """Each chunk's id and where it stands."""
    return [(chunk.id, chunk.start, chunk.end) for chunk in chunks]
