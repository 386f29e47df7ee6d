"""What extraction finds in the bytes of one article."""

from dataclasses import dataclass

from rag.dates import DateSource


@dataclass(frozen=True, slots=True)
class Extracted:
    """Text and metadata as they stand in the source; what is not stated there is None.

    `text` is plain, readable Markdown: paragraphs, `## headings`, `- items` and `| rows |`, with blank lines between
    blocks. `flags` say what is known to be wrong with it, `notes` what was dropped or could not be understood.
    `boilerplate_share` is the part of a page's words that are not the article's.
    """

    text: str
    title: str
    author: str | None = None
    site: str | None = None
    url: str | None = None
    published: str | None = None
    updated: str | None = None
    date_source: DateSource | None = None
    language: str | None = None
    companies: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    boilerplate_share: float | None = None
