"""Markdown to plain, readable Markdown: the structure stays, links, images, emphasis and HTML go, their words stay."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.extract.extracted import Extracted
from ingest.extract.front_matter import split_front_matter
from ingest.extract.inline import BOUNDARY, join
from ingest.extract.metadata import with_stated

# Text that was indented by four spaces is a habit of writers far more often than code.
_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("code")
_TAG = re.compile(r"<[^>]*>")
_SILENT = re.compile(r"<(script|style|svg|iframe)\b.*?(</\1>|\Z)|<!--.*?(-->|\Z)", re.IGNORECASE | re.DOTALL)
_CELL_BREAK = re.compile(r"</t[dh]>\s*<t[dh][^>]*>", re.IGNORECASE)
_LINE_BREAK = re.compile(r"</?(p|div|tr|li|h[1-6]|br|table|ul|ol|blockquote|section|article)\b[^>]*>", re.IGNORECASE)
# `a**🔒**b` is no emphasis by CommonMark's rules (a sign stands inside, a letter outside), yet it was meant so.
_STARRED_SIGN = re.compile(r"(?<!\*)\*\*([^\w\s*\\\[\]`<>]+)\*\*(?!\*)")
_QUOTE = re.compile(r"^(?:> )+", re.MULTILINE)
# Sub- and superscripts belong to the word they hang on: H<sub>2</sub>O.
_TIGHT_TAG = re.compile(r"</?(sub|sup|wbr|a|span|font)\b", re.IGNORECASE)


def extract_markdown(text: str, name: str) -> Extracted:
    """The article in a Markdown file: its front matter if it has one, else what its first lines state."""
    stated, body, notes = split_front_matter(text)
    return with_stated(stated, to_plain(body), name, notes)


def to_plain(markdown: str) -> str:
    """The blocks of the text as plain Markdown, with a blank line between them and none inside a list or a table."""
    blocks = _Blocks(_PARSER.parse(_STARRED_SIGN.sub(rf"{BOUNDARY}\1{BOUNDARY}", markdown)))
    return "\n\n".join(block for block in blocks.read() if block)


class _Blocks:
    """Walks markdown-it's flat list of tokens: every block token opens, holds others, and closes."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def read(self, closing: str = "") -> Iterator[str]:
        """The blocks up to the token of type `closing`."""
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token.type == closing:
                return
            yield from self._block(token)

    def _block(self, token: Token) -> Iterator[str]:
        match token.type:
            case "heading_open":
                words = " ".join(self.read("heading_close"))
                yield f"{token.markup if token.markup[0] == '#' else '#' * int(token.tag[1])} {words}" if words else ""
            case "bullet_list_open" | "ordered_list_open":
                yield "\n".join(self._items(token))
            case "table_open":
                yield "\n".join(self._rows())
            case "fence" | "code_block":
                # Indented, so that a line of code is never taken for a heading or a list.
                yield "\n".join(f"    {line}" for line in token.content.splitlines() if line.strip())
            case "blockquote_open":
                blocks = [block for block in self.read("blockquote_close") if block]
                yield "\n".join(f"> {line}" for block in blocks for line in block.splitlines())
            case "html_block":
                yield _html_words(token.content)
            case "inline":
                yield join(_words(token.children or []))

    def _items(self, opening: Token) -> Iterator[str]:
        ordered = opening.type == "ordered_list_open"
        number = int(opening.attrGet("start") or 1) if ordered else 0
        while self._tokens[self._at].type == "list_item_open":
            self._at += 1
            blocks = [_QUOTE.sub("", block) for block in self.read("list_item_close") if block]
            # An item's paragraphs make one line, the lists below it keep theirs, indented.
            below = [block for block in blocks if re.match(r"- |\d+\. |\|", block)]
            line = " ".join(block.replace("\n", " ") for block in blocks if block not in below)
            if line or below:
                yield f"{f'{number}.' if ordered else '-'} {line}".rstrip()
            for block in below:
                yield "\n".join(f"  {row}" for row in block.splitlines())
            number += 1
        self._at += 1

    def _rows(self) -> Iterator[str]:
        cells: list[str] = []
        while (token := self._tokens[self._at]).type != "table_close":
            self._at += 1
            if token.type == "inline":
                cells.append(join(_words(token.children or [])).replace("|", "/"))
            elif token.type in ("th_close", "td_close") and self._tokens[self._at - 2].type != "inline":
                cells.append("")
            elif token.type == "tr_close":
                if any(cells):
                    yield f"| {' | '.join(cells)} |"
                cells = []
        self._at += 1


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        match token.type:
            case "text" | "text_special":
                yield token.content
            case "code_inline":
                yield f"{BOUNDARY}{token.content}{BOUNDARY}"
            case "softbreak" | "hardbreak":
                yield " "
            case "html_inline":
                yield _tag_gap(token.content)
            case "image":
                yield BOUNDARY
            case _:  # emphasis and links open and close
                yield BOUNDARY


def _tag_gap(tag: str) -> str:
    if tag.lower().startswith("<br"):
        return " "
    return "" if _TIGHT_TAG.match(tag) else BOUNDARY


def _html_words(html: str) -> str:
    """The words of raw HTML between paragraphs; a row of a table stays a row."""
    text = _CELL_BREAK.sub(" | ", _SILENT.sub("", html))
    lines = (join([_TAG.sub(BOUNDARY, line)]) for line in _LINE_BREAK.sub("\n", text).splitlines())
    return "\n".join(line for line in lines if line)
