"""What flows through Dossier: articles and chunks in, passages, citations and answers out.

Offsets are positions in characters (Unicode code points) of an article's `text`; `end` is exclusive. Dates of articles
are ISO 8601 strings of the precision that is known: `2023`, `2023-06` or `2023-06-13` (see rag/dates.py).
"""

from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from rag import display
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


class _Wire(BaseModel):
    """What leaves Dossier: frozen, and the same over HTTP, on the command line and in a notebook."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AlsoIn(_Wire):
    """Another place where the same words stand: a copy, an article that quotes them, a further address of this one."""

    article_id: str
    title: str
    site: str | None = None
    url: str | None = None
    published: str | None = None


class SignalScore(_Wire):
    """What one signal of the search says of a passage: its place there (None: not found), and its part of the score."""

    name: str
    rank: int | None = None
    score: float = 0.0
    scaled: float = Field(default=0.0, description="The score, 0 to 1 over all that was found.")
    weight: float


class Passage(_Wire):
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


class Citation(_Wire):
    """An exact quote: `article.text[start:end] == quote`."""

    number: int = Field(ge=1)
    article_id: str
    title: str
    site: str | None = None
    author: str | None = None
    url: str | None = None
    published: str | None = None
    quote: str
    start: int
    end: int
    also_in: tuple[AlsoIn, ...] = Field((), description="Up to five other places that have this quote; one origin.")


class Sentence(_Wire):
    """A sentence of the answer, and the numbers of the citations that support it."""

    text: str
    citations: tuple[int, ...]


class Usage(_Wire):
    """Tokens the language model read and wrote; zero without one."""

    input_tokens: int = 0
    output_tokens: int = 0


class Timings(_Wire):
    """Milliseconds by step."""

    retrieve_ms: float = 0.0
    answer_ms: float = 0.0
    total_ms: float = 0.0


class StatedValue(_Wire):
    """A value as a source states it."""

    value: str = Field(description="The value as it is written there.")
    text: str = Field(description="The sentence or row that states it.")
    date: str | None = Field(None, description="When it was so, as far as that sentence says.")
    published: str | None = Field(None, description="When its article was published.")
    origins: int = Field(1, ge=1, description="How many of the articles found give it; copies count once.")
    citation: Citation


class Conflict(_Wire):
    """Different values that sources give for one thing. All of them are cited."""

    about: str
    values: tuple[StatedValue, ...] = Field(description="The preferred one first.")
    preferred: int = Field(0, description="Which of the values the answer gives, counted from 0.")
    why: str = Field(description="Why it is preferred.")


class TableCell(_Wire):
    """A cell of an answer's table, and the numbers of the citations that support it."""

    text: str
    citations: tuple[int, ...] = ()


class AnswerTable(_Wire):
    """What was asked of several companies, days or rounds, side by side; the first column says of which."""

    columns: tuple[str, ...]
    rows: tuple[tuple[TableCell, ...], ...]


RefusalKind = Literal[
    "no_articles",
    "not_mentioned",
    "another_company",
    "another_date",
    "another_round",
    "another_quantity",
    "only_a_rumour",
    "not_said",
    "unsupported",
]


class NearArticle(_Wire):
    """An article that comes near to answering, and the companies it is about."""

    article_id: str
    title: str
    published: str | None = None
    companies: tuple[str, ...] = ()


class NotFound(_Wire):
    """Why there is no answer, and which articles come nearest."""

    kind: RefusalKind = Field(
        description="`no_articles`: none may be used; `not_mentioned`: none names what the question names;"
        " `another_company`, `another_date`, `another_round`, `another_quantity`: what is asked is told of another one"
        " only; `only_a_rumour`: it is only planned, expected or rumoured; `not_said`: the articles do not say;"
        " `unsupported`: what the model wrote has no support in them."
    )
    reason: str = Field(description="The same in words.")
    nearest: tuple[NearArticle, ...] = ()


class AnswerPart(_Wire):
    """One of the things that a question asked, and what came of it."""

    question: str = Field(description="The part, worded so that it stands alone.")
    status: Literal["answered", "not_found"]
    sentences: tuple[int, ...] = Field((), description="Which of the answer's sentences say it, counted from 0.")
    value: str = Field("", description="The thing asked for itself, to the letter as the first of them has it.")
    reason: str = Field("", description="Why it is not answered.")
    kind: RefusalKind | None = Field(None, description="The kind of that reason; see NotFound.")


class Answer(_Wire):
    """The answer to one question, with everything that is needed to check it."""

    question: str
    asked_as: str = Field(
        "", description="The question as it was answered: short forms written out, references resolved."
    )
    status: Literal["answered", "not_found"]
    parts: tuple[AnswerPart, ...] = Field((), description="What was asked, when it was several things.")
    value: str = Field(
        "", description="The thing asked for itself, cut out of the first quote to the letter: `$415 million`."
    )
    table: AnswerTable | None = Field(None, description="The parts side by side, a row for each.")
    text: str = Field(description="The sentences with their citation numbers; for not_found, why and what is near.")
    not_found: NotFound | None = Field(None, description="Why there is no answer, for machines and by kind.")
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    conflicts: tuple[Conflict, ...] = Field((), description="Where the sources disagree about what was asked.")
    history: tuple[StatedValue, ...] = Field((), description="Earlier values of what changes, the newest first.")
    passages: tuple[Passage, ...] = ()
    model: str
    usage: Usage = Usage()
    timings: Timings = Timings()
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON has it."""
        return self.model_dump(mode="json")

    def __str__(self) -> str:
        return display.to_text(self)

    def _repr_html_(self) -> str:
        return display.to_html(self)
