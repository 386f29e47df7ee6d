"""Articles to chunks: structure first, whole sentences, exact slices.

A section (what stands below one heading) is cut into chunks of about the same length; sections too short to say
something alone are joined. Sentences, items and rows are whole unless one is longer than the model can read.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from rag.documents import Article, Chunk
from rag.sentences import sentence_spans

CountTokens = Callable[[Sequence[str]], list[int]]

LONGEST = 220
TINY = 40
# The model adds its two special tokens to every text.
_SPECIAL = 2
# A heading path longer than this says less than the text it would push out.
_LONGEST_PREFIX = 80

_HEADING = re.compile(r"(#{1,6}) (.+)")
_WHOLE = re.compile(r"\s*(?:[-*•] |\d+[.)] |\|)| {4}")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, an item, a row or a heading: what is not cut. `tokens` is its length alone."""

    start: int
    end: int
    tokens: int
    is_heading: bool = False
    starts_paragraph: bool = False
    leads: bool = False


@dataclass(frozen=True, slots=True)
class _Section:
    path: tuple[str, ...]
    units: tuple[_Unit, ...]

    @property
    def tokens(self) -> int:
        return sum(unit.tokens for unit in self.units)


def chunk(article: Article, count_tokens: CountTokens, max_tokens: int = 256) -> list[Chunk]:
    """The chunks of an article, in order: exact slices that hold every character that is not white space.

    `count_tokens` is the embedding model's (special tokens not counted), `max_tokens` its limit: the title, the heading
    path and the text of a chunk fit it together.
    """
    sections = _sections(article.text, article.language or "en", count_tokens, max_tokens)
    paths = sorted({section.path for section in sections})
    headings = _headings(article.title, paths, count_tokens)
    spans: list[tuple[int, int, str]] = []
    for group in _groups(sections):
        heading, prefix = headings[_shared_path(group, headings)]
        limit = max(1, min(LONGEST, max_tokens - _SPECIAL - prefix))
        units = [
            part
            for section in group
            for unit in section.units
            for part in _fitting(article.text, unit, limit, count_tokens)
        ]
        spans += [(part[0].start, part[-1].end, heading) for part in _packed(units, limit)]
    return [
        Chunk(f"{article.id}-{i}", article.id, i, start, end, article.text[start:end], heading)
        for i, (start, end, heading) in enumerate(spans)
    ]


def _sections(text: str, language: str, count_tokens: CountTokens, max_tokens: int) -> list[_Section]:
    spans = list(_unit_spans(text, language))
    lengths = count_tokens([text[start:end] for start, end, _ in spans])  # one call: the tokenizer is fastest in bulk
    sections: list[_Section] = []
    path: tuple[tuple[int, str], ...] = ()
    units: list[_Unit] = []
    last_end = 0
    for (start, end, is_heading), tokens in zip(spans, lengths, strict=True):
        if is_heading:
            if not all(unit.is_heading for unit in units):  # headings alone go with what stands below them
                sections.append(_Section(tuple(words for _, words in path), tuple(units)))
                units = []
            path = _below(path, text[start:end])
        starts_paragraph = "\n\n" in text[last_end:start]
        leads = is_heading or text[end - 1] == ":"  # speaks of what follows
        units.append(_Unit(start, end, tokens, is_heading, starts_paragraph, leads))
        last_end = end
    if units:
        sections.append(_Section(tuple(words for _, words in path), tuple(units)))
    return sections


def _unit_spans(text: str, language: str) -> Iterator[tuple[int, int, bool]]:
    """Sentences, with those of one item, row or heading taken together."""
    line_end = -1
    whole: tuple[int, int, bool] | None = None
    for start, end in sentence_spans(text, language):
        if whole and start < line_end:
            whole = (whole[0], end, whole[2])
            continue
        if whole:
            yield whole
            whole = None
        line_start = text.rfind("\n", 0, start) + 1
        line_end = text.find("\n", start)
        line_end = len(text) if line_end < 0 else line_end
        is_heading = bool(_HEADING.match(text, line_start))
        if is_heading or _WHOLE.match(text, line_start):
            whole = (start, end, is_heading)
        else:
            yield start, end, False
    if whole:
        yield whole


def _below(path: tuple[tuple[int, str], ...], line: str) -> tuple[tuple[int, str], ...]:
    found = _HEADING.match(line)
    assert found is not None
    level = len(found[1])
    return (*(part for part in path if part[0] < level), (level, found[2].strip().rstrip(":")))


def _groups(sections: Sequence[_Section]) -> Iterator[list[_Section]]:
    """Sections that are chunked together: each alone, unless it or its neighbour is tiny."""
    group: list[_Section] = []
    tokens = 0
    for section in sections:
        has_words = any(not unit.is_heading for part in group for unit in part.units)
        is_tiny = tokens < TINY or section.tokens < TINY
        if group and has_words and not (is_tiny and tokens + section.tokens <= LONGEST):
            yield group
            group, tokens = [], 0
        group.append(section)
        tokens += section.tokens
    if group:
        yield group


