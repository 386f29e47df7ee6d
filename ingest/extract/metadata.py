"""Title, author and date of an article that come with no metadata: read from its first lines."""

import re
from dataclasses import replace
from pathlib import PurePosixPath

from ingest.extract.dates import date_match
from ingest.extract.extracted import Extracted
from ingest.extract.front_matter import Stated

MAX_TITLE = 200
# A byline stands right below the title; further down a date is part of the story.
_BYLINE_BLOCKS = 3
_NAME = r"[^\W\d_][\w.’'-]*(?:\s+(?:[a-z]{1,3}\s+){0,2}[^\W\d_a-zß-ÿ][\w.’'-]*){1,3}"
_NAMES = rf"{_NAME}(?:\s*(?:,|and|&)\s*{_NAME}){{0,3}}"
_BY = re.compile(rf"(?i:(?:written\s+)?(?:by|von|par|por|di|door|af|av):?)\s+(?P<author>{_NAMES})")
_BARE_NAME = re.compile(rf"(?P<author>{_NAMES})")
_FILLER = re.compile(
    r"\b(published|posted|updated|written|last|on|by|min(ute)?s?|read|newsletter|guest post"
    r"|publié|mis à jour|veröffentlicht|aktualisiert|publicado|pubblicato|von|par|por|di|door|af|av|am|le|el|il|vom|uhr"
    r"|(mon|tues|wednes|thurs|fri|satur|sun)day|(mon|diens|donners|frei|sams|sonn)tag|mittwoch"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b|\d+\s*(?=min)|[\W_]",
    re.IGNORECASE,
)


def with_stated(stated: Stated, text: str, name: str, notes: tuple[str, ...]) -> Extracted:
    """The article: what its front matter states, and what its first lines say where that is silent."""
    title, body = _title(text, name, known=stated.title)
    author, published, body = _byline(body)
    found = Extracted(
        text=body,
        title=title,
        author=stated.author or author,
        site=stated.site,
        url=stated.url,
        published=stated.published or published,
        updated=stated.updated,
        date_source="front matter" if stated.published else "text" if published else None,
        companies=stated.companies,
        notes=notes,
    )
    if not body.strip():  # a heading and nothing below it: then that is the text
        return replace(found, text=text)
    return found


def _title(text: str, name: str, known: str | None) -> tuple[str, str]:
    """The title, and the text without the heading that says it: the title is kept in a place of its own."""
    first, _, rest = text.lstrip("\n").partition("\n\n")
    heading = re.fullmatch(r"#{1,6} (.+)", first)
    if known:
        repeats = heading is not None and heading[1].casefold() == known.casefold()
        return shortened(known), rest if repeats else text
    if heading:
        return shortened(heading[1]), rest
    later = re.search(r"^#{1,2} (.+)", text[:2000], re.MULTILINE)
    if later:
        return shortened(later[1]), text
    line = first.partition("\n")[0].strip().lstrip("-| ")
    if not line:
        return PurePosixPath(name).stem, text
    if len(line) <= MAX_TITLE and "\n" not in first and not line.endswith((".", ",", ";")):
        return line, rest or text
    return shortened(line), text


def shortened(title: str) -> str:
    """The title in one line of at most 200 characters."""
    title = " ".join(title.split())
    return title if len(title) <= MAX_TITLE else title[: MAX_TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _byline(text: str) -> tuple[str | None, str | None, str]:
    """Author and date from the blocks below the title, and the text without the blocks that say nothing else."""
    blocks = text.split("\n\n")
    author = published = None
    kept: list[str] = []
    for i, block in enumerate(blocks[:_BYLINE_BLOCKS]):
        found_author, found_date, is_byline = read_byline(block)
        if not is_byline:
            kept = [*kept, *blocks[i:]]
            break
        author, published = author or found_author, published or found_date
    else:
        kept = [*kept, *blocks[_BYLINE_BLOCKS:]]
    return author, published, "\n\n".join(kept)


def read_byline(block: str) -> tuple[str | None, str | None, bool]:
    """Author, date, and whether the block says nothing else."""
    if len(block) > 160 or block.startswith(("#", "- ", "|")):
        return None, None, False
    found = date_match(block)
    changed = re.search(r"\bupdated\b", block, re.IGNORECASE)
    if found and changed and found[1][0] < changed.start():  # `Published 1 May 2024, updated 3 May 2024`
        later = date_match(block[changed.end() :])
        end = changed.end() + later[1][1] if later else changed.end()
        block, changed = f"{block[: changed.start()]}|{block[end:]}", None
    rest = block
    if found:
        rest = f"{block[: found[1][0]]} | {block[found[1][1] :]}"
    if changed:
        found = None  # when it was changed is not when it was published
    by = _BY.search(rest)
    name = by or (_BARE_NAME.match(rest.strip(" |")) if found else None)
    left = rest.replace(name["author"], "") if name else rest
    is_byline = bool(name or found) and not _FILLER.sub("", left)
    return (
        (name["author"].strip() if name and is_byline else None),
        (found[0] if found and is_byline else None),
        is_byline,
    )
