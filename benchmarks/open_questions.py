"""Learns what open questions' answers are weighed by (rag/answering/open_questions.py).

`python -m benchmarks.open_questions [--write]` reads the tuning halves of the suites that come with the repository.
Each question is a choice between the windows of the passages found for it, and no answer: a conditional logit
(McFadden, 1974) with a ridge penalty. What the weights are worth is told by leaving out one file of questions at a
time.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from ingest.evaluation import OWN, REPOSITORY, library_for, read_suite
from ingest.evaluation_command import EVALUATIONS
from rag.answering.extractive import ExtractiveAnswerer
from rag.answering.listing import list_wanted
from rag.answering.open_questions import NAMES, OpenFeatures, is_open, open_windows
from rag.answering.windows import Window, stretch
from rag.assistant import Assistant
from rag.evaluation.matching import holds
from rag.evaluation.questions import Asked, of_half, read_questions
from rag.parts import parts_of
from rag.screening import screened
from rag.settings import load_settings

WEIGHTS = REPOSITORY / "rag" / "answering" / "open_weights.toml"
# Windows that a question chooses from: those behind are far behind by their words and their passage.
CHOICES = 48
PENALTY = 0.03
# An answer that is more likely wrong than right is none. How likely it is, so many answers of about its score tell.
RIGHT_ENOUGH = 0.5
NEIGHBOURS = 16

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Choice:
    """A question's windows, a row of features each; which of them answer it, and which do with what stands beside them.

    `open` tells whether the question is one that the weights are for: the others are learned from all the same.
    """

    file: str
    open: bool
    answerable: bool
    rows: Numbers
    right: NDArray[np.bool_]
    right_beside: NDArray[np.bool_]


def choices(folder: Path) -> Iterator[Choice]:
    """The questions of the tuning halves, each part of one by itself. Lists are found in another way."""
    for name in OWN:
        suite = read_suite(name, None, folder)
        settings = library_for(suite, load_settings(), folder, print)
        assistant = Assistant.open(settings)
        try:
            assistant.sync()
            for file in sorted((REPOSITORY / OWN[name][1]).glob("*.jsonl")):
                for asked in of_half(read_questions([file]), "tuning"):
                    yield from _choices_of(asked, assistant, file.stem)
        finally:
            assistant.close()


def _choices_of(asked: Asked, assistant: Assistant, file: str) -> Iterator[Choice]:
    answerer = assistant.answerer("extractive")
    assert isinstance(answerer, ExtractiveAnswerer)
    question = assistant.understood(
        asked.question,
        {
            "as_of": asked.as_of,
            "companies": asked.companies,
            "history": tuple(turn.turn() for turn in asked.history),
        },
    )
    for part in parts_of(question):
        if list_wanted(part):
            continue
        passages = screened(assistant.found([part])[0]).passages
        sought = answerer.sought(part, passages)
        windows = sorted(open_windows(sought, passages), key=lambda one: -_promise(one[1]))[:CHOICES]
        if windows:
            compared = answerer.compared(sought, windows)
            yield Choice(
                file,
                is_open(sought),
                asked.answerable,
                np.array([astuple(features) for _, features in compared]),
                np.array([_answers(window, asked) for window, _ in compared]),
                np.array([_answers(stretch(window), asked) for window, _ in compared]),
            )


def _promise(features: OpenFeatures) -> float:
    return features.rank + features.overlap + features.value


def _answers(window: Window, asked: Asked) -> bool:
    """Whether a window says something that is accepted, in the place where it is expected."""
    accepted = any(holds(window.text, one) for part in asked.accept for one in part)
    expected = (phrase for part in asked.phrases for phrase in part)
    return asked.answerable and accepted and any(holds(window.text, p) or window.text in p for p in expected)


def learned(found: Sequence[Choice]) -> tuple[Numbers, float]:
    """The weight of each feature, and the score of the choice not to answer."""
    used = [one for one in found if one.right.any() or not one.answerable]
    everything = np.concatenate([one.rows for one in used])
    mean, spread = everything.mean(axis=0), everything.std(axis=0) + 1e-9
    scaled = [((one.rows - mean) / spread, np.append(one.right, not one.right.any())) for one in used]

    def loss(parameters: Numbers) -> tuple[float, Numbers]:
        weights, none = parameters[:-1], parameters[-1]
        total, gradient = 0.0, np.zeros_like(parameters)
        for rows, right in scaled:
            scores = np.append(rows @ weights, none)
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            total -= float(np.log(chances[right].sum()))
            off = chances - np.where(right, chances / chances[right].sum(), 0)
            gradient[:-1] += rows.T @ off[:-1]
            gradient[-1] += off[-1]
        gradient /= len(scaled)
        gradient[:-1] += 2 * PENALTY * weights
        return total / len(scaled) + PENALTY * float(weights @ weights), gradient

    best = minimize(loss, np.zeros(len(NAMES) + 1), jac=True, method="L-BFGS-B").x
    weights = best[:-1] / spread
    return weights, float(best[-1] + mean @ weights)


def left_out(found: Sequence[Choice]) -> list[tuple[Choice, float, int]]:
    """Each open question with its best window and that one's score, by weights learned without its file."""
    told = []
    for file in sorted({one.file for one in found}):
        weights, none = learned([one for one in found if one.file != file])
        for one in found:
            if one.file == file and one.open:
                scores = one.rows @ weights - none
                told.append((one, float(scores.max()), int(scores.argmax())))
    return told


def needed(told: Sequence[tuple[Choice, float, int]]) -> float:
    """The lowest score, relative to that of no answer, at which enough answers are right."""
    ordered = sorted(told, key=lambda one: -one[1])
    right = [bool(choice.right_beside[best]) for choice, _, best in ordered]
    enough = [at for at in range(NEIGHBOURS, len(right) + 1) if np.mean(right[at - NEIGHBOURS : at]) >= RIGHT_ENOUGH]
    return ordered[max(enough, default=1) - 1][1]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.open_questions", description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"keep the weights in {WEIGHTS.relative_to(REPOSITORY)}")
    wanted = parser.parse_args()
    found = list(choices(EVALUATIONS))
    told = left_out(found)
    least = needed(told)
    for file in sorted({choice.file for choice, _, _ in told}):
        its = [(choice, score, best) for choice, score, best in told if choice.file == file]
        answerable = [one for one in its if one[0].answerable]
        answered = [one for one in answerable if one[1] >= least]
        print(
            f"{file}: of {len(answerable)} open questions {len(answered)} answered,"
            f" {sum(bool(choice.right_beside[best]) for choice, _, best in answered)} rightly"
            f" ({sum(bool(choice.right[best]) for choice, _, best in answerable)} best windows right);"
            f" of {len(its) - len(answerable)} without an answer"
            f" {sum(score < least for choice, score, _ in its if not choice.answerable)} refused"
        )
    weights, none = learned(found)
    text = "\n".join(
        [
            "# Learned by `python -m benchmarks.open_questions --write`; see rag/answering/open_questions.py.",
            f"needed = {none + least:.3f}",
            "",
            "[worth]",
            *(f"{name} = {weight:.3f}" for name, weight in zip(NAMES, weights, strict=True)),
            "",
        ]
    )
    print(text)
    if wanted.write:
        WEIGHTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
