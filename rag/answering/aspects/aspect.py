"""An aspect: one thing that people ask of a start-up, how they ask it, and what a text that answers it must say."""

import re
from dataclasses import dataclass
from typing import Literal

# `model`: a model or a version of one.
# `asked`: what the question's own words want (who: a name, when: a date, how much: an amount).
Value = Literal["amount", "count", "percent", "date", "name", "person", "model", "any", "asked"]

# Pieces of patterns that aspects of several kinds have in common.
WHEN = r"when|since when|what (?:day|date|month|year)|which (?:day|date|month|year)|(?<!to )dates?|how long ago"


@dataclass(frozen=True)
class Aspect:
    """One thing that is asked of companies, rounds, products and people. `name` completes `do not give its ...`.

    `asked` matches the question. `said` stands in the sentence that answers, in the one before it or in its heading or
    table header; a value of the kind stands in the sentence itself. `changes`: the newest value is the answer.
    """

    name: str
    value: Value
    asked: re.Pattern[str]
    said: re.Pattern[str]
    changes: bool = False

    def others_in(self, wording: str) -> list[str]:
        """The words of a question that are none of the aspect's own, which no answer need repeat."""
        own = [match.span() for match in self.said.finditer(wording)]
        return [
            match.group()
            for match in re.finditer(r"[\w’'-]+", wording)
            if not self.asked.fullmatch(match.group())
            and not any(start <= match.start() and match.end() <= end for start, end in own)
        ]


def aspect(name: str, value: Value, asked: str, said: str = "", *, changes: bool = False) -> Aspect:
    """Patterns are alternatives of whole words in any case; without `said`, the answer says it as the question does."""
    return Aspect(name, value, _words(asked), _words(said or asked), changes)


def _words(alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{alternatives})(?![\w-])", re.IGNORECASE)


def all_of(*patterns: str) -> str:
    """A pattern that matches when every one of the patterns does, in any order."""
    return "".join(rf"(?=.*\b(?:{pattern})\b)" for pattern in patterns) + ".*"
