"""Questions with what is known of their answers: one JSON object a line.

    {"id": "m-001", "kind": "single fact", "question": "Who led Mistral's Series A?",
     "accept": [["Andreessen Horowitz", "a16z"]], "articles": [["mistral-series-a-december-2023"]],
     "phrases": [["led by Andreessen Horowitz"]]}

`accept`, `articles` and `phrases` are lists of parts, all of which a whole answer has; each part lists what is as good
as each other. A string stands for a list of one, a list of strings for one part, so that simple questions are simple to
write. The halves are drawn by the hash of the id, once and for all: what is tuned on one is reported on the other.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from rag.dates import is_partial_date
from rag.errors import ConfigurationError
from rag.question import Turn

Half = Literal["tuning", "reporting"]


def _parts(value: Any) -> Any:
    """`"a"`, `["a", "b"]` (one part) and `[["a", "b"], "c"]` (two) as parts of alternatives."""
    if isinstance(value, str):
        return [[value]]
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return [value]
    if isinstance(value, list):
        return [[part] if isinstance(part, str) else part for part in value]
    return value


Parts = Annotated[tuple[tuple[str, ...], ...], BeforeValidator(_parts)]


class EarlierTurn(BaseModel):
    """A question asked before, and its answer; an answer left out is the one the library gives."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    answer: str = ""

    def turn(self) -> Turn:
        """As the assistant takes it."""
        return Turn(self.question, self.answer)


class Asked(BaseModel):
    """One question, and what a right answer to it is.

    `accept` must stand in the answer, `articles` hold it (by the name of their file, without its ending, or by their
    id), `phrases` are the words there that say it. An unanswerable question must be refused; when it has an `accept`,
    an answer that says that instead (what a false premise gets wrong) is right too. `pair` is the other half of two
    questions that differ in their `as_of` only: they count together.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    kind: str = "question"
    answerable: bool = True
    accept: Parts = ()
    articles: Parts = ()
    phrases: Parts = ()
    as_of: str | None = None
    companies: tuple[str, ...] = ()
    history: tuple[EarlierTurn, ...] = ()
    pair: str | None = None
    relevance: dict[str, int] = Field(default={}, description="Documents by their id, as BEIR's judgements give them.")

    @field_validator("as_of")
    @classmethod
    def _is_a_day(cls, value: str | None) -> str | None:
        if value is not None and not is_partial_date(value):
            raise ValueError("write the date as 2023-12-14, 2023-12 or 2023")
        return value

    @model_validator(mode="after")
    def _says_what_is_right(self) -> "Asked":
        if self.answerable and not (self.accept or self.phrases or self.articles or self.relevance):
            raise ValueError("an answerable question needs `accept`, `articles`, `phrases` or `relevance`")
        return self

    @property
    def relevant(self) -> dict[str, int]:
        """How relevant which articles are, by what the question calls them."""
        return self.relevance or {name: 1 for part in self.articles for name in part}

    @property
    def half(self) -> Half:
        """Which half of its suite it belongs to; both of a pair to the same."""
        return half_of(min(self.id, self.pair or self.id))


def half_of(id_: str) -> Half:
    """The half a question's id falls into."""
    return "tuning" if hashlib.sha256(id_.encode()).digest()[0] % 2 == 0 else "reporting"


def read_questions(paths: Sequence[Path]) -> list[Asked]:
    """The questions in files of JSON Lines. Raises ConfigurationError that names the file, the line and the remedy."""
    found: dict[str, Asked] = {}
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"The questions in {path} cannot be read: {error}.", "It has to be a text file in UTF-8."
            ) from error
        for number, line in enumerate(lines, 1):
            if line.strip():
                asked = _read(line, f"{path.name}, line {number}")
                if asked.id in found:
                    raise ConfigurationError(f"{path.name}, line {number}: {asked.id!r} was used before.", "Rename it.")
                found[asked.id] = asked
    if not found:
        raise ConfigurationError(
            f"There are no questions in {', '.join(str(path) for path in paths) or 'no file'}.", "Write one a line."
        )
    _check_pairs(found)
    return list(found.values())


def _read(line: str, where: str) -> Asked:
    try:
        read = json.loads(line)
        if not isinstance(read, dict):
            raise ValueError("it is no object")
        return Asked.model_validate(read)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise ConfigurationError(
            f"{where}: {field + ': ' if field else ''}{first['msg']}.",
            "The form of a question is described in benchmarks/questions/README.md.",
        ) from error
    except ValueError as error:
        raise ConfigurationError(f"{where} is no JSON object: {error}.", "Write one object a line.") from error


def _check_pairs(found: dict[str, Asked]) -> None:
    for asked in found.values():
        if asked.pair and (asked.pair not in found or found[asked.pair].pair != asked.id):
            raise ConfigurationError(f"{asked.id} has no pair {asked.pair!r}.", "Both of a pair name each other.")


def of_half(questions: Sequence[Asked], half: Half | None) -> list[Asked]:
    """The questions of one half; all of them without one."""
    return [asked for asked in questions if half is None or asked.half == half]
