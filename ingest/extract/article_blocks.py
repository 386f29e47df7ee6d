"""Which blocks of a page are the article: those whose words a text extractor found, and what it lost between them.

An extractor's text, as the words of each line, is matched with the page's blocks by the sequences of three words that
they share. The element that holds most of what matches is the article's own; inside it, between the first block and the
last, sentences, items of lists and tables of data that went missing come back, and lines that are known for what they
are go.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from itertools import chain

from lxml import html

from ingest.extract.boilerplate import is_beside_the_story, tells
from ingest.extract.page_blocks import Block

_SHARE = 0.6  # of a block's sequences that must be in the text
_CONTAINER = 0.85  # of the matched words that the article's element holds
_NO_CONTAINERS = frozenset(("p", "li", "td", "pre", "h1", "h2", "h3", "span", "a"))
_SENTENCE = re.compile(r"[.!?…。！？:;][\"'”’»)\]]*(?:\s*\[\d+\])?$")
_SENTENCE_WORDS = 8
_CALL_OUT = 40  # words
_FULL_BODY = 100  # words


Line = tuple[str, ...]


def choose(blocks: Sequence[Block], matched: Sequence[int], lines: Sequence[Line]) -> list[Block]:
    """The blocks of the article, of which an extractor found `lines`, which are those that `matched`, if any."""
    if not matched:
        return []
    container = _container([blocks[i] for i in matched])
    inside = frozenset(container.iter())
    kept = _without_repeats(blocks, matched, inside, lines)
    kept |= set(_lost(blocks, kept, container, inside))
    return _without_pull_quotes([blocks[i] for i in sorted(kept)])


def _without_pull_quotes(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without those that say a part of another paragraph once more, and without who said it."""
    paragraphs = [f" {' '.join(block.words)} " for block in blocks if block.kind in ("text", "item")]
    kept: list[Block] = []
    quoted: html.HtmlElement | None = None
    for block in blocks:
        words = f" {' '.join(block.words)} "
        is_repeated = (
            block.kind == "text"
            and _SENTENCE_WORDS <= len(block.words) <= _CALL_OUT
            and any(words in paragraph and words != paragraph for paragraph in paragraphs)
        )
        is_speaker = (
            quoted is not None
            and block.element.getparent() is quoted
            and len(block.words) < _SENTENCE_WORDS
            and len(quoted) == 2
        )
        quoted = block.element.getparent() if is_repeated else None
        if not is_repeated and not is_speaker:
            kept.append(block)
    return kept


def leaves_out(blocks: Sequence[Block], matched: Sequence[int]) -> bool:
    """Whether an extractor left out a paragraph that tells something, or a heading between those it found."""
    if not matched:
        return True
    found, inner = set(matched), range(matched[0], matched[-1])
    return any(
        i not in found
        and not block.beside
        and (tells(block) or (block.kind == "heading" and block.links < 0.5 and i in inner))
        for i, block in enumerate(blocks)
    )


def are_stated(lines: Sequence[Line], body: Sequence[Line]) -> bool:
    """Whether the article as the page's linked data gives it (its `body`) can be relied on.

    It must be a full text: at least as long as what the extractor found, and of the same words for the most part; or
    much longer, where the page itself shows but a part.
    """
    length, count = sum(map(len, body)), sum(map(len, lines))
    if length < _FULL_BODY:
        return False
    shared = (Counter(chain.from_iterable(body)) & Counter(chain.from_iterable(lines))).total()
    is_same = shared > 0.8 * length and shared > 0.7 * count
    return is_same or (length > 2 * count and shared > 0.5 * count)


def within(chosen: Sequence[Block], body: Sequence[Line]) -> Sequence[Block]:
    """The chosen blocks without the short paragraphs that are not in the stated body: call-outs, notes, captions.

    A long one is more likely what the data leaves out: a summary, a later addition.
    """
    sequences = set(_triples(list(chain.from_iterable(body))))

    def is_stated(block: Block) -> bool:
        triples = list(_triples(block.words))
        return sum(triple in sequences for triple in triples) >= 0.5 * len(triples)

    return [block for block in chosen if block.kind != "text" or len(block.words) > _CALL_OUT or is_stated(block)]


def coverage(chosen: Sequence[Block], lines: Sequence[Line]) -> float:
    """The share of the extractor's words that the chosen blocks hold."""
    there = Counter(block.words for block in chosen)
    shared = 0
    missing: list[Line] = []
    for line in lines:  # most are blocks: only the words of the others have to be compared
        if there.get(line):
            there[line] -= 1
            shared += len(line)
        else:
            missing.append(line)
    if missing:
        shared += (Counter(chain.from_iterable(there.elements())) & Counter(chain.from_iterable(missing))).total()
    return shared / max(1, sum(map(len, lines)))


