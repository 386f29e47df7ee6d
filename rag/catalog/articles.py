"""Articles: reading them, and which of them may be used."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from rag.catalog.database import Database
from rag.dates import last_day
from rag.documents import Article
from rag.errors import ArticleNotFoundError

ARTICLE = (
    "id, source, title, author, site, url, published, updated, date_source, language, companies, people, models, "
    "products, flags, notes, boilerplate_share, origin_id, stated_companies"
)
_ADDRESSES = "(SELECT json_group_array(address) FROM addresses WHERE article_id = articles.id)"
COLUMNS = f"{', '.join(f'articles.{name}' for name in ARTICLE.split(', '))}, {_ADDRESSES}"
_LISTS = ("companies", "people", "models", "products", "flags", "notes", "stated_companies")


def text_hash(text: str) -> str:
    """The sha256 by which the catalog knows a text, as hex."""
    return hashlib.sha256(text.encode()).hexdigest()


class Articles(Database):
    """The articles of a catalog, to be read."""

    def find(self, article_id: str) -> Article | None:
        """The article with its text, or None."""
        try:
            row = self._row(f"SELECT {COLUMNS}, text FROM articles WHERE id = ?", article_id)
        except UnicodeEncodeError:  # half a character, which a command line can hold and no id does
            return None
        return article_of(row[:-1], row[-1]) if row else None

    def article(self, article_id: str) -> Article:
        """The article with its text. Raises ArticleNotFoundError."""
        found = self.find(article_id)
        if found is None:
            raise ArticleNotFoundError(article_id)
        return found

    def articles(self, ids: Iterable[str] | None = None) -> list[Article]:
        """Articles without their texts, newest first; all of them, or those of `ids` that exist."""
        order = "ORDER BY published IS NULL, published DESC, title, id"
        if ids is None:
            return [article_of(row) for row in self._rows(f"SELECT {COLUMNS} FROM articles {order}")]
        query = f"SELECT {COLUMNS} FROM articles WHERE id IN (SELECT value FROM json_each(?)) {order}"
        return [article_of(row) for row in self._rows(query, json.dumps(list(ids)))]

    def counts(self) -> tuple[int, int]:
        """How many articles and chunks there are."""
        row = self._row("SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM chunks)")
        assert row is not None
        return row[0], row[1]

    def content_owner(self, sha256: str) -> str | None:
        """The id of an article whose text has this hash (see text_hash)."""
        row = self._row("SELECT id FROM articles WHERE text_sha256 = ? ORDER BY id", sha256)
        return row[0] if row else None

    def companies(self) -> list[str]:
        """Every company that some article is tagged with, case folded."""
        return [row[0] for row in self._rows("SELECT DISTINCT company FROM article_companies ORDER BY company")]

    def facets(self) -> Iterator[tuple[str, str | None, str | None, str | None]]:
        """(id, last day it may have been published on, site, author) of every article."""
        yield from self._rows("SELECT id, published_by, site, author FROM articles ORDER BY id")

    def article_companies(self) -> Iterator[tuple[str, str]]:
        """(company, case folded, article id) of every tag."""
        yield from self._rows("SELECT company, article_id FROM article_companies")


def article_row(article: Article, change: int) -> dict[str, Any]:
    """An article as its table holds it, by column; its copies and fingerprints are found next (see Stories)."""
    published_by = last_day(article.published).isoformat() if article.published else None
    row = {name: getattr(article, name) for name in ARTICLE.split(", ")}
    row |= {name: json.dumps(row[name], ensure_ascii=False) for name in _LISTS}
    return row | {
        "text": article.text,
        "text_sha256": text_hash(article.text),
        "published_by": published_by,
        "origin_id": article.id,
        "signature": b"",
        "change": change,
    }


def article_of(row: tuple[Any, ...], text: str = "") -> Article:
    found = dict(zip((*ARTICLE.split(", "), "addresses"), row, strict=True))
    found |= {name: tuple(json.loads(found[name])) for name in (*_LISTS, "addresses")}
    found["addresses"] = tuple(sorted(found["addresses"], key=lambda address: (address != found["url"], address)))
    return Article(**found, text=text)
