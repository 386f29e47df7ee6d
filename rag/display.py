"""An answer for a person's eyes: as plain text, and as HTML in a notebook."""

from html import escape
from typing import TYPE_CHECKING

from rag.dates import written_out

if TYPE_CHECKING:
    from rag.documents import Answer, Citation

_STYLE = (
    "font-family:system-ui,sans-serif;max-width:46em;line-height:1.5;"
    "border-left:3px solid currentColor;padding:.2em 1em"
)
_SAFE = ("https://", "http://")


def to_text(answer: "Answer") -> str:
    """The answer, its quotes and its sources as plain text."""
    lines = [answer.text if answer.status == "answered" else f"Not found. {answer.text}"]
    if answer.citations:
        lines.append("")
    for citation in answer.citations:
        lines.append(f"[{citation.number}] “{_one_line(citation.quote)}”")
        lines.append(f"    {source_line(citation)} ({citation.article_id}, {citation.start}-{citation.end})")
    lines += [f"! {warning}" for warning in answer.warnings]
    return "\n".join(lines)


def to_html(answer: "Answer") -> str:
    """The same as HTML; everything in it is escaped, and only http addresses become links."""
    parts = [f'<div style="{_STYLE}">', f"<p><small>{escape(answer.question)}</small></p>"]
    if answer.status == "answered":
        parts.append(f"<p>{escape(answer.text)}</p>")
    else:
        parts.append(f"<p><strong>Not found.</strong> {escape(answer.text)}</p>")
    if answer.citations:
        items = "".join(f'<li value="{c.number}">{_citation(c)}</li>' for c in answer.citations)
        parts.append(f'<ol style="padding-left:1.5em">{items}</ol>')
    parts += [f"<p><em>{escape(warning)}</em></p>" for warning in answer.warnings]
    return "".join([*parts, "</div>"])


def source_line(citation: "Citation") -> str:
    """Who said it and when: title, site, author, date."""
    date = written_out(citation.published) if citation.published else "no date"
    return ", ".join(part for part in (citation.title, citation.site, citation.author, date) if part)


def _citation(citation: "Citation") -> str:
    source = escape(source_line(citation))
    if citation.url and citation.url.startswith(_SAFE):
        source = f'<a href="{escape(citation.url)}" rel="noopener noreferrer">{source}</a>'
    return f"<q>{escape(_one_line(citation.quote))}</q><br><small>{source}</small>"


def _one_line(text: str) -> str:
    return " ".join(text.split())
