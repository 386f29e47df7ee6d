"""The properties that programs write into documents: often a template's, a file's name, or the typist's."""

import re

_EXTENSION = re.compile(
    r"\.(?:docx?|dotx?|pdf|indd|qxd|tex|dvi|rtf|odt|pages|pptx?|xlsx?|html?|txt|md|eps|ai)$", re.IGNORECASE
)
_PRINTED = re.compile(r"^(?:Microsoft (?:Office )?(?:Word|PowerPoint)|Print|PDF)\s*[-–]\s*", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"(?:untitled|unbenannt|sans titre|title|document|presentation|powerpoint presentation|slide|page|new|draft|word"
    r"|(?:layout|template|doc|file|scan|img|document)[\W_]*\d*|\W*\d[\d\W]*|unknown)(?:\s*\(?\d+\)?)?",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"(?:admin(?:istrator)?|user\d*|owner|author|unknown|anonymous|none|n/?a|default|root|pc|laptop|desktop"
    r"|windows user|microsoft (?:office )?user|microsoft|apple|adobe.*|latex.*|python-docx|pandoc|word|tex|editor|staff"
    r"|\W*)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


def sensible_title(stated: object, text: str) -> str | None:
    """The title a document states, if it is one and the text speaks of it too."""
    title = " ".join(_PRINTED.sub("", str(stated or "")).replace("\0", "").split())
    if not title or _EXTENSION.search(title) or _NO_TITLE.fullmatch(title):
        return None
    known = {word.lower() for word in _WORD.findall(text[:5000])}
    words = [word.lower() for word in _WORD.findall(title)]
    is_spoken_of = sum(word in known for word in words) >= len(words) / 2
    return title if words and is_spoken_of else None


def sensible_author(stated: object) -> str | None:
    """The author a document states, if it may be a person or an office."""
    author = " ".join(str(stated or "").replace("\0", "").replace(";", ",").split()).strip(" ,")
    is_name = len(author) <= 150 and re.search(r"[^\W\d_]{2}", author) and not re.search(r"[@\\/<>]|\.com\b", author)
    return author if is_name and not _NO_AUTHOR.fullmatch(author) else None


def language_code(stated: object) -> str | None:
    """`en` of `en-US`."""
    found = re.match(r"[A-Za-z]{2,3}(?=[-_]|$)", str(stated or "").strip())
    return found[0].lower() if found else None
