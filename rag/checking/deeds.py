"""Who did what to whom, by where names stand beside verbs: `X led`, `led by X`, `X bought Y`, `Y was bought by X`."""

import re
from functools import lru_cache

from rag.checking import claim_words as words
from rag.checking.claim_words import PROPER
from rag.checking.lexicon import GENERIC, ROUND, STOP
from rag.sentences import sentence_spans

_RUN = rf"{PROPER}(?:\s(?:{PROPER}|(?:of|de|van|von|der|den|da|di|du|la|le|bin|al)\b)){{0,6}}"
_LIST = rf"{_RUN}(?:(?:,\s(?:and\s)?|\s(?:and|&)\s){_RUN}){{0,12}}"
_ROUND_NAME = r"seed|pre-seed|Series [A-K]\b"
_HELPERS = (
    r"(?:\s(?:has|have|had|also|then|jointly|again|now|later|will|would|may|might|could|plans to|is to|agreed to|"
    r"has agreed to|reportedly|officially|(?:is|are|was|were) (?:reported|said|expected|set|due) to|"
    r"(?:is|are|was|were)(?=\s[a-z]+ing\b)))*"
)
_NO_VERB = frozenset(
    "is are was were be been has have had in on at of to for from by with as and or but the a an its his her their who "
    "which that then also not says said say both all about around now there than".split()
)
_DEEDS = {
    "lead": r"co-?led|leads?|led|leading|headed",
    "acquire": r"acquires?|acquired|acquiring|buy(?:s|ing)?|bought|purchased|tak(?:es?|en|ing) over|took over",
    "found": r"co-?founded|founded|started|set up",
    "invest": r"invest(?:s|ed)?",
    "hire": r"hire[sd]?|hiring",
    "own": r"owns?|owned",
    "grant": r"grants?|granted|licensed|licenses",
    "sue": r"sues?|sued",
    "replace": r"replace[sd]?|succeed(?:s|ed)|succeeded",
}
_TRANSITIVE = frozenset(_DEEDS) - {"lead", "invest"}
# Who did it (`led by X`, `X led`), and to whom (`X was bought`, `bought X`).
_PATTERNS = [
    (deed + side, re.compile(pattern))
    for deed, verbs in _DEEDS.items()
    for side, pattern in (
        ("", (rf"\b(?:{verbs})\b(?:\s[a-z]+){{0,3}}?(?:\s(?:in|on)\s(?:{PROPER}\s?)?\d{{0,4}})?"
         rf"\sby\s(?:[a-z]+\s){{0,4}}?(?P<who>{_LIST})")),
        ("", rf"(?P<who>{_LIST}){_HELPERS}\s(?:{verbs})\b(?!\s+(?:\w+\s+)?by\b)"),
        ("ed", (rf"(?P<who>{_LIST})(?:,\s[^,]{{1,60}},)?\s(?:was|were|is|ha[sd] been)(?:\s[a-z]+ly)?"
         rf"\s(?!\w+ing\b)(?:{verbs})\b")),
        ("ed", rf"\b(?:{verbs})\s(?P<who>{_LIST})"),
    )
    if deed in _TRANSITIVE or not side
] + [
    ("acquireed", re.compile(rf"\b(?:purchase|acquisition|takeover) of (?P<who>{_LIST})")),
    ("acquire", re.compile(rf"\b(?:purchase|acquisition|takeover)\b[^.;,]{{0,40}}\bby (?P<who>{_LIST})")),
    ("acquireed", re.compile(rf"\bpa(?:ys?|id|ying)\b[^.;,]{{0,40}} for (?P<who>{_LIST})")),
    ("acquire", re.compile(rf"(?P<who>{_LIST}){_HELPERS}\scompleted?s?\s(?:its|the)\s(?:purchase|acquisition)")),
    ("lead", re.compile(rf"(?:(?<=, and )|(?<=, while )|(?<=\band ))(?P<who>{_RUN}) the (?={_ROUND_NAME})")),
    ("lead", re.compile(rf"\b[Ll]ead(?: investors?)? (?P<who>{_LIST})")),
    ("lead", re.compile(rf"\bwith (?P<who>{_LIST}) (?:as leads?|in front|in the lead)")),
    ("found", re.compile(rf"\b[Ff]ounders (?P<who>{_LIST})")),
]  # fmt: skip
# `left by X` would be a deed too; these say who did something right before or behind the verb, whatever the verb.
_DOER = re.compile(rf"(?P<who>{_LIST})(?:,\swho)?{_HELPERS}\s(?P<verb>[a-z]{{3,}})\b(?!\s+(?:\w+\s+)?by\b)")
_DONE_TO = re.compile(rf"\b(?P<verb>[a-z]{{3,}})\s(?P<who>{_LIST})")
# `Zhipu listed on 8 January, MiniMax on 9 January`: the verb is said once.
_GAPPED = re.compile(rf"[,;]\s(?:and\s)?(?P<who>{_RUN})\s(?:on|at|in|with|to|the|by|[$€£]|\d)")
_GAPPED_DATE = re.compile(rf"[,;]\s(?:and\s)?(?P<who>{_RUN})\s(?:on|in)\s(?:\d|[A-Z][a-z]+\s\d)")
_ASIDE = re.compile(r",\s(?:who|which|whose|formerly|also known)\b[^,;.]*,")

