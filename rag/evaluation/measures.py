"""What is measured: what each measure means, in which unit, and whether more of it is better."""

from collections.abc import Iterable, Sequence

ALL_EVIDENCE = "all evidence@10"
# What a run is judged by first: the first of these that it has.
HEADLINES = ("correct and cited", ALL_EVIDENCE, "nDCG@10")

GROUPS: dict[str, dict[str, str]] = {
    "Finding": {
        "nDCG@10": "how high the articles that hold the answer stand among the first ten (1: all on top)",
        "recall@10": "the share of these articles that is among the first ten",
        "MRR@10": "one divided by the place of the first of them",
        "evidence@5": "the share of the key phrases that stands in the first five passages",
        "all evidence@5": "questions all of whose key phrases stand in the first five passages",
        "evidence@10": "the share of the key phrases that stands in the first ten passages",
        ALL_EVIDENCE: "questions all of whose key phrases stand in the first ten passages",
        "evidence read": "questions all of whose key phrases stand in the passages the answer was drawn from",
    },
    "Answers": {
        "correct": "answers, or their quotes, that say all that was expected",
        "correct and cited": "answers whose quotes say all that was expected",
        "citation precision": "the share of an answer's quotes that say something expected",
        "citation recall": "the share of what was expected that a quote says",
        "quotes exact": "answers whose quotes all stand in their articles, to the letter and where they say",
        "as-of accuracy": "answers as of a day that are correct and cited",
        "as-of pair right": "pairs of the same question as of two days, both correct and cited",
    },
    "Refusals": {
        "refusal precision": "the share of the refused questions that the library does not answer",
        "refusal recall": "the share of the questions that the library does not answer that was refused",
        "false refusal": "the share of the questions that the library answers that was refused",
        "conflict found": "the share of the questions whose sources disagree where each value is shown",
        "false conflict": "the share of all other answers that show a disagreement",
        "refused": "all that was refused",
    },
    "Time and cost": {
        "search ms": "milliseconds to find the first 50 passages",
        "retrieve ms": "milliseconds to find what the answer is drawn from",
        "answer ms": "milliseconds to write and check the answer",
        "total ms": "milliseconds from question to answer",
        "input tokens": "tokens the language model read for an answer",
        "output tokens": "tokens the language model wrote for an answer",
    },
}
_COST = "cost "
# How often it refused says nothing alone.
_NEUTRAL = frozenset({"refused"})


def is_time(measure: str) -> bool:
    """Whether it is milliseconds."""
    return measure.endswith(" ms")


def is_share(measure: str) -> bool:
    """Whether it goes from 0 to 1; others are times, tokens and costs, which depend on the machine and the model."""
    return not (is_time(measure) or measure.endswith(" tokens") or measure.startswith(_COST))


def is_quality(measure: str) -> bool:
    """Whether it says how good a run is."""
    return is_share(measure) and measure not in _NEUTRAL


def lower_is_better(measure: str) -> bool:
    """Whether less of it is better."""
    return measure in ("false refusal", "false conflict") or not is_share(measure)


def headline(measures: Iterable[str]) -> str | None:
    """The measure a run is judged by first."""
    there = set(measures)
    return next((measure for measure in HEADLINES if measure in there), None)


def grouped(measures: Sequence[str]) -> dict[str, list[str]]:
    """The measures by what they are about, in a fixed order; those nobody knows come last."""
    there = list(dict.fromkeys(measures))
    found = {title: [name for name in names if name in there] for title, names in GROUPS.items()}
    known = {name for names in GROUPS.values() for name in names}
    costs = [name for name in there if name not in known and not is_share(name)]
    found["Time and cost"] += costs
    found["Others"] = [name for name in there if name not in known and name not in costs]
    return {title: names for title, names in found.items() if names}


def meaning(measure: str) -> str:
    """What a measure says, in a line; nothing for one that nobody knows."""
    if measure.startswith(_COST):
        return "what the language model's tokens cost for an answer"
    return next((names[measure] for names in GROUPS.values() if measure in names), "")


def shown(value: float, measure: str) -> str:
    """A value as people read it."""
    if is_time(measure):
        return f"{value:,.1f} ms"
    if measure.startswith(_COST):
        return f"{value:,.3g} {measure.removeprefix(_COST)}"
    if not is_share(measure):
        return f"{value:,.0f}"
    return f"{value:.3f}" if "@" in measure else f"{100 * value:.1f}%"
