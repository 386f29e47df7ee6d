"""Clean text: what no reader of the article wants goes, and what is missing from it is said.

Works on paragraphs (text between blank lines). Only whole paragraphs are judged, and only short ones: a sentence about
newsletters in the middle of a story is part of the story.
"""

import re
import unicodedata
from dataclasses import replace

from courlan import clean_url

from ingest.extract.extracted import Extracted
from ingest.extract.letter_frame import is_letter, without_frame
from ingest.extract.walls import MARKS, is_button, says_wall
from rag.addresses import without_credentials

# Zero-width characters and soft hyphens, bidirectional controls, byte order marks, tags, Unicode's own non-characters.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufdd0-\ufdef\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# Joiners are invisible too, but they hold emoji and the words of some scripts together.
_JOINER = re.compile("(?<=[\x00-\u024f])[\u200c\u200d]|[\u200c\u200d](?=[\x00-\u024f]|\\Z)|\\A[\u200c\u200d]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SPACE = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2028\u2029]")
_SPACES = re.compile(r"(?<=\S) {2,}")
_ADDRESS = re.compile(r"\(?\bhttps?://([\w.-]+)[^\s<>\"”)\]]*\)?")

_TEASER = re.compile(
    MARKS
    + r"(?:continue reading(?! the main story)|read more|read the (?:rest|full (?:article|story|post))|keep reading)\b"
    r".{0,60}$",
    re.IGNORECASE,
)
_CUT = re.compile(r"\s*(?:\[(?:…|\.\.\.)\]|\[\+\d+ chars\])$")
_CALL_OUT = re.compile(
    MARKS + r"(?:"
    r"(?:subscribe|sign up)\b.{0,20}\b(?:to|for)\b.{0,60}\b(?:newsletter|updates|e-?mails?|inbox|mailing list|free)\b"
    r"|get (?:the|our|my)\b.{0,60}\b(?:newsletter|in your inbox|delivered to your inbox)\b"
    r"|(?:share|tweet|forward) (?:this|on)\b(?: (?:post|article|story|newsletter|issue))?.{0,30}$"
    r"|follow (?:us|me|\w+) on (?:twitter|x|facebook|linkedin|instagram|threads|bluesky)\b"
    r"|(?:enjoyed|liked|did you (?:enjoy|like)|if you (?:enjoyed?|liked?|love)) (?:this|the)\b"
    r".{0,120}\b(?:share|subscrib|forward|friend)"
    r"|(?:was this|this) (?:e-?mail|newsletter|post) (?:was )?forwarded to you|forwarded this"
    r"|thanks for (?:reading|subscribing)\b.{0,80}(?:subscribe|share|free|support|newsletter|[.!]$)"
    r"|(?:un|manage your )subscri(?:be|ption)s?\b.{0,60}$"
    r"|(?:view|read|open)(?: this)?(?: e-?mail)? (?:online|in (?:your )?browser)\b"
    r"|(?:continue reading the main story|skip (?:to|advertisement).{0,40})$"
    r"|(?:leave|post) a comment\.?$|(?:click|tap) here to subscribe"
    r"|advertisement$|sponsored(?: (?:content|post))?$|\d+ (?:likes?|shares?)$"
    r"|(?:author|avatar|profile (?:picture|photo)|photo of the author)$"
    r"|(?:jetzt )?abonnieren sie\b.{0,80}|(?:newsletter )?(?:jetzt )?abonnieren$"
    r"|(?:abonnez-vous|inscrivez-vous|suscríbete|suscríbase|iscriviti|assine|inscreva-se)\b.{0,100}$"
    r"|(?:schrijf (?:je|u) in|meld (?:je|u) aan)\b.{0,100}$"
    r")",
    re.IGNORECASE,
)
_LONGEST_CALL_OUT = 300
# How many paragraphs may stand below the line where the wall begins: its pitch, its buttons, a list of what one gets.
_WALL_DEPTH = 12


