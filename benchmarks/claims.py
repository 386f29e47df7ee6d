"""How many claims made wrong the checker catches, and how many right ones it passes.

`python -m benchmarks.claims [--misses]` prints the tuning half by kind, and the claims that go astray.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from time import process_time

from benchmarks.articles import CORPUS
from benchmarks.claim_swaps import swapped
from benchmarks.measurement import Benchmark, Measurement
from benchmarks.workspace import Workspace
from ingest.chunking import chunk
from ingest.document import Document
from ingest.reading.article import read_article
from rag.answering.claims import Claim
from rag.citations import CitationChecker, Dropped
from rag.documents import Article, Passage
from rag.evaluation.questions import Half, half_of
from rag.names import shipped
from rag.names.tags import tags_of

WRITTEN = Path(__file__).parent / "claims" / "claims.txt"
FURTHER = WRITTEN.with_name("further.txt")
DAY = date(2026, 11, 1)
# What the reporting half has to reach, in percent.
CAUGHT, PASSED = 95.0, 98.0


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim about an article, whether it is right, how it was made, and the quote it was made from."""

    claim: str
    right: bool
    kind: str
    article: str
    quote: str
    by_hand: bool = True

    @property
    def half(self) -> Half:
        """All claims made from one quote are in one half."""
        return half_of(f"{self.article}: {self.quote}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the checker said: the objection, empty for a claim that passed; whether it cited the quote's place."""

    judged: Judged
    objection: str
    cites_the_quote: bool = False

    @property
    def as_it_should(self) -> bool:
        """Passed if right, dropped if wrong."""
        return (not self.objection) == self.judged.right


def written(file: Path = WRITTEN) -> list[Judged]:
    """The claims of a file: `@ article`, `> quote`, then `+ kind | right claim` and `- kind | wrong claim`."""
    found: list[Judged] = []
    article = quote = ""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        mark, _, rest = line.partition(" ")
        if mark == "@":
            article = rest
        elif mark == ">":
            quote = rest
        elif mark in ("+", "-"):
            kind, separator, claim = rest.partition(" | ")
            if not (separator and article and quote):
                raise ValueError(f"{file.name}, line {number}: no claim about a quote of an article")
            found.append(Judged(claim, mark == "+", kind, article, quote))
        elif line:
            raise ValueError(f"{file.name}, line {number}: begins with none of @ > + -")
    return found


def every_claim() -> list[Judged]:
    """The claims written by hand, and the right ones of them with one thing exchanged."""
    by_hand = [*written(), *written(FURTHER)]
    made = [
        Judged(claim, False, kind, one.article, one.quote, by_hand=False)
        for one in by_hand
        if one.right
        for kind, claim in swapped(one.claim, article(one.article).text)
    ]
    return by_hand + made


@cache
def article(name: str) -> Article:
    """An article of the sample corpus, read as `dossier ingest` reads it."""
    file = CORPUS / f"{name}.md"
    found = read_article(Document(file.read_bytes()), file.name, DAY)
    title = found.title or name
    tags = tags_of(title, found.text, shipped())
    return Article(
        id=name,
        source=file.name,
        title=title,
        text=found.text,
        published=found.published,
        companies=tags.companies,
        people=tags.people,
    )


@cache
def passages(name: str) -> tuple[Passage, ...]:
    """All chunks of the article as passages."""
    whole = article(name)
    return tuple(Passage.of(part, whole.title, whole.published, score=1.0) for part in chunk(whole, _about))


def _about(texts: Sequence[str]) -> list[int]:
    """Tokens, roughly: where chunks end is all that depends on it."""
    return [len(re.findall(r"\w{1,6}|[^\w\s]", text)) for text in texts]


def checked(judged: Judged) -> Outcome:
    """The claim as a model would give it: with the number of the passage that holds its quote, all others at hand."""
    shown = passages(judged.article)
    start = article(judged.article).text.index(judged.quote)
    end = start + len(judged.quote)
    cited = next(n for n, one in enumerate(shown, 1) if one.start <= start < one.end)
    checker = CitationChecker(shown, {judged.article: article(judged.article)})
    admitted = checker.admit(Claim(judged.claim, cites=(cited,)))
    if isinstance(admitted, Dropped):
        return Outcome(judged, admitted.reason)
    return Outcome(judged, "", any(one.start < end and start < one.end for one in checker.citations))


def measure(workspace: Workspace) -> Sequence[Measurement]:
    """Both halves; the reporting half by kind."""
    claims = every_claim()
    started = process_time()
    outcomes = [checked(one) for one in claims]
    each = 1000 * (process_time() - started) / len(claims)
    figures: list[Measurement] = []
    for half in ("tuning", "reporting"):
        chosen = [one for one in outcomes if one.judged.half == half]
        figures += _summed(half, chosen, limited=half == "reporting")
    reported = [one for one in outcomes if one.judged.half == "reporting"]
    return [*figures, *_by_kind(reported), Measurement("processor time to check a claim", each, "ms")]


def _summed(half: str, outcomes: Sequence[Outcome], *, limited: bool) -> Iterator[Measurement]:
    right = [one for one in outcomes if one.judged.right]
    wrong = [one for one in outcomes if not one.judged.right and one.judged.by_hand]
    made = [one for one in outcomes if not one.judged.by_hand]
    passed, caught = _share(right), _share(wrong)
    let_by = sum(not one.as_it_should for one in wrong)
    passing = sum(one.as_it_should for one in right)
    yield Measurement(f"{half}: right claims that pass", passed, "%", at_least=PASSED if limited else None)
    yield Measurement(f"{half}: wrong claims that are caught", caught, "%", at_least=CAUGHT if limited else None)
    yield Measurement(f"{half}: of what passes, right", 100 * passing / max(1, passing + let_by), "%")
    yield Measurement(f"{half}: of what passes rightly, cited where it stands", _cited(right), "%")
    yield Measurement(f"{half}: claims with one thing exchanged by rule that are caught", _share(made), "%")
    yield Measurement(f"{half}: right claims", len(right), "count")
    yield Measurement(f"{half}: wrong claims", len(wrong), "count")
    yield Measurement(f"{half}: claims exchanged by rule", len(made), "count")


def _by_kind(outcomes: Sequence[Outcome]) -> Iterator[Measurement]:
    for right, what in ((True, "right"), (False, "wrong")):
        chosen = [one for one in outcomes if one.judged.right is right and one.judged.by_hand]
        for kind in sorted({one.judged.kind for one in chosen}):
            of_kind = [one for one in chosen if one.judged.kind == kind]
            does = "pass" if right else "caught"
            yield Measurement(f"reporting, {what}, {kind} ({len(of_kind)}): {does}", _share(of_kind), "%")


def _share(outcomes: Sequence[Outcome]) -> float:
    return 100 * sum(one.as_it_should for one in outcomes) / max(1, len(outcomes))


def _cited(right: Sequence[Outcome]) -> float:
    passed = [one for one in right if one.as_it_should]
    return 100 * sum(one.cites_the_quote for one in passed) / max(1, len(passed))


BENCHMARK = Benchmark(
    "claims",
    "Claims made wrong",
    "Claims written by hand about articles of the sample corpus (`benchmarks/claims/`): faithful ones as a chat model "
    "words them, ones with one thing wrong, and the faithful ones with one thing exchanged by rule. The checker has "
    "all chunks of the article, as it would have after a search, and the number of the one that holds the quote. The "
    "rules were adjusted on the tuning half alone, which has 110 claims more, written later; all claims made from one "
    "quote are in one half.",
    measure,
)


def main() -> None:
    """Prints the figures of the tuning half and, on demand, what goes astray there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.claims", description="Examines the claim checker.")
    parser.add_argument("--misses", action="store_true", help="list the claims of the tuning half that go astray")
    options = parser.parse_args()
    outcomes = [checked(one) for one in every_claim() if one.half == "tuning"]
    for figure in _summed("tuning", outcomes, limited=False):
        print(f"{figure.what}: {figure.shown}")
    for one in outcomes if options.misses else []:
        if not one.as_it_should:
            mark = "+" if one.judged.right else "-" if one.judged.by_hand else "~"
            print(
                f"{mark} {one.judged.kind} | {one.judged.claim}   ({one.objection or 'passed'}) [{one.judged.article}]"
            )


if __name__ == "__main__":
    main()
