"""Requests and responses as they travel; what an answer is made of is in rag/answer.py."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from rag.addresses import flaw_of
from rag.catalog import Job
from rag.dates import DATE_SOURCES, DateSource
from rag.documents import Article, Passage

ADDRESS_PATTERN = r"^https?://[^\s/?#@\\]+([/?#][^\s]*)?$"
AS_OF_PATTERN = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain the character U+0000")
    return text


def _address(text: str) -> str:
    if flaw := flaw_of(text):
        raise PydanticCustomError("address", "the address {flaw}. {remedy}", {"flaw": flaw[0], "remedy": flaw[1]})
    return text


Text = Annotated[str, AfterValidator(_without_nul)]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_without_nul)]
AsOf = Annotated[str, Field(pattern=AS_OF_PATTERN, description="A day, month or year: 2023-12-14, 2023-12, 2023.")]


class _Request(BaseModel):
    # Strict: "5" is no number, so that a mistake is told instead of guessed at.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class EarlierTurn(_Request):
    """A question asked before, and what was answered."""

    question: Annotated[Text, Field(max_length=10_000)]
    answer: Annotated[Text, Field(max_length=20_000)]


class AskRequest(_Request):
    """A question, and what limits its answer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"question": "Who led Mistral's Series A?", "as_of": "2024-01", "stream": False}]
        }
    )

    question: Text = Field(min_length=1)
    as_of: AsOf | None = Field(default=None, description="Only what was published by then is used.")
    companies: list[Name] = Field(default=[], max_length=20, description="Only articles that name one of these.")
    sites: list[Name] = Field(default=[], max_length=20, description="Only articles of one of these sites.")
    authors: list[Name] = Field(default=[], max_length=20, description="Only articles by one of these authors.")
    history: list[EarlierTurn] = Field(default=[], max_length=20, description="The conversation so far, oldest first.")
    model: Name | None = Field(default=None, description="`extractive` or the model this server is set up with.")
    k: int | None = Field(
        default=None,
        ge=1,
        le=50,
        description="Passages for each part of the question.",
    )
    stream: bool = Field(default=False, description="Answer as server-sent events.")


class AddressRequest(_Request):
    """The address of an article, to be fetched."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"url": "https://example.com/news/story"}]})

    url: Annotated[str, AfterValidator(_address)] = Field(
        max_length=2000,
        description="http or https, without a user's name in it.",
        json_schema_extra={"pattern": ADDRESS_PATTERN},
    )


class FoundPassages(BaseModel):
    """What a search found, best first."""

    passages: tuple[Passage, ...]


class ArticleSummary(BaseModel):
    """An article without its text."""

    id: str
    title: str
    author: str | None
    site: str | None
    url: str | None
    published: str | None
    updated: str | None
    precision: Literal["year", "month", "day"] | None = Field(description="How exactly `published` is known.")
    date_source: DateSource | None = Field(
        description="Where `published` was found: "
        + "; ".join(f"`{source}`, {words}" for source, words in DATE_SOURCES.items())
        + "."
    )
    language: str | None
    source: str
    companies: list[str]
    people: list[str]
    models: list[str]
    products: list[str]
    flags: list[str]
    notes: list[str]
    boilerplate_share: float | None
    origin_id: str
    addresses: list[str]

    @classmethod
    def of(cls, article: Article) -> Self:
        return cls(**article.to_dict())


class FullArticle(ArticleSummary):
    """An article with its text; the offsets of quotes and passages count its characters (Unicode code points)."""

    text: str

    @classmethod
    def of(cls, article: Article) -> Self:
        return cls(**article.to_dict(text=True))


class ArticleList(BaseModel):
    """A stretch of the library's articles, newest first."""

    articles: list[ArticleSummary]
    total: int
    limit: int
    offset: int


class JobStatus(BaseModel):
    """How a posted article is doing."""

    id: str
    name: str = Field(description="The name of the file, or the address.")
    status: Literal["queued", "working", "done", "failed"]
    article_id: str | None = Field(default=None, description="The article it became, once it is done.")
    error: str | None = Field(default=None, description="Why it became none, if it failed.")

    @classmethod
    def of(cls, job: Job) -> Self:
        return cls.model_validate(job, from_attributes=True)


class Health(BaseModel):
    """The process lives."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether questions can be answered, part by part; a part that is not `ok` says what it lacks."""

    status: Literal["ready", "not ready"]
    parts: dict[str, str]


class DeltaData(BaseModel):
    """The data of a `delta` event: the next stretch of the answer's text."""

    text: str


class DoneData(BaseModel):
    """The data of a `done` event, the last one: nothing."""
