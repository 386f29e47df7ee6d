"""Repairs text that was decoded with the wrong encoding (mojibake).

ftfy repairs the kinds that come of Windows code pages, and some of the Mac Roman kind (`‚Äî` for a dash, `√©` for é),
but that only where the whole stretch it looks at is damaged, and it leaves `‚Ñ¢` (™) and damaged Cyrillic alone. So
the Mac Roman kind is repaired here first, sequence by sequence, which also mends files that are damaged in
part. What decides is evidence: `√` or `≈` before an odd character proves nothing, `‚Ä` followed by a third one does.
"""

import re

import ftfy

_CONFIG = ftfy.TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    remove_control_chars=False,
    normalization=None,
    explain=False,
)


def _roman(first: int, last: int) -> str:
    return "[" + re.escape(bytes(range(first, last + 1)).decode("mac_roman")) + "]"


_CONTINUES = _roman(0x80, 0xBF)
_LATIN = _roman(0xC2, 0xC5) + _CONTINUES  # Latin-1 and its first extension: ¬ √ ƒ ≈ and one more
_PAIR = _roman(0xC2, 0xDF) + _CONTINUES
_TRIPLE = f"{_roman(0xE0, 0xEF)}{_CONTINUES}{{2}}"
_QUADRUPLE = f"{_roman(0xF0, 0xF4)}{_CONTINUES}{{3}}"
# The first byte of an emoji is Apple's private logo character in Mac Roman, which some programs throw away.
_BEHEADED = f"ü{_CONTINUES}{{2}}"

# No clean text has these: the low quote before Ä, Ç or Ñ and a third (punctuation, currency, ™), the private logo
# character before ü (emoji), √ and its partner inside a word or at its end (é, ö, ç and their like).
_EVIDENCE = re.compile(
    f"‚[ÄÇÑÜá]{_CONTINUES}|\uf8ffü{_CONTINUES}{{2}}|(?<=[A-Za-z])√{_CONTINUES}(?![^\\W\\d_a-zA-Z])|√{_CONTINUES}(?=[a-z])"
)
# `√π`, `≈£` are mathematics and prices where no letter touches them. The lead bytes of other alphabets are dashes and
# quotes in Mac Roman, and `’é` is French, so three pairs in a row are asked for.
_SEQUENCE = re.compile(f"{_QUADRUPLE}|{_TRIPLE}|{_BEHEADED}|(?:{_PAIR}){{3,}}|{_LATIN}")
_FOREIGN = re.compile(f"(?:{_roman(0xCE, 0xDB)}{_CONTINUES}){{4,}}")
_SIGNS = "‚\uf8ff√"
_LEADS = bytes(range(0xCE, 0xDC)).decode("mac_roman")
# The others do no damage: in no code page do they stand for the first and the next byte of a character.
_SUSPECT = re.compile("[^\x00-\x7f“”‘’–—…©•€£]")
_MATHEMATICS = re.compile(r"[≈ƒ].|√[π∞Ω∂∑∏∫≤≥±]")


def repair(text: str) -> str:
    """`text` with damaged sequences put right; right text comes back unchanged."""
    if text.isascii() or not _SUSPECT.search(text):
        return text
    for _ in range(3):  # damage is sometimes done twice
        lines = _repair_mac_roman(text).split("\n")
        repaired = "\n".join(ftfy.fix_text(line, _CONFIG) if _SUSPECT.search(line) else line for line in lines)
        if repaired == text:
            break
        text = repaired
    return text


def _repair_mac_roman(text: str) -> str:
    # Characters are looked for far faster than patterns, and most pages have none of these.
    is_damaged = (any(sign in text for sign in _SIGNS) and _EVIDENCE.search(text)) or (
        any(lead in text for lead in _LEADS) and _FOREIGN.search(text)
    )
    return _SEQUENCE.sub(_decoded, text) if is_damaged else text


def _decoded(found: re.Match[str]) -> str:
    damaged = found.group()
    if _MATHEMATICS.fullmatch(damaged) and not _touches_letter(found):
        return damaged
    lead = "\uf8ff" if damaged[0] == "ü" else ""
    try:
        right = (lead + damaged).encode("mac_roman").decode("utf-8")
    except UnicodeError:
        return damaged
    return right if right.isprintable() or right.isspace() else damaged


def _touches_letter(found: re.Match[str]) -> bool:
    before, after = found.string[max(0, found.start() - 1) : found.start()], found.string[found.end() : found.end() + 1]
    return any(neighbour.isalpha() or neighbour in "√≈" for neighbour in (before, after) if neighbour)
