"""The search for the quotes that support a claim: one window of the passages, one with its heading, or two."""

import re
from collections.abc import Sequence
from itertools import permutations

from rag.answering.claims import Quote
from rag.checking.claim_words import content
from rag.checking.quantities import missing, quantities
from rag.checking.support import MIN_SHARE_OF_PIECES, Evidence, objection, share
from rag.quotable import Window

# How many of the best windows are tried in pairs when no single one supports a claim.
_PAIRED = 12
_JOINTS = re.compile(r",?\s(?:and|but|while|whereas|after|before|followed by|then)\s|[;,]\s")


def supporting(text: str, windows: Sequence[Window], common: frozenset[str]) -> tuple[tuple[Quote, ...], str]:
    """The quotes that support the text, the fewest and shortest that do; else none, and the best window's objection.

    What one window denies, another that holds fewer of the text's words does not say.
    """
    ranked = _ranked(text, windows)
    if not ranked:
        return (), ""
    reason, denied = "", 0.0
    for window in ranked:
        held = share(text, [window.evidence])
        against = objection(text, [window.evidence], common)
        if not against and held >= denied:
            return (window.quote,), ""
        if against and against.denies:
            denied = max(denied, held)
        reason = reason or (against.reason if against else "")
    for window in ranked[:_PAIRED]:
        heading = window.heading
        if (
            heading
            and _only_names(text, window)
            and not objection(text, [window.evidence, Evidence(heading.text)], common)
        ):
            return (heading, window.quote), ""
    halves = _halves(text)
    for one, other in permutations(ranked[:_PAIRED], 2) if halves else ():
        if _each_says_its_part(halves, one, other) and not objection(text, [one.evidence, other.evidence], common):
            return (one.quote, other.quote), ""
    return (), reason


def _ranked(text: str, windows: Sequence[Window]) -> list[Window]:
    """The most promising first: fewest quantities missing, then most words held, then the shortest."""

    def promise(window: Window) -> tuple[int, float, int]:
        held = share(text, [window.evidence])
        return len(missing(text, [window.quote.text])), -round(held, 2), len(window.quote.text)

    return sorted(windows, key=promise)


def _only_names(text: str, window: Window) -> bool:
    """A heading may say which model is meant; a number of its own says nothing of the window's."""
    return all(q.kind in ("name", "date") for q in missing(text, [window.quote.text]))


def _halves(text: str) -> list[tuple[str, str]]:
    """The ways to cut a sentence in two that both say something."""
    cuts = [(text[: joint.start()], text[joint.end() :]) for joint in _JOINTS.finditer(text)]
    return [halves for halves in cuts if all(map(_says_something, halves))]


def _says_something(part: str) -> bool:
    return any(q.kind != "date" for q in quantities(part)) or (len(part.split()) > 2 and bool(content(part)))


def _each_says_its_part(halves: Sequence[tuple[str, str]], one: Window, other: Window) -> bool:
    """Two quotes together support only a sentence of two parts: stray pieces of both must not make up a third thing."""
    return any(_says(part, one) and _says(rest, other) for part, rest in halves)


def _says(part: str, window: Window) -> bool:
    return not missing(part, [window.quote.text]) and share(part, [window.evidence]) >= MIN_SHARE_OF_PIECES
