"""The language of a text that does not say which one it is in.

py3langid knows 97 languages from 4.5 MB, but takes two seconds and 100 MB to load; text that is plainly English, as
most is, is told by its small words without it.
"""

import re

_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    "the of and to in is that for was on with as by at from it be are has have its an this which not but they he she "
    "his their were been will would or who more than had we about".split()
)
_SHARE, _DISTINCT = 0.28, 6  # English has 0.35 to 0.45; Dutch, which shares most of these, 0.15
_ENOUGH = 20  # words; of fewer, names decide
_SAMPLE = 5_000


def language_of(text: str) -> str | None:
    """The ISO 639-1 code (`en`) of the language most of the text is in; None when there is too little of it."""
    text = text[:_SAMPLE]
    words = [word.lower() for word in _WORD.findall(text)]
    # Scripts without spaces have few words, and long ones.
    if len(words) < _ENOUGH and sum(map(len, words)) < max(3 * _ENOUGH, 9 * len(words)):
        return None
    small = [word for word in words if word in _ENGLISH]
    if len(small) >= _SHARE * len(words) and len(set(small)) >= _DISTINCT:
        return "en"
    import py3langid

    code, _ = py3langid.classify(text)
    return str(code)
