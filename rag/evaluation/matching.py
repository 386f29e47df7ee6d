"""Whether a text says what was expected: letters and figures count, not how they are set."""

import re
import unicodedata
from functools import lru_cache

_DASHES = str.maketrans({"–": "-", "—": "-", "‑": "-", "−": "-", "’": "'", "‘": "'", "“": '"', "”": '"'})


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """The text without case, marks of layout, accents, commas in numbers and doubled space."""
    text = unicodedata.normalize("NFKD", text.translate(_DASHES).casefold())
    text = "".join(character for character in text if not unicodedata.combining(character))
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    return " ".join(re.sub(r"[*_`|#]", " ", text).split())


def holds(text: str, wanted: str) -> bool:
    """Whether the text says it, as whole words: `22` does not stand in `1922` nor in `22.5`."""
    found, part = plain(text), plain(wanted)
    if not part:
        return False
    before = r"(?<![\w.,-])" if part[0].isdigit() else r"(?<!\w)" if part[0].isalnum() else ""
    after = r"(?![\w]|[.,]\d)" if part[-1].isdigit() else r"(?!\w)" if part[-1].isalnum() else ""
    return re.search(before + re.escape(part) + after, found) is not None
