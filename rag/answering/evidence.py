"""Whether a text holds the kind of thing that is asked for: an amount, a person or firm, a date, a number."""

import re

from rag.checking.quantities import quantities
from rag.question import Kind

# Two capitalised words in a row, or one that is no sentence's first word, may name a person or a firm.
_NAME = re.compile(
    r"(?:(?<=[\w,;:’'”)] )|(?<=\())[A-Z][\w’'.&-]*\w|\b[A-Z][\w’'-]+ (?:(?:de|van|von|der|la|le|du) )?[A-Z]\w+"
)


def holds(kind: Kind, text: str) -> bool:
    """Whether `text` could hold an answer of this kind; for `other`, anything can."""
    if kind == "other":
        return True
    if kind == "person":
        return _NAME.search(text) is not None
    found = {quantity.kind for quantity in quantities(text)}
    if kind == "date":
        return "date" in found
    if kind == "amount":
        return "amount" in found
    return bool(found & {"number", "percent", "amount"})
