"""What an answer is made of: sentences with citations, or why there is none, and what else the reader should know."""

from typing import Any, Literal

from pydantic import Field

from rag import display
from rag.documents import AlsoIn, Passage, Wire


class Citation(Wire):
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


class Sentence(Wire):
    """A sentence of the answer, and the numbers of the citations that support it."""

    text: str
    citations: tuple[int, ...]


class Usage(Wire):
    """Tokens the language model read and wrote; zero without one."""

    input_tokens: int = 0
    output_tokens: int = 0


class Timings(Wire):
    """Milliseconds by step."""

    retrieve_ms: float = 0.0
    answer_ms: float = 0.0
    total_ms: float = 0.0


class StatedValue(Wire):
    """A value as a source states it."""

    value: str = Field(description="The value as it is written there.")
    text: str = Field(description="The sentence or row that states it.")
    date: str | None = Field(None, description="When it was so, as far as that sentence says.")
    published: str | None = Field(None, description="When its article was published.")
    origins: int = Field(1, ge=1, description="How many of the articles found give it; copies count once.")
    citation: Citation


class Conflict(Wire):
    """Different values that sources give for one thing. All of them are cited."""

    about: str
    values: tuple[StatedValue, ...] = Field(description="The preferred one first.")
    preferred: int = Field(0, description="Which of the values the answer gives, counted from 0.")
    why: str = Field(description="Why it is preferred.")


class TableCell(Wire):
    """A cell of an answer's table, and the numbers of the citations that support it."""

    text: str
    citations: tuple[int, ...] = ()


class AnswerTable(Wire):
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


class NearArticle(Wire):
    """An article that comes near to answering, and the companies it is about."""

    article_id: str
    title: str
    published: str | None = None
    companies: tuple[str, ...] = ()


class NotFound(Wire):
    """Why there is no answer, and which articles come nearest."""

    kind: RefusalKind = Field(
        description="`no_articles`: none may be used; `not_mentioned`: none names what the question names;"
        " `another_company`, `another_date`, `another_round`, `another_quantity`: what is asked is told of another one"
        " only; `only_a_rumour`: it is only planned, expected or rumoured; `not_said`: the articles do not say;"
        " `unsupported`: what the model wrote has no support in them."
    )
    reason: str = Field(description="The same in words.")
    nearest: tuple[NearArticle, ...] = ()


class AnswerPart(Wire):
    """One of the things that a question asked, and what came of it."""

    question: str = Field(description="The part, worded so that it stands alone.")
    status: Literal["answered", "not_found"]
    sentences: tuple[int, ...] = Field((), description="Which of the answer's sentences say it, counted from 0.")
    value: str = Field("", description="The thing asked for itself, to the letter as the first of them has it.")
    reason: str = Field("", description="Why it is not answered.")
    kind: RefusalKind | None = Field(None, description="The kind of that reason; see NotFound.")


class Answer(Wire):
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
