"""How often a name in a text is taken for what it is: mentions that were labelled by hand, against names by their
letters alone. `python -m benchmarks.names [--half tuning] [--misses]` lists what went wrong."""

import argparse
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Literal

from benchmarks.articles import corpus
from benchmarks.measurement import Benchmark, Measurement
from benchmarks.workspace import Workspace
from rag.names import Names, mentions_in, shipped

LABELLED = Path(__file__).parent / "mentions" / "mentions.txt"
Half = Literal["tuning", "reporting"]
_MARK = re.compile(r"\{\{([^|{}]+)\|(?:(not)|(company|person|model|product):([^{}]+))\}\}")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A name at `start`..`end` of its paragraph; `means` is (kind, thing), None where it is nothing of the trade."""

    start: int
    end: int
    means: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph without its marks, and what they say."""

    text: str
    labelled: tuple[Labelled, ...]
    half: Half


# What a method finds in a text: (start, end, kind, thing).
Found = tuple[int, int, str, str]
Method = Callable[[str], Sequence[Found]]


@dataclass
class Score:
    """Counts over paragraphs. What is found where nothing is labelled is wrong, too."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Of what was found, the share that is right, in percent."""
        return 100 * self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Of what was labelled as something, the share that was found, in percent."""
        return 100 * self.right / max(1, self.right + self.missed)


def paragraphs(document: str) -> list[Paragraph]:
    """The labelled paragraphs; which half one belongs to is decided by its own hash."""
    return [_paragraph(marked) for marked in document.strip().split("\n\n")]


def _paragraph(marked: str) -> Paragraph:
    text, labelled, reached = "", [], 0
    for mark in _MARK.finditer(marked):
        text += marked[reached : mark.start()]
        means = None if mark[2] else (mark[3], mark[4])
        labelled.append(Labelled(len(text), len(text) + len(mark[1]), means))
        text, reached = text + mark[1], mark.end()
    odd = hashlib.sha256(marked.encode()).digest()[0] % 2
    return Paragraph(text + marked[reached:], tuple(labelled), "reporting" if odd else "tuning")


def judged(
    chosen: Iterable[Paragraph], method: Method, kinds: frozenset[str]
) -> Iterator[tuple[Paragraph, Labelled | None, list[Found], bool]]:
    """(paragraph, label, what was found there, whether that is right), for labels and finds of these kinds."""
    for paragraph in chosen:
        found = [one for one in method(paragraph.text) if one[2] in kinds]
        for label in paragraph.labelled:
            here = [one for one in found if one[0] < label.end and label.start < one[1]]
            found = [one for one in found if one not in here]
            means = label.means if label.means and label.means[0] in kinds else None
            if means is None and label.means is not None:
                continue  # of another kind: a company of that name may well be found
            yield paragraph, label, here, ((means in {one[2:] for one in here}) if means else not here)
        for stray in found:
            yield paragraph, None, [stray], False


def scored(chosen: Iterable[Paragraph], method: Method, kinds: frozenset[str]) -> Score:
    """Counts what is right."""
    score = Score()
    for _, label, found, is_right in judged(chosen, method, kinds):
        wanted = label is not None and label.means is not None
        score.right += wanted and is_right
        score.missed += wanted and not is_right
        score.wrong += bool(found) and not is_right
    return score


ALL = frozenset({"company", "person", "model", "product"})
COMPANIES = frozenset({"company"})


def in_context(names: Names) -> Method:
    """Dossier's way."""
    return lambda text: [(one.start, one.end, one.kind, one.thing) for one in mentions_in(text, names)]


def by_letters(names: Names) -> Method:
    """What was done before: a company is mentioned where its name stands, an ordinary word as the name is written."""
    return lambda text: [(start, end, "company", company) for start, end, company in names.company_names_in(text)]


def measure(workspace: Workspace) -> Sequence[Measurement]:
    """Both halves, and the time for the sample corpus."""
    names = shipped()
    every = paragraphs(LABELLED.read_text(encoding="utf-8"))
    figures: list[Measurement] = []
    for half, limits in (("tuning", None), ("reporting", LIMITS)):
        chosen = [paragraph for paragraph in every if paragraph.half == half]
        every_kind = scored(chosen, in_context(names), ALL)
        companies, letters = (scored(chosen, method(names), COMPANIES) for method in (in_context, by_letters))
        figures += [
            Measurement(f"{half}: labelled names", sum(len(p.labelled) for p in chosen), "count"),
            Measurement(f"{half}: precision", every_kind.precision, "%", at_least=limits and limits[0]),
            Measurement(f"{half}: recall", every_kind.recall, "%", at_least=limits and limits[1]),
            Measurement(f"{half}: companies alone, precision", companies.precision, "%"),
            Measurement(f"{half}: companies alone, recall", companies.recall, "%"),
            Measurement(f"{half}: companies by letters alone, precision", letters.precision, "%"),
            Measurement(f"{half}: companies by letters alone, recall", letters.recall, "%"),
        ]
    return [*figures, Measurement("time for 1,000 characters of the sample corpus", _speed(names), "ms", at_most=1.0)]


def _speed(names: Names) -> float:
    texts = list(corpus().values())
    for text in texts:  # names compile their patterns when they are first met
        mentions_in(text, names)
    started = process_time()
    for text in texts:
        mentions_in(text, names)
    return 1000 * (process_time() - started) / (sum(map(len, texts)) / 1000)


# Precision and recall on the reporting half, in percent.
LIMITS = (100.0, 95.0)

BENCHMARK = Benchmark(
    "names",
    "Names in context",
    "Names labelled by hand in `benchmarks/mentions/`: a company, person, model, product, or nothing of the trade "
    "(`Mistral` the wind). Weights were adjusted on the tuning half alone, but one hand wrote the texts of both halves "
    "and the word lists: the reporting half is no strictly unseen set (see its README).",
    measure,
)


def main() -> None:
    """Lists the misses of the tuning half."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.names", description="Lists names taken wrongly.")
    parser.add_argument("--half", choices=["tuning", "reporting"], default="tuning")
    half = parser.parse_args().half
    chosen = [one for one in paragraphs(LABELLED.read_text(encoding="utf-8")) if one.half == half]
    for paragraph, label, found, is_right in judged(chosen, in_context(shipped()), ALL):
        if not is_right:
            wanted = label and (label.means or "nothing")
            print(f"{wanted} but {[one[2:] for one in found]}: {paragraph.text}")


if __name__ == "__main__":
    main()
