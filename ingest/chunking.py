"""Articles to chunks: structure first, whole sentences, exact slices.

A section (what stands below one heading) is cut into chunks of about the same length; sections too short to say
something alone are joined. Sentences, items, rows, code and quotes are whole unless one is longer than the model can
read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from ingest.packing import CountTokens, Cutter, Unit, packed
from ingest.structure import HEADING, Stretch, stretches
from rag.documents import Article, Chunk
from rag.injection import addressed_spans, without

# In tokens. The vectors found a little more in chunks of the short end (see benchmarks/RESULTS.md, Chunking).
SHORTEST, LONGEST = 120, 220
TINY = 40
# The model adds its two special tokens to every text.
_SPECIAL = 2
# A heading path, or the header of a table, that is longer than this says less than the text it would push out.
_LONGEST_PREFIX = 80
# What the model counts for a paragraph break: nothing, or a token or two that no sentence has by itself.
_WORD, _TWO_WORDS = "a", "a\n\na"


@dataclass(frozen=True, slots=True)
class _Section:
    path: tuple[str, ...]
    units: tuple[Unit, ...]

    @property
    def tokens(self) -> int:
        return sum(unit.tokens for unit in self.units)


def chunk(
    article: Article,
    count_tokens: CountTokens,
    max_tokens: int = 256,
    *,
    shortest: int = SHORTEST,
    longest: int = LONGEST,
) -> list[Chunk]:
    """The chunks of an article, in order: exact slices that hold every character that is not white space.

    Sentences that speak to a language model are cut around as if they were not there: they stand inside a chunk or in
    none, and change no other.
    `count_tokens` is the embedding model's (special tokens not counted), `max_tokens` its limit: the title, the heading
    path, the header of a table and the text of a chunk fit it together; the last two have at most `longest` tokens,
    and about `shortest` where a section has as many. Only a single grapheme cluster may be longer: it is never cut.
    """
    language = article.language or "en"
    sections, joint = _sections(article.text, _unaddressed(article.text, language), count_tokens)
    paths = sorted({section.path for section in sections})
    headings = _headings(article.title, paths, count_tokens)
    cutter = Cutter(article.text, language, count_tokens, joint)
    spans: list[tuple[int, int, str, str]] = []
    for group in _groups(sections, longest):
        heading, prefix = headings[_shared_path(group, headings)]
        limit = max(1, min(longest, max_tokens - _SPECIAL - prefix - 2 * joint))
        units = [part for section in group for unit in section.units for part in cutter.fitting(unit, limit)]
        spans += [
            (part[0].start, part[-1].end, heading, part[0].header if part[0].carried(limit) else "")
            for part in packed(units, shortest, limit)
        ]
    return [
        Chunk(f"{article.id}-{i}", article.id, i, start, end, article.text[start:end], heading, header)
        for i, (start, end, heading, header) in enumerate(spans)
    ]


def _unaddressed(text: str, language: str) -> list[Stretch]:
    """The stretches without those that only speak to a language model; all, where there are no others."""
    parts = stretches(text, language)
    spans = addressed_spans(text)
    return [part for part in parts if not _is_within(text, part, spans)] or parts if spans else parts


def _is_within(text: str, part: Stretch, spans: Sequence[tuple[int, int]]) -> bool:
    its = [(max(a, part.start), min(b, part.end)) for a, b in spans if a < part.end and part.start < b]
    return bool(its) and not without(text[: part.end], its)[part.start :].strip()


def _sections(text: str, parts: Sequence[Stretch], count_tokens: CountTokens) -> tuple[list[_Section], int]:
    """The sections, and what the model counts for the space between two units."""
    texts = [text[part.start : part.end] for part in parts]
    (one, two, *lengths) = count_tokens([_WORD, _TWO_WORDS, *texts])  # one call: the tokenizer is fastest in bulk
    joint = max(0, two - 2 * one)
    sections: list[_Section] = []
    path: tuple[tuple[int, str], ...] = ()
    units: list[Unit] = []
    for unit in _units(text, parts, [tokens + joint for tokens in lengths]):
        if unit.is_heading:
            if not all(unit.is_heading for unit in units):  # headings alone go with what stands below them
                sections.append(_Section(tuple(words for _, words in path), tuple(units)))
                units = []
            path = _below(path, text[unit.start : unit.end])
        units.append(unit)
    if units:
        sections.append(_Section(tuple(words for _, words in path), tuple(units)))
    return sections, joint


def _units(text: str, parts: Sequence[Stretch], lengths: Sequence[int]) -> Iterator[Unit]:
    starting = dict(zip((part.start for part in parts), lengths, strict=True))
    last_end = 0
    for part, tokens in zip(parts, lengths, strict=True):
        start, end = part.header or (0, 0)
        header_tokens = starting.get(start, 0) if part.header else 0
        is_carried = 0 < header_tokens <= _LONGEST_PREFIX
        yield Unit(
            part.start,
            part.end,
            tokens,
            is_heading=part.kind == "heading",
            starts_paragraph="\n\n" in text[last_end : part.start],
            leads=part.leads,
            has_lines=part.kind in ("code", "quote"),
            header=text[start:end] if is_carried else "",
            header_tokens=header_tokens if is_carried else 0,
        )
        last_end = part.end


def _below(path: tuple[tuple[int, str], ...], line: str) -> tuple[tuple[int, str], ...]:
    found = HEADING.match(line)
    assert found is not None
    level = len(found[1])
    return (*(part for part in path if part[0] < level), (level, found[2].strip().rstrip(":")))


def _groups(sections: Sequence[_Section], longest: int) -> Iterator[list[_Section]]:
    """Sections that are chunked together: each alone, unless it or its neighbour is tiny."""
    group: list[_Section] = []
    tokens = 0
    for section in sections:
        has_words = any(not unit.is_heading for part in group for unit in part.units)
        is_tiny = tokens < TINY or section.tokens < TINY
        if group and has_words and not (is_tiny and tokens + section.tokens <= longest):
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