_POSTS = {
    "chief executive": r"CEO|(?:co-)?chief executives?(?: officers?)?|interim chief|chief(?= of that company)",
    "technology chief": r"CTO|chief technology officer|technology chief|runs technology",
    "finance chief": r"CFO|chief financial officer|finance chief|chief finance officer",
    "operating chief": r"COO|chief operating officer|operating chief",
    "product chief": r"CPO|chief product officer|product chief",
    "chief scientist": r"chief scientist|science chief",
    "chief revenue officer": r"CRO|chief revenue officer",
    "president": r"president",
    "chair": r"chair(?:man|woman|person|ed)?",
}
# `has a new chief executive`: the sentence names the company, not yet the person.
_VACANT = re.compile(r"\b(?:has|have|had|gets?|got|needs?|seeks?|without|wants?) (?:an? )?(?:new |second |interim )*$")
# `Jason Droege replaces Alexandr Wang as chief executive`: who comes or goes holds it, not whom or what stands between.
_BETWEEN = re.compile(
    rf"\b(?:replac(?:es?|ed|ing)|succeed(?:s|ed|ing)?|t(?:akes?|ook) over from|join(?:s|ed|ing)?|left|leav(?:es|ing))"
    rf"\s{_RUN}(?=\sas\b)"
)
# In the passive he may stand behind: `was replaced as chief executive of Scale AI by Jason Droege`.
_GAVE_WAY = re.compile(r"\b(?:replaced|succeeded)\b")
_POST_PATTERNS = {post: re.compile(rf"(?<!vice )\b(?:{pattern})\b", re.IGNORECASE) for post, pattern in _POSTS.items()}


@lru_cache(maxsize=4096)
def agents(text: str, stage: str) -> tuple[tuple[str, str, frozenset[str]], ...]:
    """Who led, acquired or founded: (deed, funding round, folded names). `stage` is the round named before the text."""
    found = []
    for start, end in sentence_spans(text):
        sentence = words.without_teller(text[start:end])
        rounds = [(m.start(), words.rounds(m.group())[0]) for m in ROUND.finditer(sentence)]
        for deed, pattern in _PATTERNS:
            for match in pattern.finditer(sentence):
                verb = match.start() if match.start("who") > match.start() else match.end()
                near = min((abs(at - verb), name) for at, name in rounds or [(0, stage)])[1]
                if who := _who(match):
                    found.append((deed, near, who))
                    found += [(deed, near, name) for name in _dated(sentence)]
        stage = rounds[-1][1] if rounds else stage
    return tuple(found)


def _dated(sentence: str) -> list[frozenset[str]]:
    """Whom a verb that is said once is said of too: `Moonshot was founded in 2023, and Zhipu in 2019`."""
    return [name for match in _GAPPED_DATE.finditer(sentence) for name in _each(match["who"])]


def same_agents(claim: str, said: list[tuple[str, str]]) -> bool:
    """`Lightspeed led the Series A` is not supported by `the Series A, led by Andreessen Horowitz`.

    `said`: each quote with the funding round that was named before it.
    """
    stated = [found for text, stage in said for found in agents(text, stage)]
    for deed, stage, names in agents(claim, ""):
        same = [(s, n) for d, s, n in stated if d == deed]
        same = [(s, n) for s, n in same if s == stage] or ([] if stage and all(s for s, _ in same) else same)
        doers = {name for _, found in same for name in found}
        if doers and not names <= doers:
            return False
        if not doers and stage and any(d == deed for d, _, _ in stated):
            return False
    return True