def match(blocks: Sequence[Block], lines: Sequence[Line]) -> list[int]:
    """The numbers of the blocks whose words are in the lines, in order."""
    exact = set(lines)
    known: set[str] = set().union(*lines)
    sequences: set[Line] = set()  # made when a block is met that is not one of the lines, but may be made of them
    tables: dict[html.HtmlElement, list[Block]] = {}
    for block in blocks:
        if block.table is not None:
            tables.setdefault(block.table, []).append(block)
    whole = {table for table, cells in tables.items() if sum(cell.words in exact for cell in cells) * 2 > len(cells)}
    matched = []
    for i, block in enumerate(blocks):
        if block.table is not None:
            is_matched = block.table in whole
        elif len(block.words) < 5:  # too short to be told by its parts
            is_matched = block.words in exact
        elif block.words in exact:
            is_matched = True
        else:
            triples = list(_triples(block.words))
            is_matched = sum(map(known.issuperset, triples)) >= _SHARE * len(triples)
            if is_matched:
                sequences = sequences or {triple for words in lines for triple in _triples(words)}
                is_matched = sum(map(sequences.__contains__, triples)) >= _SHARE * len(triples)
        if is_matched:
            matched.append(i)
    return matched


def _triples(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(words, words[1:], words[2:], strict=False)


def _container(matched: Sequence[Block]) -> html.HtmlElement:
    """The innermost element that holds most of the words that were matched."""
    weights: Counter[html.HtmlElement] = Counter()
    parents: Counter[html.HtmlElement] = Counter()  # most blocks have theirs in common: its ancestors are met once
    total = 0
    for block in {block.words: block for block in reversed(matched)}.values():
        total += len(block.words)
        weights[block.element] += len(block.words)
        parents[block.element.getparent()] += len(block.words)
    for parent, words in parents.items():
        for element in (parent, *parent.iterancestors()) if parent is not None else ():
            weights[element] += words
    element = matched[0].element.getroottree().getroot()
    while True:
        inner = next((c for c in element if weights[c] >= _CONTAINER * total and c.tag not in _NO_CONTAINERS), None)
        if inner is None:
            return element
        element = inner


def _without_repeats(
    blocks: Sequence[Block], matched: Sequence[int], inside: Set[html.HtmlElement], lines: Sequence[Line]
) -> set[int]:
    """Of blocks that say the same, the one in the article's element; the same twice only where it stands in a row.

    `inside` are the elements in that one.
    """
    exact = set(lines)
    whole = ""  # made when a block is met that is not one of the lines
    in_article = {i for i in matched if blocks[i].element in inside}
    kept: set[int] = set()
    said: dict[tuple[str, ...], int] = {}
    for i in sorted(matched, key=lambda i: (i not in in_article, bool(blocks[i].beside), i)):
        block = blocks[i]
        if block.words not in exact and block.kind == "text":
            whole = whole or "\n".join(" ".join(blocks[i].words) for i in matched)
            if whole.count(" ".join(block.words)) > 1:
                continue  # a line of the story, set large beside it
        before = said.get(block.words)
        if before is None or block.table is not None or len(block.words) < 4:
            keep = i in in_article or (
                len(block.words) >= _SENTENCE_WORDS and not block.beside and block.links < 0.5 and block.words in exact
            )
        else:
            keep = i in in_article and block.element.getprevious() is blocks[before].element
        if keep:
            kept.add(i)
            said[block.words] = i
    # Headings and short lines outside the element, where the story is in several of them.
    between = range(min(kept), max(kept)) if kept else range(0)
    return kept | {i for i in matched if i in between and blocks[i].words not in said and not blocks[i].beside}


def _tables_of_links(blocks: Sequence[Block]) -> set[html.HtmlElement]:
    letters: Counter[html.HtmlElement] = Counter()
    linked: Counter[html.HtmlElement] = Counter()
    for block in blocks:
        if block.table is not None:
            letters[block.table] += len(block.text)
            linked[block.table] += round(block.links * len(block.text))
    return {table for table in letters if linked[table] > 0.5 * letters[table]}


def _lost(
    blocks: Sequence[Block], kept: set[int], container: html.HtmlElement, inside: Set[html.HtmlElement]
) -> Iterator[int]:
    """What stands between kept blocks, is written as they are, and was not found."""
    parents = {blocks[i].element.getparent() for i in kept}
    lists = {item.getparent() for i in kept if (item := blocks[i].item) is not None}
    said = {blocks[i].words for i in kept}
    linked = _tables_of_links(blocks)
    for i in range(min(kept), max(kept)):
        block = blocks[i]
        if i in kept or block.beside or block.element not in inside:
            continue
        if block.words in said and block.kind not in ("cell", "code"):
            continue
        if block.kind == "cell" and block.table is not None:
            is_lost = block.table not in linked
        elif block.item is not None and block.kind == "item":
            is_lost = block.links < 0.8 and (
                block.item.getparent() in lists or any(e.getparent() in lists for e in block.item.iterancestors("li"))
            )
        elif block.kind == "code":
            is_lost = True
        elif block.kind == "heading":
            below = blocks[i + 1]
            is_lost = i + 1 in kept and block.links < 0.5 and below.element.getparent() is block.element.getparent()
        else:
            is_lost = (
                block.kind == "text"
                and block.links < 0.5
                and len(block.words) >= _SENTENCE_WORDS
                and bool(_SENTENCE.search(block.text))
                and block.element.getparent() in parents
            )
        if is_lost and not is_beside_the_story(block.element, container):
            said.add(block.words)
            yield i