def _shared_path(group: Sequence[_Section], known: dict[tuple[str, ...], tuple[str, int]]) -> tuple[str, ...]:
    """The path that all sections with words have in common."""
    paths = [section.path for section in group if any(not unit.is_heading for unit in section.units)]
    columns = zip(*(paths or [section.path for section in group]), strict=False)
    shared = tuple(names[0] for names in takewhile(lambda names: len(set(names)) == 1, columns))
    return shared if shared in known else ()


def _headings(
    title: str, paths: Sequence[tuple[str, ...]], count_tokens: CountTokens
) -> dict[tuple[str, ...], tuple[str, int]]:
    """For every path and each of its beginnings: the heading to carry, and the tokens of it and the title."""
    beginnings = sorted({path[:length] for path in paths for length in range(len(path) + 1)} | {()})
    fulls = [" > ".join(path) for path in beginnings]
    lasts = [path[-1] if path else "" for path in beginnings]
    (title_tokens, *counts) = count_tokens([title, *fulls, *lasts])
    found = {}
    for path, full, last, full_tokens, last_tokens in zip(
        beginnings, fulls, lasts, counts[: len(fulls)], counts[len(fulls) :], strict=True
    ):
        if full_tokens <= _LONGEST_PREFIX:
            found[path] = full, title_tokens + full_tokens
        elif last_tokens <= _LONGEST_PREFIX:
            found[path] = last, title_tokens + last_tokens
        else:
            found[path] = "", title_tokens
    return found


def _packed(units: Sequence[_Unit], limit: int) -> Iterator[list[_Unit]]:
    """Runs of units within the limit, of about the same length, cut between paragraphs where that is near."""
    left = sum(unit.tokens for unit in units)
    goal = _even_share(left, limit)
    part: list[_Unit] = []
    tokens = 0
    for unit in units:
        is_enough = tokens >= goal or (unit.starts_paragraph and tokens >= 0.9 * goal)
        if part and (tokens + unit.tokens > limit or (is_enough and left > limit)):
            kept = len(part) - _leading_end(part)
            yield part[:kept]
            left -= sum(done.tokens for done in part[:kept])
            goal = _even_share(left, limit)
            part = part[kept:]
            tokens = sum(led.tokens for led in part)
            if part and tokens + unit.tokens > limit:
                yield part
                left -= tokens
                part, tokens = [], 0
        part.append(unit)
        tokens += unit.tokens
    if part:
        yield part


def _even_share(tokens: int, limit: int) -> float:
    return tokens / max(1, -(-tokens // limit))


def _leading_end(part: Sequence[_Unit]) -> int:
    """How many units at the end speak of what comes next and go with it; never all of them."""
    count = 0
    while count < len(part) - 1 and part[-1 - count].leads:
        count += 1
    return count


def _fitting(text: str, unit: _Unit, limit: int, count_tokens: CountTokens) -> list[_Unit]:
    """The unit, or, when it is longer than the limit, its pieces: sentences, then words, then parts of words."""
    if unit.tokens <= limit:
        return [unit]
    sentences = [(unit.start + a, unit.start + b) for a, b in sentence_spans(text[unit.start : unit.end])]
    if len(sentences) > 1:
        return [
            part
            for span in _counted(text, sentences, count_tokens)
            for part in _fitting(text, span, limit, count_tokens)
        ]
    words = [(unit.start + m.start(), unit.start + m.end()) for m in re.finditer(r"\S+", text[unit.start : unit.end])]
    pieces = [
        piece
        for word in _counted(text, words, count_tokens)
        for piece in ([word] if word.tokens <= limit else _counted(text, _stretches(text, word, limit), count_tokens))
    ]
    return [_Unit(run[0].start, run[-1].end, sum(piece.tokens for piece in run)) for run in _packed(pieces, limit)]


def _counted(text: str, spans: Sequence[tuple[int, int]], count_tokens: CountTokens) -> list[_Unit]:
    lengths = count_tokens([text[start:end] for start, end in spans])
    return [_Unit(start, end, tokens) for (start, end), tokens in zip(spans, lengths, strict=True)]


def _stretches(text: str, word: _Unit, limit: int) -> list[tuple[int, int]]:
    """A word that is too long (an address, a language without spaces), cut between characters that can be seen."""
    share = max(1, (word.end - word.start) * limit // (2 * word.tokens))
    cuts = [word.start]
    for at in range(word.start + 1, word.end):
        if at - cuts[-1] >= min(share, limit) and not _continues(text, at):
            cuts.append(at)
    return list(zip(cuts, [*cuts[1:], word.end], strict=True))


def _continues(text: str, at: int) -> bool:
    """Whether the character at `at` belongs to the one before it: an accent, a joined emoji."""
    character = text[at]
    return unicodedata.category(character).startswith("M") or "\u200d" in (character, text[at - 1])