def clean(found: Extracted) -> Extracted:
    """The article with clean text, title and address, and with the flags `truncated` and `paywalled` where due."""
    text, invisible = _clean_characters(found.text)
    paragraphs = [p for p in text.split("\n\n") if p.strip()]
    if is_letter(paragraphs):  # saved as a page or as text: of mail this is done already
        paragraphs = [p for p in re.split(r"\n{2,}", without_frame(text)) if p.strip()] or paragraphs
    paragraphs, flags = _without_wall(paragraphs)
    paragraphs = [p for p in paragraphs if not (len(p) <= _LONGEST_CALL_OUT and _CALL_OUT.match(p))]
    notes = (f"{invisible} invisible characters removed",) if invisible else ()
    return replace(
        found,
        text="\n\n".join(_without_trailing_headings(paragraphs, flags)),
        title=_one_line(found.title) or found.title,
        author=_one_line(found.author),
        site=_one_line(found.site),
        url=canonical_url(found.url),
        companies=tuple(filter(None, map(_one_line, found.companies))),
        flags=tuple(sorted({*found.flags, *flags})),
        notes=found.notes + notes,
    )


def canonical_url(url: str | None) -> str | None:
    """An article's address without tracking parameters and fragment; None for what is no web address."""
    url = without_credentials((url or "").strip())
    if not re.match(r"https?://[^\s/]+\.[^\s/]+", url, re.IGNORECASE):
        return None
    cleaned = clean_url(url)
    return without_credentials(cleaned.partition("#")[0].replace("%40", "@")) if cleaned else None


def _clean_characters(text: str) -> tuple[str, int]:
    invisible = joiners = 0
    if not text.replace("\n", " ").isprintable():  # of printable text they find nothing, and take longer than the rest
        text, invisible = _INVISIBLE.subn("", text)
        text, joiners = _JOINER.subn("", text)
        text = _CONTROL.sub("", _SPACE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")))
    text = unicodedata.normalize("NFC", text)  # costs nothing where it is so already
    if "://" in text:  # the address of a link is no text; a host name still says where it points
        text = _ADDRESS.sub(lambda found: found[1].removeprefix("www."), text)
    lines = "\n".join(map(str.rstrip, text.split("\n")))
    if "  " in lines:
        lines = _SPACES.sub(" ", lines)
    if "\n\n\n" in lines:
        lines = re.sub(r"\n{3,}", "\n\n", lines)
    return lines.strip("\n"), invisible + joiners


def _one_line(text: str | None) -> str | None:
    return " ".join(_clean_characters(text)[0].split()) or None if text else None


def _without_wall(paragraphs: list[str]) -> tuple[list[str], set[str]]:
    """The paragraphs before a subscriber wall at the end, and what that says about the article."""
    end = _wall_start(paragraphs)
    flags = {"truncated", "paywalled"} if end < len(paragraphs) else set()
    kept = paragraphs[:end]
    while kept and _TEASER.match(kept[-1]) and len(kept[-1]) <= 100:
        kept = kept[:-1]
        flags.add("truncated")
    if kept and _CUT.search(kept[-1]):
        kept = [*kept[:-1], _CUT.sub(" …", kept[-1])]
        flags.add("truncated")
    return kept, flags


def _wall_start(paragraphs: list[str]) -> int:
    """Where the wall begins: a paragraph that is one, with nothing but its like, buttons and scraps below it."""
    start = len(paragraphs)
    for i in range(len(paragraphs) - 1, max(-1, len(paragraphs) - 1 - _WALL_DEPTH), -1):
        paragraph = paragraphs[i]
        is_short = len(paragraph) <= _LONGEST_CALL_OUT
        if is_short and says_wall(paragraph):
            start = i
        elif not (is_short and (is_button(paragraph) or _CALL_OUT.match(paragraph) or _is_scrap(paragraph))):
            break
    # A button above the wall belongs to it.
    while 0 < start < len(paragraphs) and is_button(paragraphs[start - 1]):
        start -= 1
    return start


def _is_scrap(paragraph: str) -> bool:
    """A list of benefits, a heading without text, a line without a verb: no part of an article stands below a wall."""
    lines = paragraph.splitlines()
    return all(len(line.split()) <= 8 and not line.endswith((".", "!", "?", "”")) for line in lines)


def _without_trailing_headings(paragraphs: list[str], flags: set[str]) -> list[str]:
    """What was cut off may have left the heading of a section that is not there."""
    while flags and len(paragraphs) > 1 and re.fullmatch(r"#{1,6} .*", paragraphs[-1]):
        paragraphs = paragraphs[:-1]
    return paragraphs
