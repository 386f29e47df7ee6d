"""A model's text, token by token, as whole sentences with their citation markers."""

import re

from rag.sentences import sentence_spans

_THINKING = re.compile(r"<(think|thinking)>.*?(?:</\1>|\Z)", re.DOTALL)
_TAGS = ("<think>", "<thinking>")
# Markers that follow the full stop belong to the sentence before: `It raised $1. [2] Then …`
_LEADING_MARKERS = re.compile(r"\s*(?:(?:\[[\d\s,;^-]+\]|【[^】]*】)[.,;]?\s*)+")
# So many characters of a next sentence must be there before a full stop is believed to be one (`the U.S. government`).
_AHEAD = 12


class SentenceStream:
    """Takes text in pieces of any size and gives each sentence once it is complete. Thinking aloud is left out."""

    def __init__(self) -> None:
        self._raw = ""
        self._given = 0

    @property
    def seen(self) -> str:
        """All text so far, without `<think>` blocks and without a tag that may just be beginning."""
        text = _THINKING.sub("", self._raw)
        for tag in _TAGS:
            for length in range(len(tag) - 1, 0, -1):
                if text.endswith(tag[:length]):
                    return text[:-length]
        return text

    def feed(self, text: str) -> list[str]:
        """Adds text; returns the sentences that are now complete."""
        self._raw += text
        return self._take(self.seen, keep_last=True)

    def finish(self) -> list[str]:
        """The sentences that are left at the end."""
        return self._take(_THINKING.sub("", self._raw), keep_last=False)

    def _take(self, seen: str, *, keep_last: bool) -> list[str]:
        rest = seen[self._given :]
        borders = _borders(rest)
        if keep_last:
            borders = [b for b in borders if len(rest) - b >= _AHEAD and not _LEADING_MARKERS.match(rest + "]", b)]
        else:
            borders = [*borders, len(rest)]
        found, start = [], 0
        for border in borders:
            found.append(rest[start:border].strip())
            start = border
        self._given += start
        return [sentence for sentence in found if sentence]


def _borders(text: str) -> list[int]:
    """Where a next sentence begins, behind the markers of the one before."""
    borders: list[int] = []
    for start, _ in sentence_spans(text)[1:]:
        if text[start - 1 : start + 1] == "![":
            continue  # an image, not the end of a sentence
        markers = _LEADING_MARKERS.match(text, start)
        border = markers.end() if markers else start
        if border < len(text) and (not borders or border > borders[-1]):
            borders.append(border)
    return borders
