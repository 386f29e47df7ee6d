"""What a model or an article may have put into a sentence that is not its words: links, images, tags, citation markers.

Nothing that could take a reader (or a browser) to another address survives `plain_sentence`; the addresses of sources
come from the catalog alone.
"""

import html
import re
import unicodedata

_SCHEME = r"(?:[a-z][a-z0-9+.-]*://|www\.|(?:mailto|javascript|vbscript):|(?:data|file|tel):(?=\S))"
# Each is replaced again and again until nothing changes, so that what is left of one cannot make up another.
_REPLACED = [
    (re.compile(pattern, re.IGNORECASE), by)
    for pattern, by in (
        (r"!\[[^\]\[]*\]\([^()]*(?:\([^()]*\)[^()]*)*\)", " "),  # ![image](address)
        (r"!\[[^\]\[]*\]\[[^\]\[]*\]", " "),
        (r"\[([^\]\[]*)\]\([^()]*(?:\([^()]*\)[^()]*)*\)", r"\1"),  # [words](address)
        (r"\[([^\]\[]*[a-z][^\]\[]*)\]\[[^\]\[]*\]", r"\1"),
        (r"\]\(", "] ("),  # what is left of a link that was not closed
        (r"^\s*\[[^\]\[]+\]:\s*\S+.*$", " "),  # [name]: address
        (r"<!--.*?(?:-->|$)", " "),
        (r"</?[a-z!?][^<>]*(?:>|$|(?=<))", " "),  # tags, also one that is not closed
        (rf"\(?<?{_SCHEME}\S*", " "),
        (r"\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/\S*", " "),  # evil.example/path
        (r"\[\s*\^?\d+(?:\s*[,;-]\s*\^?\d+)*\s*\]|【[^】]*】", " "),  # [1], [1, 2], 【1】
        (r"[\[【]\s*\^?[\d,;\s-]*[.]?\s*$", " "),  # a marker that was cut off
        (r"[\[(]\s*(?:passages?|sources?)\s+\d+(?:(?:\s*,\s*|\s*(?:and|&)\s*)\d+)*\s*[\])]", " "),
        (
            r"^\W*(?:according to |as stated in |from |in )?(?:the )?passages?\s+\d+(?:(?:,|\s*and)\s*\d+)*\s*[:,-]\s*",
            "",
        ),
        (r"\(\s*\)|\[\s*\]", ""),
        (r"\*+|`+|~~|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)", ""),  # emphasis and code
        (r"^\s*(?:#{1,6}\s+|>\s+|[-•]\s+|\d{1,2}[.)]\s+(?=\S))", ""),  # heading, quotation, list item
    )
]
_MARKER = re.compile(
    r"\[\s*(\d+(?:\s*[,;-]\s*\d+)*)\s*\]|【\s*(\d+)[^】]*】|\[?\(?\bpassages?\s+(\d+)\)?\]?", re.IGNORECASE
)
_ROUNDS = 20


def plain_sentence(text: str) -> str:
    """The words of a sentence, ended by a full stop; empty when it has none."""
    text = _without_markup(text)
    text = re.sub(r"\s+([.,;:!?)])", r"\1", text)
    text = re.sub(r"([.,;:!?])(?:\s*[.,;:])+(?=\s|$)", r"\1", " ".join(text.split())).strip(" ,;:")
    if not any(c.isalnum() for c in text):
        return ""
    text = text[0].upper() + text[1:] if text[0].islower() and text.split()[0].isalpha() else text
    return text if text.endswith((".", "!", "?", "…", '."', ".”", "?”", "!”", ".)", ".'", ".’")) else text + "."


def cited_numbers(text: str) -> tuple[int, ...]:
    """The passages a model's sentence names, in order, each once: `[2]`, `[1, 3]`, `【2】`, `Passage 3`."""
    found: dict[int, None] = {}
    for match in _MARKER.finditer(text):
        numbers = next(group for group in match.groups() if group)
        found.update(dict.fromkeys(int(n) for n in re.findall(r"\d{1,9}", numbers)))
    return tuple(found)


def _without_markup(text: str) -> str:
    for _ in range(_ROUNDS):
        before = text
        text = html.unescape(text)
        text = "".join(
            " " if c in "\n\r\t\v\f" else c for c in text if c in "\n\r\t" or unicodedata.category(c) not in _INVISIBLE
        )
        for pattern, by in _REPLACED:
            text = pattern.sub(by, text)
        if text == before:
            return text
    return ""  # still changing: made to deceive, not to be read


_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co"))
