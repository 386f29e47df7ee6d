"""Plain text: paragraphs, or Markdown that nobody called so."""

import re
from statistics import median

from ingest.extract.extracted import Extracted
from ingest.extract.front_matter import Stated
from ingest.extract.markdown import extract_markdown
from ingest.extract.metadata import with_stated

_MARKS = re.compile(r"^#{1,6} \S|\]\(https?:|\*\*\S.*?\S\*\*|^\|.*\|$|\A\s*---\n", re.MULTILINE)
_LIST = re.compile(r"^\s{0,3}(?:[-*•] |\d+[.)] )\S", re.MULTILINE)
_WRAPPED_WIDTH = 100


def extract_text(text: str, name: str) -> Extracted:
    """The article in a text file. Lists are reason enough to read it as Markdown: nothing is lost by it."""
    if _MARKS.search(text) or len(_LIST.findall(text)) >= 2:
        return extract_markdown(text, name)
    return with_stated(Stated(), "\n\n".join(_paragraphs(text)), name, ())


def _paragraphs(text: str) -> list[str]:
    lines = [line.strip() for line in text.strip().splitlines()]
    filled = [line for line in lines if line]
    # Without a blank line, long lines are paragraphs; short ones were wrapped.
    if all(lines) and filled and median(map(len, filled)) > _WRAPPED_WIDTH:
        return [" ".join(line.split()) for line in filled]
    blocks = re.split(r"\n\s*\n", text.strip())
    return [" ".join(block.split()) for block in blocks if block.strip()]
