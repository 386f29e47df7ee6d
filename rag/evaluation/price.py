"""What a language model costs: its provider's price, and what each question came to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from rag.errors import ConfigurationError
from rag.evaluation.records import Run

COST = "cost"
TOKENS = ("input tokens", "output tokens")
_FORM = re.compile(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)(?::([A-Za-z]{3}))?")


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens cost, read and written, in a currency of three letters."""

    input: float
    output: float
    currency: str = "USD"

    @classmethod
    def parse(cls, text: str) -> Self:
        """`INPUT:OUTPUT` in US dollars, or `INPUT:OUTPUT:CURRENCY`. Raises ConfigurationError."""
        found = _FORM.fullmatch(text.strip())
        if not found:
            raise ConfigurationError(
                f"{text!r} is no price.",
                "Write what a million tokens cost, read and written, with the currency: 0.1:0.3:EUR.",
            )
        return cls(float(found[1]), float(found[2]), (found[3] or "USD").upper())

    @property
    def measure(self) -> str:
        """The name of the cost among the measures: costs in two currencies are never compared."""
        return f"{COST} {self.currency}"

    def of(self, measures: Mapping[str, float]) -> float:
        """What these tokens cost."""
        read, written = (measures.get(name, 0.0) for name in TOKENS)
        return (read * self.input + written * self.output) / 1_000_000

    def __str__(self) -> str:
        return f"{self.input:g}:{self.output:g}:{self.currency}"


def priced(run: Run) -> Run:
    """The run with the cost of each question, if it has a price; a question that took no tokens has none."""
    if not run.about.get("price"):
        return run
    price = Price.parse(run.about["price"])
    records = {
        id_: replace(record, measures={**record.measures, price.measure: price.of(record.measures)})
        if any(name in record.measures for name in TOKENS)
        else record
        for id_, record in run.records.items()
    }
    return replace(run, records=records)
