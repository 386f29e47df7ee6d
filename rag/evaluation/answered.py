"""How good an answer is: right, cited, precise in its citations, exact in its quotes, and silent where it should be."""

from collections.abc import Callable, Sequence

from rag.answer import Answer, Citation
from rag.documents import Article
from rag.evaluation.found import evidence_read
from rag.evaluation.matching import holds
from rag.evaluation.questions import Asked

# The kind of question whose sources disagree; of any other kind, a disagreement shown counts as a false one.
CONFLICT = "conflict"


def answer_measures(asked: Asked, answer: Answer, article: Callable[[str], Article | None]) -> dict[str, float]:
    """What can be said of one answer; every measure from 0 to 1, but for times (ms) and tokens.

    `article` gives an article with its text by id. An answerable question is answered rightly when each part of
    `accept` stands in the answer or its quotes; it is cited too when each stands in a quote. As-of accuracy is the same
    of the questions with an as-of date. A citation is precise when its quote holds an accepted part or a key phrase:
    one that says it in other words than were foreseen counts as not precise.
    """
    refused = answer.status == "not_found"
    measures = {"refused": float(refused)} | evidence_read(asked, answer.passages)
    quotes = [citation.quote for citation in answer.citations]
    if asked.answerable:
        measures["false refusal"] = float(refused)
        if asked.accept:
            everything = "\n".join([answer.text if not refused else "", *quotes])
            measures["correct"] = _all_in(everything, asked.accept) * float(not refused)
            measures["correct and cited"] = min(measures["correct"], _all_in("\n".join(quotes), asked.accept))
            if asked.as_of:
                measures["as-of accuracy"] = measures["correct and cited"]
            measures["citation recall"] = _share_in(quotes, asked.accept)
    else:
        measures["refusal recall"] = float(refused or (bool(asked.accept) and _all_in("\n".join(quotes), asked.accept)))
    measures |= _conflict_measures(asked, answer)
    if answer.citations:
        measures["quotes exact"] = float(all(_is_exact(citation, article) for citation in answer.citations))
        if asked.answerable and asked.accept:
            parts = [*asked.accept, *asked.phrases]
            precise = [any(holds(quote, one) for part in parts for one in part) for quote in quotes]
            measures["citation precision"] = sum(precise) / len(precise)
    return measures | cost_measures(answer)


def _conflict_measures(asked: Asked, answer: Answer) -> dict[str, float]:
    """Whether a disagreement that is asked about is shown with every value, and whether one is shown elsewhere."""
    if asked.kind == CONFLICT:
        shown = "\n".join(value.citation.quote for conflict in answer.conflicts for value in conflict.values)
        return {"conflict found": _all_in(shown, asked.accept)}
    return {"false conflict": float(bool(answer.conflicts))} if answer.status == "answered" else {}


def cost_measures(answer: Answer) -> dict[str, float]:
    """Milliseconds by step, and tokens where a language model was asked."""
    measures = {
        "retrieve ms": answer.timings.retrieve_ms,
        "answer ms": answer.timings.answer_ms,
        "total ms": answer.timings.total_ms,
    }
    if answer.usage.input_tokens or answer.usage.output_tokens:
        measures |= {
            "input tokens": float(answer.usage.input_tokens),
            "output tokens": float(answer.usage.output_tokens),
        }
    return measures


def _all_in(text: str, parts: Sequence[Sequence[str]]) -> float:
    return float(all(any(holds(text, one) for one in part) for part in parts))


def _share_in(quotes: Sequence[str], parts: Sequence[Sequence[str]]) -> float:
    return sum(any(holds(quote, one) for quote in quotes for one in part) for part in parts) / len(parts)


def _is_exact(citation: Citation, article: Callable[[str], Article | None]) -> bool:
    found = article(citation.article_id)
    return found is not None and found.text[citation.start : citation.end] == citation.quote
