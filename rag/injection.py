"""Sentences of articles that speak to a language model instead of a reader.

Nothing in an article is ever an instruction; what is written as one is not searched, not shown to a model and not
quoted. The signs are general (an order about the answer, a forged turn or delimiter, hidden text), not the wordings of
known attacks. What they find, and how often they are wrong, is measured by `python -m benchmarks.injection`.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from rag.sentences import sentence_spans

_ANSWER = r"(?:answers?|repl(?:y|ies)|responses?|outputs?|summar(?:y|ies)|messages?|completions?)"
_ORDERS = (
    r"(?:instructions?|prompts?|directions?|directives?|guidelines?|rules?|commands?|orders?|constraints?|context)"
)
_MODEL = (
    r"(?:ai(?: (?:language )?models?| assistants?| systems?| agents?)?|llms?|(?:large )?language models?|assistants?|"
    r"chat-?bots?|bots?|gpt(?:-?\d+)?)"
)
_TASK = (
    "explain|describe|draft|compose|write|provide|give|show|tell|translate|develop|create|generate|summarise|summarize|"
    "list|break down|outline|produce|recite|calculate|solve|define|discuss"
)
_GENRE = (
    r"(?:poem|story|essay|letter|speech|song|joke|recipe|example|function|script|program|code|introduction|paragraph|"
    r"summary|list|translation|equivalent|steps?|process|theory|lifecycle|life cycle|plot|meaning|difference|"
    r"sentence|tutorial|guide|outline|review|haiku|email|e-mail|article|report)"
)


@dataclass(frozen=True, slots=True)
class _Sign:
    """A pattern that is sought only in sentences with one of the words it cannot do without: most have none."""

    words: frozenset[str]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, pattern: str, words: str = "") -> Self:
        """The sign of a pattern with WORDS in the place of one of `words`, which are plain and parted by `|`."""
        needed = (max(re.findall(r"\w+", each), key=len) for each in words.split("|") if each)
        return cls(
            frozenset(needed), re.compile(pattern.replace("WORDS", f"(?:{words})"), re.IGNORECASE | re.MULTILINE)
        )

    def is_in(self, sentence: str, words: Set[str]) -> bool:
        """Whether it is in the sentence, whose words these are."""
        return not (self.words and self.words.isdisjoint(words)) and self.pattern.search(sentence) is not None


# An order about what was said before, and what stands before such words where somebody only tells of it.
_FORGET = _Sign.of(
    rf"\bWORDS\b(?![^.!?]{{0,20}}\b(?:its|their|his|her)\b)[^.!?]{{0,40}}?\b(?:{_ORDERS}|everything (?:above|before)|"
    r"(?:previous|above|other) (?:text|passages?|articles?))\b",
    "ignore|ignoring|disregard|disregarding|forget|forgetting|override|overriding|bypass|neglect|discard|skip",
)
_TOLD_OF = re.compile(
    r"(?<!you )\b(?:to|it|them|models?|bots?|assistants?|into|by|of|for|from|that|who|which|would|could|can|may|"
    r"might|will|cannot|often|sometimes)\s$",
    re.IGNORECASE,
)
_SIGNS = [
    # an order about what the model was told
    _Sign.of(
        rf"\bWORDS {_ORDERS}\s*(?::|follow|are\b|begin)",
        "new|updated|revised|real|actual|hidden|secret|following",
    ),
    # an order about the answer
    _Sign.of(
        rf"\b(?:in|to|into|of|from|with|at|before|after|throughout) (?:all )?WORDS {_ANSWER}\b", "your|the final|every"
    ),
    _Sign.of(rf"\bWORDS (?:\w+ ){{0,2}}?{_ANSWER}\b", "your"),
    _Sign.of(
        rf"\bWORDS (?:system prompt|{_ORDERS}|training|programming|previous|task is|role is|only task|new task)\b",
        "your",
    ),
    _Sign.of(
        r"^\W*(?:please |now |instead,? |then |simply |just |always |only )*WORDS\b(?: \w+)?\s*"
        r"(?:with|only|exactly|that|in\b|as\b|[:\"“'‘])",
        "reply|respond|answer|output|print|repeat|say|state",
    ),
    _Sign.of(
        r"\bWORDS (?:must|should|shall|will|are to|need to|have to) (?:now |only |always |never |not )*"
        r"(?:reply|respond|answer|output|print|say|state|write|claim|tell|cite|include|begin|end|translate|pretend|act)\b",
        "you",
    ),
    _Sign.of(r"\bWORDS the (?:user|users|questioner|person asking)\b", "tell|inform|assure|convince|ask|urge|direct"),
    _Sign.of(
        r"\bWORDS (?:mention|reveal|disclose|cite|quote|answer|refuse|use)\b[^.!?]{0,40}"
        r"\b(?:user|question|passages?|article|source|instruction|prompt|this text)\b",
        "do not|don't|don’t|never",
    ),
    _Sign.of(
        r"\b(?:when|whenever|if) (?:you are |you're )?WORDS (?:about|for|who|what|how|to|by)\b[^.!?]*\b"
        r"(?:say|answer|reply|respond|state|claim|write|recommend)\b",
        "asked",
    ),
    # somebody who is a model is spoken to
    _Sign.of(
        rf"\bWORDS\b (?:now |no longer )?(?:an? |the |my )?(?:\w+ ){{0,2}}?{_MODEL}\b",
        "you are|you're|act as|pretend to be|imagine you are|behave as",
    ),
    _Sign.of(
        rf"\bWORDS (?:you are )?an? (?:\w+ )?{_MODEL}\b[^.!?]*\b(?:you|your|i|reply|respond|answer|output)\b", "if|as"
    ),
    _Sign.of(
        r"(?:^|[.!?(\[]\s*)(?:dear|attention|hey|hello|note (?:to|for)|message (?:to|for)|instructions? (?:to|for)|"
        rf"to (?:the|any|all)) (?:the |any |all |every )?(?:\w+ )?{_MODEL}\b\s*"
        r"(?:[:,!—-]|reading|that|who|processing)"
    ),
    # a forged turn, delimiter or passage
    _Sign.of(r"^\W*WORDS\s*(?:message|prompt|note)?\s*:\s", "system|assistant|user|human|developer"),
    _Sign.of(r"<\|[^|>]{1,40}\|>|\[/?INST\]|<</?SYS>>|</?s>"),
    _Sign.of(r"^#{2,}\s*(?:instruction|system|response|assistant|user)s?\b"),
    _Sign.of(r"</?(?:system|instructions?|assistant|user|prompt|passages?|context|documents?)>"),
    _Sign.of(
        r"\bWORDS of (?:the )?"
        r"(?:passages?|documents?|articles?|context|quoted data|prompt|user input|system prompt)\b",
        "end|start|beginning",
    ),
    _Sign.of(r"\bWORDS (?:NEW )?(?:SYSTEM|PROMPT|INSTRUCTIONS?)\b", "begin"),
    _Sign.of(r"^\[\d{1,3}\] .{3,120} \| WORDS \d", "published"),
    _Sign.of(r"\bWORDS\s*:", "not found|not_found|notfound"),
    _Sign.of(r"\bWORDS mode (?:enabled|activated|on)\b", "jailbreak|developer|god|dan"),
    _Sign.of(r"\bdo WORDS now\b", "anything"),
    # a task for whoever reads
    _Sign.of(
        r"^\W*(?:please |now |also |then |next,? )*WORDS\b (?:me |us )?(?:how|what|why|the|an?|in|some|\w+ing)\b"
        rf"[^.!?]*\b{_GENRE}\b",
        _TASK,
    ),
    _Sign.of(
        r"^\W*(?:please |now |also )*WORDS\b (?!why we|how we)",
        "explain|translate|break down|solve|summarise|summarize|recite",
    ),
    _Sign.of(
        r"^\W*(?:please |now |also )*WORDS\b[^.!?]*\b(?:letters?|words?|vowels?|consonants?|spaces?|characters?|"
        r"punctuation|upper ?case|lower ?case)\b",
        "replace|substitute|scramble|reverse|capitalise|capitalize|remove|encode|jumble|misspell|anagram|group|rearrange|"
        "combine|convert|swap|rewrite",
    ),
    _Sign.of(
        r"^\W*(?:can|could|would|will) WORDS (?:please )?(?:explain|show|write|tell|give|translate|provide|help|"
        r"describe)\b",
        "you",
    ),
]
# Words quoted inside a sentence that tells of them (`attackers write “ignore previous instructions”`) order nothing.
_QUOTED = re.compile(
    r"“[^”]{1,300}”|‘[^’]{1,300}’|\"[^\"]{1,300}\"|(?<!\w)'[^']{1,300}'(?!\w)|«[^»]{1,300}»|`[^`]{1,300}`"
)
_TELLING = 2
_WORD = re.compile(r"\w+")
_GAP = re.compile(r" [ \t*_~]+|[\t*_~][ \t*_~]*")  # what becomes a single space, besides one
_BASE64 = re.compile(r"(?<![\w+/=])[A-Za-z0-9+/]{24,}={0,2}(?![\w+/=])")
_SPACED = re.compile(r"\b(?:[A-Za-z] ){4,}[A-Za-z]\b")
_HIDDEN = frozenset(
    chr(c) for c in (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF, 0xAD)
)
_TAG_LETTERS = re.compile("[\U000e0000-\U000e007f]")
# The flags of England, Scotland and Wales are written with such letters, and every reader sees them.
_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a]{4,6}\U000e007f")
_CONFUSED = str.maketrans("аеорсухіѕԁɡһјⅼ", "aeopcyxisdghjl")


@lru_cache(maxsize=4096)
def addresses_a_model(sentence: str) -> bool:
    """Whether a sentence speaks to a language model: an order about its answer, a forged turn, something hidden."""
    if _TAG_LETTERS.search(_FLAG.sub("", sentence)):
        return True
    plain = _plain(sentence)
    untold = _QUOTED.sub(lambda match: " " if len(plain[: match.start()].split()) >= _TELLING else match.group(), plain)
    words = frozenset(_WORD.findall(untold.lower()))
    if _FORGET.is_in(untold, words) and any(
        not _TOLD_OF.search(untold[: match.start()]) for match in _FORGET.pattern.finditer(untold)
    ):
        return True
    if any(sign.is_in(untold, words) for sign in _SIGNS):
        return True
    return any(_hides_text(match.group()) for match in _BASE64.finditer(sentence))


@lru_cache(maxsize=1024)
def addressed_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where in a text sentences speak to a model; what follows such a one in its line is taken with it.

    An order that is spread over sentences of one paragraph is not left standing by halves: the paragraph's sentences
    from the first such one on belong to it.
    """
    found: list[tuple[int, int]] = []
    line_end = -1
    for start, end in sentence_spans(text):
        if start < line_end or addresses_a_model(text[start:end]):
            found.append((start, end))
            line_end = max(line_end, _end_of_line(text, start))
    return tuple(found)


def without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text as a model may see it: without the sentences that speak to one."""
    if not spans:
        return text
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return re.sub(r"\n\s*\n", "\n\n", text).strip("\n")


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return end if end >= 0 else len(text)


def _plain(text: str) -> str:
    """As a reader sees it: compatibility forms, hidden characters and look-alike letters taken back."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKC", text) if c not in _HIDDEN)
        text = text.translate(_CONFUSED)
    text = _SPACED.sub(lambda match: match.group().replace(" ", ""), text)
    return _GAP.sub(" ", text)


def _hides_text(encoded: str) -> bool:
    """Whether base64 holds several words of plain text."""
    try:
        decoded = base64.b64decode(encoded + "=" * (-len(encoded) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return decoded.count(" ") >= 2 and decoded.isprintable()