@lru_cache(maxsize=4096)
def _beside_verbs(text: str) -> tuple[tuple[str, str, frozenset[str]], ...]:
    """(`doer` or `done to`, verb, folded name) for every verb with names right beside it."""
    found = []
    for start, end in sentence_spans(text):
        sentence = words.without_teller(text[start:end])
        for version in {sentence, _ASIDE.sub("", sentence)}:
            gapped = [name for match in _GAPPED.finditer(version) for name in _each(match["who"])]
            for side, pattern in (("doer", _DOER), ("done to", _DONE_TO)):
                for match in pattern.finditer(version):
                    verb = words.fold(match["verb"])
                    owned = side == "doer" and re.search(r"['’]s?$", match["who"])
                    if verb in _NO_VERB or owned:
                        continue
                    found += [(side, verb, one) for one in _each(match["who"]) + gapped]
    return tuple(found)


def same_doers(claim: str, said: list[str]) -> bool:
    """`Ilya Sutskever left` is not supported by `Daniel Gross had left`: the same verb, somebody else beside it."""
    stated = [found for text in said for found in _beside_verbs(text)]
    claimed: dict[tuple[str, str], list[frozenset[str]]] = {}
    for side, verb, name in _beside_verbs(claim):
        claimed.setdefault((side, verb), []).append(name)
    for (side, verb), names in claimed.items():
        same = [n for s, v, n in stated if s == side and words.same_stem(v, verb)]
        if not same or any(_same_name(name, other) for name in names for other in same):
            continue
        if all(_always_beside_names(side, verb, text) for text in said):
            return False
    return True


def _always_beside_names(side: str, verb: str, text: str) -> bool:
    """Whether the verb has a name beside it wherever the text has it: else it may be anybody's."""
    bare = _ASIDE.sub("", text)
    pattern = _DOER if side == "doer" else _DONE_TO
    places = {m.start("verb") for m in pattern.finditer(bare) if words.same_stem(words.fold(m["verb"]), verb)}
    return sum(words.same_stem(words.fold(w), verb) for w in words.WORD.findall(bare) if w.islower()) <= len(places)


@lru_cache(maxsize=4096)
def posts(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """(post, folded names of who holds it), by the clause they share; no names where none stands near."""
    found: list[tuple[str, frozenset[str]]] = []
    for start, end in sentence_spans(text):
        sentence = _ASIDE.sub(" ", text[start:end])
        clauses = re.split(r"[;:,]\s(?!formerly|who|which)|\s(?:while|but|after)\s|\sand\s(?=[A-Z]|the\b)", sentence)
        for number, clause in enumerate(clauses):
            for post, pattern in _POST_PATTERNS.items():
                for match in pattern.finditer(clause):
                    found.append((post, _holder(clause, match, clauses[:number])))
    return tuple(found)


def _holder(clause: str, post: "re.Match[str]", earlier: list[str]) -> frozenset[str]:
    if _VACANT.search(clause[: post.start()]):
        return frozenset()
    by = rf"(?:\s(?:of|at)\s{_RUN})?\sby" if _GAVE_WAY.search(clause[: post.start()]) else "[,:]?"
    after = re.match(rf"{by}\s(?P<who>{_RUN})", clause[post.end() :])
    if after and (who := _who(after)):
        return who
    named = re.search(rf"\bnamed (?P<who>{_RUN})", clause[: post.start()])
    if named and (who := _who(named)):
        return who
    for text in (_BETWEEN.sub("", clause[: post.start()]), *reversed(earlier)):
        runs = [who for match in re.finditer(rf"(?P<who>{_RUN})", text) if (who := _who(match))]
        if runs:
            return runs[-1]
    return frozenset()


def same_posts(claim: str, said: list[str]) -> str:
    """The post that the text gives to somebody else or does not speak of; empty when there is none.

    A name as short as a surname is enough; where the text leaves the holder open, anybody may be meant.
    """
    stated = [found for text in said for found in posts(text)]
    for post, names in posts(claim):
        holders = [n for p, n in stated if p == post]
        if not holders:
            return post
        if names and all(holders) and not any(_same_name(names, holder) for holder in holders):
            return post
    return ""


def _who(match: "re.Match[str]") -> frozenset[str]:
    """The folded words of all the names."""
    return frozenset().union(*_each(match["who"]))


def _each(names: str) -> list[frozenset[str]]:
    """Each of a list of names, as folded words; not one that only owns what follows (`Ek's vehicle`)."""
    items = re.split(r",\s(?:and\s)?|\s(?:and|&)\s", names)
    items = [item for item in items if not re.search(r"['’]s?$", item)]
    found = [frozenset(map(words.fold, words.WORD.findall(item))) - STOP - GENERIC for item in items]
    return [name for name in found if name]


def _same_name(one: frozenset[str], other: frozenset[str]) -> bool:
    """`Ross` and `Jonathan Ross`."""
    return one <= other or other <= one
