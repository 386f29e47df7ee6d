"""Companies that a question describes by what they make or whose they are: `the ChatGPT maker`, `Jane Roe's company`.

The frame says that a company is meant, so a name counts in any case there, and a person by the last name.
"""

import re
from collections import defaultdict
from functools import lru_cache

from rag.checking.lexicon import DEMONYMS
from rag.names import Names
from rag.names.entries import plain

_MAKER = r"(?:maker|developer|owner|parent|publisher|operator|provider)s?"
# What a company is called without its name.
FIRM = r"(?:company|start-?up|firm|lab|laboratory|maker|developer|business|outfit)"
_FIRM = rf"(?:{FIRM}|venture|employer)"
_WORDS = r"(?P<name>[\w.&’'-]+?(?: [\w.&-]+?){0,3})"
_THINGS = r"(?:chatbots?|models?|editors?|assistants?|browsers?|apps?|agents?|generators?|tools?)"
_THING = rf"(?: {_THINGS})?"
_THING_WORD = re.compile(_THINGS, re.IGNORECASE)
_FRAMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:\bthe )?\b(?:{_MAKER}|{_FIRM}|people|team|folks|lab) (?:of|behind|that makes|which makes) (?:the )?"
        rf"{_WORDS}{_THING}(?!\w)(?=\W|$)",
        rf"(?<!\w){_WORDS}[’']s (?:{_MAKER}|{_FIRM})(?!\w)",
        rf"(?:\bthe )?(?<!\w){_WORDS}[ -](?:{_MAKER}|people|folks|{_FIRM})(?!\w)",
        rf"\bthe (?:\w+ )?(?:{_FIRM}|engine|app|service|site) of {_WORDS}(?!\w)",
    )
)

# Regions describe as nations do.
_PLACES = re.compile(r"(?:us|uk|eu|europe|western|[\w ]+-(?:based|born|made))$", re.IGNORECASE)


def only_describes(name: str) -> bool:
    """Whether a name of a question says of which nation or region something is; a text may say it in another way."""
    return name.capitalize() in DEMONYMS or _PLACES.match(name) is not None


def with_companies(wording: str, known: Names) -> str:
    """The wording with companies by name where it describes them."""
    for frame in _FRAMES:
        wording = frame.sub(lambda match: _company(match, known), wording)
    return wording


def _company(match: "re.Match[str]", known: Names) -> str:
    """The company in place of what describes it; of the words before `maker`, the longest name counts."""
    owners = _owners(known)
    words = match["name"].split()
    before = match.start("name") - match.start()
    spans = [(start, end) for start in range(len(words)) for end in range(len(words), start, -1)]
    for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
        owner = owners.get(plain(" ".join(words[start:end])).replace("’", "'"))
        if owner and (end == len(words) or before):
            kept = [] if before and match.group()[:before].strip().casefold() != "the" else words[:start]
            if kept and kept[-1].casefold() == "the":
                kept = kept[:-1]
            after = words[end:] if before else []
            if after and _THING_WORD.fullmatch(after[0]):
                after = after[1:]
            return " ".join([*kept, owner, *after])
    return match.group()


@lru_cache(maxsize=4)
def _owners(known: Names) -> dict[str, str]:
    """Each product, model and person, and each person's last name, with the one company it belongs to."""
    found: dict[str, set[str]] = defaultdict(set)
    last_names: dict[str, set[str]] = defaultdict(set)
    for entry in known.entries:
        if entry.kind == "company":
            continue
        found[plain(entry.name)] |= set(entry.companies)
        if entry.kind == "person" and " " in entry.name:
            last_names[plain(entry.name).rpartition(" ")[2]] |= set(entry.companies)
    companies = {plain(entry.name) for entry in known.entries if entry.kind == "company"}
    for name, owners in last_names.items():
        found.setdefault(name, owners)
    return {name: min(owners) for name, owners in found.items() if len(owners) == 1 and name not in companies}
