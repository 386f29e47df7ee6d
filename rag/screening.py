"""Passages that speak to a language model: marked where they do, and put behind those that do not."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.documents import Passage
from rag.injection import addressed_spans, addresses_a_model
from rag.retrieval import Found


def screened(found: Found) -> Found:
    """The same passages, those with sentences that no answer may rest on last."""
    marked = [_marked(passage) for passage in found.passages]
    return replace(found, passages=tuple(sorted(marked, key=lambda passage: bool(passage.barred))))


def warnings_about(passages: Sequence[Passage]) -> tuple[str, ...]:
    """A line for each article that speaks to a language model."""
    return tuple(
        f"“{title}” has text that speaks to a language model instead of a reader; that text was left out."
        for title in _titles(passages)
    )


def _marked(passage: Passage) -> Passage:
    """A title that speaks to a model bars the whole passage."""
    if addresses_a_model(passage.title) or addresses_a_model(passage.heading):
        return passage.model_copy(update={"barred": ((0, len(passage.text)),)})
    spans = addressed_spans(passage.text)
    return passage.model_copy(update={"barred": spans}) if spans else passage


def _titles(passages: Iterable[Passage]) -> list[str]:
    barred = [passage for passage in passages if passage.barred]
    return list(dict.fromkeys("An article" if addresses_a_model(one.title) else one.title for one in barred))
