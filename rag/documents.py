"""What flows through Dossier: articles and chunks in, passages out; what is made of those is in rag/answer.py.

Offsets are positions in characters (Unicode code points) of an article's `text`; `end` is exclusive. Dates of articles
are ISO 8601 strings of the precision that is known: `2023`, `2023-06` or `2023-06-13` (see rag/dates.py).
"""

from dataclasses import dataclass
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from rag.dates import DateSource, precision
from rag.injection import addressed_spans, without


@dataclass(frozen=True, slots=True)
class Article:
    """One article as the catalog holds it.

    `id` is stable: the same source has the same id on every machine. `source` is the name the source is known by (its
    address, or its path as seen from the folder that was ingested); it holds no path of the machine. `companies`,
    `people`, `models` and `products` are those it names; `stated_companies` those its own metadata give, as written
    there. `flags` say what is known to be wrong with the text (`truncated`, `paywalled`), `notes` what was dropped or
    repaired when it was read, `boilerplate_share` which part of its page's words was not the article. `origin_id` is
    the article this one is a copy of, itself if none. `addresses` are all those it is known to stand at, `url` first.
    """

    id: str
    source: str
    title: str
    text: str
    author: str | None = None
    site: str | None = None
    url: str | None = None
    published: str | None = None
    updated: str | None = None
    date_source: DateSource | None = None
    language: str | None = None
    companies: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    boilerplate_share: float | None = None
    origin_id: str = ""
    addresses: tuple[str, ...] = ()
    stated_companies: tuple[str, ...] = ()

    def to_dict(self, *, text: bool = False) -> dict[str, Any]:
        """The article as JSON has it; its text only on demand."""
        names = ("id", "title", "author", "site", "url", "published", "updated", "date_source", "language", "source")
        found: dict[str, Any] = {name: getattr(self, name) for name in names}
        found["precision"] = precision(self.published) if self.published else None
        lists = ("companies", "people", "models", "products", "flags", "notes")
        found |= {name: list(getattr(self, name)) for name in lists}
        found |= {"boilerplate_share": self.boilerplate_share, "origin_id": self.origin_id}
        found |= {"addresses": list(self.addresses)}
        return found | {"text": self.text} if text else found


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of an article that is embedded and retrieved: `article.text[start:end]`.

    `heading` is the path of headings above it (`Fundraising > Series A`), `header` the first row of the table whose
    later rows it begins with; carried along because the text alone often does not say what it is about.
    """

    id: str
    article_id: str
    position: int
    start: int
    end: int
    text: str
    heading: str = ""
    header: str = ""

    @property
    def searched(self) -> str:
        """The text by which it is found: without the sentences that speak to a language model, if there are others."""
        return without(self.text, addressed_spans(self.text)) or self.text

    def to_embed(self, title: str) -> str:
        """What the embedding model reads: the title, the heading path, the header of the table, then the text."""
        return "\n".join(part for part in (title, self.heading, self.header, self.searched) if part)

    def passage(self, title: str) -> tuple[str, int]:
        """What the embedding model reads, and where in that the chunk's own text begins."""
        text = self.to_embed(title)
        return text, len(text) - len(self.searched)


class Wire(BaseModel):
    """What leaves Dossier: frozen, and the same over HTTP, on the command line and in a notebook."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AlsoIn(Wire):
    """Another place where the same words stand: a copy, an article that quotes them, a further address of this one."""

    article_id: str
    title: str
    site: str | None = None
    url: str | None = None
    published: str | None = None


class SignalScore(Wire):
    """What one signal of the search says of a passage: its place there (None: not found), and its part of the score."""

    name: str
    rank: int | None = None
    score: float = 0.0
    scaled: float = Field(default=0.0, description="The score, 0 to 1 over all that was found.")
    weight: float


class Passage(Wire):
    """A chunk that was retrieved for a question. Copies of it are no passages of their own: they are in `also_in`."""

    chunk_id: str
    article_id: str
    title: str
    published: str | None = None
    text: str
    start: int
    end: int
    score: float = Field(description="Fused score, 0 to 1; comparable within one search only.")
    also_in: tuple[AlsoIn, ...] = Field((), description="Up to five other articles that repeat it, earliest first.")
    signals: tuple[SignalScore, ...] | None = Field(
        None, exclude_if=lambda signals: signals is None, description="Only where a search is explained."
    )
    # For those who answer; the reader has the article.
    heading: SkipJsonSchema[str] = Field("", exclude=True)
    header: SkipJsonSchema[str] = Field("", exclude=True)
    # Stretches of `text` that speak to a language model: never quoted, and never shown to one.
    barred: SkipJsonSchema[tuple[tuple[int, int], ...]] = Field(default=(), exclude=True)

    @classmethod
    def of(
        cls,
        chunk: Chunk,
        title: str,
        published: str | None,
        *,
        score: float,
        also_in: tuple[AlsoIn, ...] = (),
        signals: tuple[SignalScore, ...] | None = None,
    ) -> Self:
        """A chunk of the article with this title and day."""
        return cls(
            chunk_id=chunk.id,
            article_id=chunk.article_id,
            title=title,
            published=published,
            text=chunk.text,
            start=chunk.start,
            end=chunk.end,
            score=score,
            also_in=also_in,
            signals=signals,
            heading=chunk.heading,
            header=chunk.header,
        )
