"""What people ask of a start-up, how they ask it, and what a text that answers it must say.

`asked` matches the question. `said` stands in the sentence that answers, in the one before it or in its heading or
table header; a value of the kind stands in the sentence itself. So a synonym costs a word in the table
(aspect_table.py), and a question that no sentence answers is known for what is missing.
"""

import re
from dataclasses import dataclass
from typing import Literal

# `model`: a model or a version of one.
# `asked`: what the question's own words want (who: a name, when: a date, how much: an amount).
Value = Literal["amount", "count", "percent", "date", "name", "person", "model", "any", "asked"]


@dataclass(frozen=True)
class Aspect:
    """One thing that is asked of companies, rounds, products and people. `name` completes `do not give its ...`."""

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
