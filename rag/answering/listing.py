"""Questions that want several things, `which start-ups did Acme back?`: one entry for each company or model.

Every sentence, item and row that meets what the question says of them gives the thing it is about. Where it does not
name that thing itself, the entry does, and the sentence or heading that does is quoted with it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.answering.aspects import Aspect
from rag.answering.claimed import FAR, gap_between
from rag.answering.focus import on_companies
from rag.answering.sought import Sought
from rag.answering.stated import on_dates
from rag.answering.wanted import Named
from rag.answering.windows import Window
from rag.checking.surroundings import subject_of
from rag.indexes.lexical import terms
from rag.names.occurrences import occurrences
from rag.question import Question
from rag.sentences import sentence_spans

Wanted = Literal["company", "model"]

# How near a day asked for must be stated: in the sentence or in what is read just before it.
IN_SIGHT = 0.6
_NUMBER = r"(?:(?:all|the|these|those|any|some|two|three|four|five|six|seven|eight|nine|ten|twelve|\d+) )"
_COMPANIES = (
    r"(?:companies|start-?ups|firms|labs|laboratories|makers|developers|providers|vendors|sellers|businesses|outfits"
    r"|unicorns|rivals|competitors)"
)
_MODELS = r"(?:models|versions|llms)"
_THING = rf"(?:(?P<company>{_COMPANIES})|(?P<model>{_MODELS}))"
_ASKED = re.compile(
    rf"^\W*(?:(?:in |by |for |of )?(?:which|what)|name|list|give me|show me|{_NUMBER})\b(?! is| was)"
    rf" ?{_NUMBER}*(?:[\w.’'-]+ ){{0,4}}?{_THING}\b",
    re.IGNORECASE,
)
_ASKED_LAST = re.compile(rf"\b(?:which|what) (?:[\w.’'-]+ ){{0,2}}?{_THING}\W*$", re.IGNORECASE)
_NO_QUESTION_WORD = re.compile(
    rf"^\W*(?!how |who |when |where |why |number |count )(?:[\w.’'-]+ ){{0,3}}?{_THING}\b", re.IGNORECASE
)
_WHO = re.compile(
    r"^\W*who (?:all )?(?:sells|makes|builds|offers|provides|develops|ships|produces|hosts)\b", re.IGNORECASE
)
_COUNTS = re.compile(r"\b(?:how (?:many|much)|number of)\b", re.IGNORECASE)


def list_wanted(question: Question) -> Wanted | None:
    """What a question wants several of; None when it wants one thing."""
    wording = question.wording
    if _COUNTS.search(wording):
        return None
    if _WHO.match(wording) and not question.companies:
        return "company"
    found = _ASKED.match(wording) or _ASKED_LAST.search(wording) or _NO_QUESTION_WORD.match(wording)
    if found is None:
        return None
    return "company" if found["company"] else "model"


@dataclass(frozen=True)
class Entry:
    """One thing of the list, and the window that tells of it.

    `called` is how the heading or title above names it, where the window's own text does not.
    """

    name: str
    window: Window
    called: str = ""

    @property
    def text(self) -> str:
        """The sentence of the answer, which tells what it lists: `Acme: The company has two models.`"""
        return f"{self.called}: {self.window.readable}" if self.called else self.window.readable


def meets(window: Window, sought: Sought) -> bool:
    """Whether a sentence is about all that the question names, within the days it speaks of."""
    wanted, aspect = sought.wanted, sought.aspect
    near = f"{window.above}\n{window.header}\n{window.text}"
    words = frozenset(terms(near))
    listed = _listed(sought)
    names = [name for name in (*wanted.names, *wanted.described) if not name.terms <= listed]
    return (
        window.sentences == 1
        and not window.is_question
        and bool(on_companies(window, wanted) or _models(window.text, sought.question))
        and all(name.stands_in(near, words) for name in names)
        and (not wanted.dates or on_dates(window, wanted) >= IN_SIGHT)
        and (aspect is None or not aspect.asked.search(sought.question.wording) or _says(aspect, window, names))
    )


def _says(aspect: Aspect, window: Window, names: Sequence[Named]) -> bool:
    """Whether the window says the aspect, and of those named: in `Acme led; Bolt took part` Bolt leads nothing."""
    said = [match.span() for match in aspect.said.finditer(window.text)]
    if window.header or not said:
        return aspect.said.search(f"{window.above}\n{window.header}") is not None or bool(said)
    return all(
        any(gap_between(one, place, window.text) <= FAR for one in said for place in name.places_in(window.text))
        for name in names
        if name.places_in(window.text)
    )


def entries_in(window: Window, wanted: Wanted, sought: Sought) -> list[Entry]:
    """The things of the kind wanted that a window tells of: of companies the one it is about, of models all."""
    known = sought.question.known
    if wanted == "model":
        return [Entry(name, window) for name in _models(window.text, sought.question)]
    given = set(sought.question.companies)
    own = [name for name in known.companies_in(window.text) if name not in given]
    if own:
        return [Entry(own[0], window)]
    if window.header:
        return []  # whose row it is, the row says
    text = window.passage.text
    paragraph = max(text.rfind("\n\n", 0, window.first) + 2, window.section)
    earlier = [named for named in known.company_names_in(text[paragraph : window.first]) if named[2] not in given]
    if earlier:
        start, _, company = earlier[-1]
        first = next((a for a, b in sentence_spans(text) if a <= paragraph + start < b), paragraph)
        return [Entry(company, replace(window, first=first, before=""))]
    title = window.passage.title
    for place, named in ((window.above, window.above), (title, subject_of(title))):
        about = set(known.companies_in(named)) - given
        for start, end, name in known.company_names_in(place):
            if name in about:
                return [Entry(name, window, name if name in place else place[start:end])]
    return []


def to_compare(window: Window) -> str:
    """What the model compares with the question: a row says little without the title and the header of its table."""
    return f"{window.passage.title}: {window.header} {window.readable}" if window.header else window.to_embed


def others_than_things(sought: Sought) -> dict[str, float]:
    """The words that an entry should hold: not those for what is listed."""
    listed = _listed(sought)
    return {word: weight for word, weight in sought.words.items() if word not in listed}


def _listed(sought: Sought) -> frozenset[str]:
    """The words for what is listed."""
    return frozenset(terms(" ".join(re.findall(rf"{_COMPANIES}|{_MODELS}", sought.question.wording, re.IGNORECASE))))


def _models(text: str, question: Question) -> list[str]:
    """The models that a text names, of the companies asked about where there are any."""
    found = {}
    for named in occurrences(text, question.known):
        models = [entry for entry in named.entries if entry.kind in ("model", "family")]
        makers = {company for entry in models for company in entry.companies}
        if models and (not question.companies or makers & set(question.companies)):
            found[" ".join(text[named.start : named.end].split())] = True
    return list(found)
