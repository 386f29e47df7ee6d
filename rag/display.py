"""An answer for a person's eyes: as plain text, and as HTML in a notebook."""

from html import escape
from typing import TYPE_CHECKING

from rag.dates import DATE_SOURCES, precision, written_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rag.answer import Answer, AnswerTable, Citation, Conflict, StatedValue, TableCell
    from rag.documents import AlsoIn, Article

_STYLE = (
    "font-family:system-ui,sans-serif;max-width:46em;line-height:1.5;"
    "border-left:3px solid currentColor;padding:.2em 1em"
)
_SAFE = ("https://", "http://")


def to_text(answer: "Answer") -> str:
    """The answer, its quotes and its sources as plain text."""
    lines = [answer.text if answer.status == "answered" else f"Not found. {answer.text}"]
    if answer.table:
        lines = [*_table_lines(answer.table), "", *lines]
    elif answer.value:
        lines = [answer.value, "", *lines]
    if answer.citations:
        lines.append("")
    for citation in answer.citations:
        lines.append(f"[{citation.number}] “{_one_line(citation.quote)}”")
        lines.append(f"    {source_line(citation)} ({citation.article_id}, {citation.start}-{citation.end})")
        if citation.also_in:
            lines.append(f"    also in: {'; '.join(map(place_line, citation.also_in))}")
    lines += [conflict_line(conflict) for conflict in answer.conflicts]
    if answer.history:
        lines.append(history_line(answer.history))
    lines += [f"! {warning}" for warning in answer.warnings]
    return "\n".join(lines)


def to_html(answer: "Answer") -> str:
    """The same as HTML; everything in it is escaped, and only http addresses become links."""
    parts = [f'<div style="{_STYLE}">', f"<p><small>{escape(answer.question)}</small></p>"]
    if answer.table:
        parts.append(_table(answer.table))
    elif answer.value:
        parts.append(f"<p><strong>{escape(answer.value)}</strong></p>")
    if answer.status == "answered":
        parts.append(f"<p>{escape(answer.text)}</p>")
    else:
        parts.append(f"<p><strong>Not found.</strong> {escape(answer.text)}</p>")
    if answer.citations:
        items = "".join(f'<li value="{c.number}">{_citation(c)}</li>' for c in answer.citations)
        parts.append(f'<ol style="padding-left:1.5em">{items}</ol>')
    parts += [f"<p><small>{escape(conflict_line(conflict))}</small></p>" for conflict in answer.conflicts]
    if answer.history:
        parts.append(f"<p><small>{escape(history_line(answer.history))}</small></p>")
    parts += [f"<p><em>{escape(warning)}</em></p>" for warning in answer.warnings]
    return "".join([*parts, "</div>"])


def _table_lines(table: "AnswerTable") -> list[str]:
    """A line for each row, its cells set apart, each with its citations."""
    rows = [tuple(map(_cell, row)) for row in table.rows]
    widest = max(len(row[0]) for row in rows)
    heading = [" " * widest + "  " + "  ".join(table.columns[1:])] if any(table.columns) else []
    return [*heading, *("  ".join((row[0].ljust(widest), *row[1:])) for row in rows)]


def _table(table: "AnswerTable") -> str:
    heading = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td style='text-align:left'>{escape(_cell(cell))}</td>" for cell in row) + "</tr>"
        for row in table.rows
    )
    return f"<table><thead><tr>{heading}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(cell: "TableCell") -> str:
    return _one_line(" ".join(part for part in (cell.text, "".join(f"[{n}]" for n in cell.citations)) if part))


def to_lines(article: "Article") -> str:
    """What is known of an article besides its text, a line for each; what is not known is left out."""
    lines = [article.title, article.author, article.site, _published_line(article)]
    lines += [f"updated {written_out(article.updated)}" if article.updated else None, article.url]
    lines += [f"also at {address}" for address in article.addresses if address != article.url]
    lines += [f"a copy of {article.origin_id}" if article.origin_id not in ("", article.id) else None]
    named = {"companies": article.companies, "people": article.people, "models": article.models}
    named |= {"products": article.products, "flags": article.flags}
    lines += [f"{kind}: {', '.join(of)}" for kind, of in named.items() if of]
    lines += [f"note: {note}" for note in article.notes]
    return "\n".join(_one_line(line) for line in lines if line)


def _published_line(article: "Article") -> str:
    if not article.published:
        return "no date"
    known = f"known to the {precision(article.published)}"
    source = f", from {DATE_SOURCES[article.date_source]}" if article.date_source else ""
    return f"published {written_out(article.published)} ({known}{source})"


def place_line(place: "AlsoIn") -> str:
    """Another place with the same words: where and when, and what it is called there."""
    date = written_out(place.published) if place.published else "no date"
    return _one_line(", ".join(part for part in (place.title, place.site, date) if part))


def conflict_line(conflict: "Conflict") -> str:
    """What sources say differently, each with its source and day, and which one is preferred."""
    values = "; ".join(f"{v.value} [{v.citation.number}] ({_place_of(v)})" for v in conflict.values)
    preferred = conflict.values[conflict.preferred].value
    return _one_line(
        f"Sources disagree on the {conflict.about}: {values}. Given here: {preferred}, because {conflict.why}."
    )


def history_line(history: "Sequence[StatedValue]") -> str:
    """Earlier values, each with its day and source."""
    return _one_line(f"Earlier: {'; '.join(f'{v.value} ({_place_of(v)})' for v in history)}")


def _place_of(value: "StatedValue") -> str:
    day = f"for {written_out(value.date)}, " if value.date else ""
    published = written_out(value.published) if value.published else "no date"
    source = value.citation.site or value.citation.title
    return f"{day}{source}, {published}"


def source_line(citation: "Citation") -> str:
    """Who said it and when: title, site, author, date."""
    date = written_out(citation.published) if citation.published else "no date"
    return ", ".join(part for part in (citation.title, citation.site, citation.author, date) if part)


def _citation(citation: "Citation") -> str:
    source = _link(source_line(citation), citation.url)
    places = "; ".join(_link(place_line(place), place.url) for place in citation.also_in)
    also = f"<br>also in: {places}" if places else ""
    return f"<q>{escape(_one_line(citation.quote))}</q><br><small>{source}{also}</small>"


def _link(words: str, url: str | None) -> str:
    if url and url.startswith(_SAFE):
        return f'<a href="{escape(url)}" rel="noopener noreferrer">{escape(words)}</a>'
    return escape(words)


def _one_line(text: str) -> str:
    return " ".join(text.split())
