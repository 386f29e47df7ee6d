"""How well the passages that were found serve a question: ranking measures over articles, evidence over passages."""

from collections.abc import Mapping, Sequence

import ir_measures
from ir_measures import RR, R, nDCG

from rag.documents import Passage
from rag.evaluation.matching import holds
from rag.evaluation.questions import Asked, Parts
from rag.sentences import sentence_spans

DEPTH = 10
_MEASURES = {"nDCG@10": nDCG @ 10, "recall@10": R @ 10, "MRR@10": RR @ 10}


def ranking(passages: Sequence[Passage]) -> list[str]:
    """The articles of the passages, best first, each once."""
    return list(dict.fromkeys(passage.article_id for passage in passages))


def ranking_measures(ranked: Sequence[str], relevance: Mapping[str, int]) -> dict[str, float]:
    """nDCG@10, recall@10 and MRR@10 of one ranking, as trec_eval has them. `relevance` is by the same ids."""
    if not relevance:
        return {}
    run = {"q": {id_: float(len(ranked) - at) for at, id_ in enumerate(ranked)} or {"": 0.0}}
    names = {measure: name for name, measure in _MEASURES.items()}
    found = ir_measures.iter_calc(list(names), {"q": dict(relevance)}, run)
    return {names[metric.measure]: float(metric.value) for metric in found}


def found_measures(asked: Asked, relevance: Mapping[str, int], passages: Sequence[Passage]) -> dict[str, float]:
    """All that can be said of the passages found for a question; nothing where there is none to find."""
    if not asked.answerable:
        return {}
    return ranking_measures(ranking(passages), relevance) | evidence_measures(asked, passages)


def evidence_measures(asked: Asked, passages: Sequence[Passage]) -> dict[str, float]:
    """The share of the key phrases that stand in the first 5 and 10 passages, and whether all of them do."""
    if not asked.phrases:
        return {}
    measures: dict[str, float] = {}
    for k in (5, DEPTH):
        held = _held(asked.phrases, passages[:k])
        measures[f"evidence@{k}"] = sum(held) / len(held)
        measures[f"all evidence@{k}"] = float(all(held))
    return measures


def evidence_read(asked: Asked, passages: Sequence[Passage]) -> dict[str, float]:
    """Whether the passages an answer is drawn from hold all key phrases; without any, all that has to be said."""
    parts = asked.phrases or asked.accept
    return {"evidence read": float(all(_held(parts, passages)))} if asked.answerable and parts else {}


def _held(parts: Parts, passages: Sequence[Passage]) -> list[bool]:
    texts = [f"{passage.title}\n{passage.heading}\n{passage.text}" for passage in passages]
    return [any(_found(phrase, texts) for phrase in part) for part in parts]


def _found(phrase: str, texts: Sequence[str]) -> bool:
    """Whether the passages hold a phrase: as a whole, or each of its sentences somewhere."""
    if any(holds(text, phrase) for text in texts):
        return True
    sentences = [phrase[start:end] for start, end in sentence_spans(phrase)]
    return len(sentences) > 1 and all(any(holds(text, sentence) for text in texts) for sentence in sentences)
