"""The parts of a question side by side: a row for each, with what was found and where."""

import re
from collections.abc import Sequence

from rag.answer import AnswerPart, AnswerTable, Sentence, TableCell

NOT_FOUND = "not found"
# What a shared wording ends with where the part's own words are taken out of it.
_LOOSE_END = re.compile(r"(?:[’']s|(?: (?:at|in|for|of|on|by|as of|the|its))+)$", re.IGNORECASE)


def table_of(parts: Sequence[AnswerPart], sentences: Sequence[Sentence]) -> AnswerTable | None:
    """The table of a question in parts; None where there is nothing to set side by side."""
    if len(parts) < 2 or not any(part.sentences for part in parts):
        return None
    heading, labels = _taken_apart([part.question for part in parts])
    rows = tuple((TableCell(text=label), _cell(part, sentences)) for label, part in zip(labels, parts, strict=True))
    return AnswerTable(columns=("", heading), rows=rows)


def _cell(part: AnswerPart, sentences: Sequence[Sentence]) -> TableCell:
    if not part.sentences:
        return TableCell(text=NOT_FOUND)
    first = sentences[part.sentences[0]]
    return TableCell(text=part.value or first.text, citations=first.citations)


def _taken_apart(wordings: Sequence[str]) -> tuple[str, list[str]]:
    """What all wordings share, and what each has of its own: `headcount`, `Acme` and `Bolt`."""
    split = [wording.split() for wording in wordings]
    shortest = min(map(len, split))
    before = next((n for n in range(shortest) if len({words[n] for words in split}) > 1), shortest)
    after = next(
        (n for n in range(shortest - before) if len({words[-1 - n] for words in split}) > 1), shortest - before
    )
    while (
        before
        and all(words[before - 1 : before + 1][-1][:1].isupper() for words in split)
        and (split[0][before - 1][:1].isupper())
    ):
        before -= 1  # `Series E` is one name
    own = [" ".join(words[before : len(words) - after]) for words in split]
    shared = [*split[0][:before], *split[0][len(split[0]) - after :]]
    if not shared or not all(own) or max(len(one.split()) for one in own) > len(shared) + 2:
        return "", [wording.strip(" ?") for wording in wordings]
    return _bare(" ".join(shared)), [_bare(one) for one in own]


def _bare(words: str) -> str:
    return _LOOSE_END.sub("", words.replace(" ?", "").strip(" ?:,-–"))
