"""Lines of a page that are no part of its article, told by their wording, their links and their place."""

import re
from collections.abc import Sequence

from lxml import html

from ingest.extract.metadata import read_byline
from ingest.extract.page_blocks import Block

# Names that sites give to what stands beside a story: whole words of an id or a class.
_BESIDE = re.compile(
    r"(?:^|[\s_-])(?:captions?|credits?|by-?lines?|authors?|bio|shar(?:e|ing)|social|related|recommend(?:ed|ations?)"
    r"|news-?letters?|sign-?up|subscri(?:be|ption)|promos?|ad|ads|advert(?:isement|s)?|sponsor(?:ed)?|bread-?crumbs?"
    r"|comments?|respond|tags|nav|navigation|menu|side-?bar|footer|cookies?|consent|teasers?|pull-?quotes?|tool-?bar"
    r"|more-?(?:from|on)|most-?(?:read|popular)|trending|popular|outbrain|taboola|widget|meta|gallery|slide-?show)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"(?:^|[\s_-])(?:comments?(?:-?list|-?area|-?section)?|respond|disqus(?:_thread)?|related(?:-?\w+)?"
    r"|recommend(?:ed|ations?)|side-?bar|footer|more-?(?:from|stories|news|on)|most-?(?:read|popular)|trending|popular"
    r"|read-?(?:next|more)|promos?|teasers?|latest(?:-?\w+)?|recirc\w*|outbrain|taboola)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"(?:^|[\s_-])(?:captions?|caption-?text|photo-?credits?|image-?credits?|credits?|by-?line|date-?line"
    r"|time-?stamp|read-?more|news-?letter|related|share)(?:$|[\s_-])",
    re.IGNORECASE,
)
# Lines that stand alone, and say what a button or the head of a box says.
_ALONE = re.compile(
    r"\W*(?:share(?: (?:this|on|via|the|with|article|story)\b.{0,25})?|print|e-?mail|tweet|copy link|link copied|save"
    r"|facebook|twitter|whatsapp|linkedin|pinterest|reddit|telegram|messenger|bookmark|close|menu|search|loading"
    r"|(?:\d+|no|view|show|leave a|post a|add a|read|see)? ?(?:all )?comments?(?: \d+)?|reply"
    r"|advertise?ments?|sponsored(?: content)?|promoted|story continues below.{0,30}|article continues below.{0,30}"
    r"|skip (?:to|past|ad|advert).{0,40}|end of .{0,20}(?:newsletter|promotion)|scroll (?:down )?to continue.{0,40}"
    r"|related(?: (?:articles?|stories|story|content|topics?|links?|news|posts?|coverage|reading|video|items?))?"
    r"|recommended(?: (?:for you|stories|reading|videos?))?|(?:you (?:may|might) also (?:like|be interested in))"
    r"|read (?:more|next|also)|(?:more|other|latest|top) (?:stories|news|articles|posts|headlines|coverage|like this)"
    r"|more (?:from|on|in|about) .{0,40}|most (?:read|popular|viewed|shared)|trending(?: now)?|popular(?: now)?"
    r"|what(?:'|’)s (?:next|trending)|up next|don(?:'|’)t miss|see also|newsletters?|subscribe(?: now)?"
    r"|sign (?:up|in|out)|log ?in|register|follow(?: us| me)?|image|photos?|video|caption|credit|play(?: video)?|pause"
    r"|watch(?: now| live)?|listen(?: to (?:this )?(?:article|story))?|\d+ min(?:ute)?s? (?:read|ago)"
    r"|\d+ (?:hours?|days?) ago"
    r"|(?:image|photo|picture)s? (?:copyright|source|credit|caption)\b.{0,40}|media captions?\b.{0,40}|get app"
    r"|(?:hide|show|toggle) caption|enlarge(?: this)? image|view (?:gallery|photos?|larger|image).{0,20}|close modal"
    r")\W*",
    re.IGNORECASE,
)
# An invitation to another story: `Read more: …`, `RELATED | …`.
_ELSEWHERE = re.compile(
    r"\W*(?:(?:also )?read(?: (?:more|also|next|this|the full \w+))?|related(?: \w+)?|see also|also see|see more|watch"
    r"|listen|more(?: (?:on|from|about) .{0,30}| coverage| stories| news)?|recommended|don(?:'|’)t miss|in pictures"
    r"|must read|click here|explore more|further reading|you (?:may|might) (?:also )?like"
    r"|lesen sie (?:auch|mehr|dazu)|mehr (?:dazu|zum thema)|siehe auch|(?:à )?lire (?:aussi|également)|voir aussi"
    r"|(?:lea|lee|leer|ver) también|más información|leggi anche|vedi anche|leia (?:também|mais)|veja também|lees ook)"
    r"(?: (?:here|now|below))?\s*[:|>»→–—-]+\s*\S",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"\W*(?:photo(?:graph)?s?|images?|pictures?|credits?|video)(?: (?:by|credit|courtesy(?: of)?|via|source))?\s*[:/©]",
    re.IGNORECASE,
)
# These two may stand anywhere in a line. They are of lower case, and sought in that: it is several times as fast.
_AGENCY = re.compile(r"(?:getty images|shutterstock|istock ?photo|ap photo/.*|afp/getty)\)?\W*$")
_LEGAL = re.compile(
    r"(?:©|\(c\)|copyright\b).{0,80}\d{4}|copyright ©|\ball rights reserved\b|\blicensed under (?:a|the)\b"
    r"|\bterms of (?:use|service)\b.*\bprivacy\b|\bmay not be (?:published|reproduced|copied)\b"
    r"|\bthis (?:site|website) (?:is protected|uses)\b"
)
_SIGN_OFF = re.compile(
    r"\W*(?:"
    r"(?:topics?|tags?|tagged|categories|category|keywords|filed under|posted (?:in|under))\b\s*(?::|\||$)"
    r"|(?:follow|like|find|join|contact|e-?mail|write to|reach|tweet)"
    r" (?:us|me|him|her|them|the author|[A-Z@]\S+(?: \S+)?)\s(?:on|at|@|:|via|through|here)\b"
    r"|submit comments?\b|(?:got|have) a (?:tip|story|news)\b|send (?:us )?(?:tips|news)"
    r"|download (?:the|our)\b.{0,30}\bapp\b|(?:recommend|share) this\b|originally published (?:at|on|in)\b"
    r"|(?:this|the) (?:article|story|post) (?:was )?(?:originally|first) (?:appeared|published|ran)\b"
    r"|comments? (?:are|is|have been) (?:closed|off|disabled|moderated)|(?:to|please) (?:leave|post) a comment"
    r"|(?:correction|clarification) policy|report (?:a|an) (?:typo|error))",
    re.IGNORECASE,
)
# Who wrote it, below the last sentence.
_ABOUT_AUTHOR = re.compile(
    r"\W*[A-Z]\S*(?: \S+){1,3},? (?:is|was|covers|writes|reports)\b.{0,60}?"
    r"\b(?:reporter|correspondent|editor|journalist|columnist|contributor|(?:staff|senior|freelance) writer"
    r"|(?:writes|reports|blogs) (?:about|on|for)|covers)\b",
)
_LONG = 20  # words: what is longer tells something
_SHORT = 12
_SENTENCE = 5


def is_of_others(element: html.HtmlElement) -> bool:
    """Whether the element is a frame around the page, or a list of other stories or of readers' words, by its name.

    What is said there of authors and dates is not said of this article.
    """
    if element.tag in ("aside", "footer", "nav"):
        return True
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    return element.tag in ("div", "section", "ul", "ol") and _OTHERS.search(named) is not None


def is_beside_the_story(element: html.HtmlElement, container: html.HtmlElement) -> bool:
    """Whether the element, or one around it inside `container`, has a name that says so."""
    while element is not None and element is not container:
        if element.keys() and _BESIDE.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            return True
        element = element.getparent()
    return False


def without_frame(blocks: Sequence[Block], author: str | None = None) -> list[Block]:
    """The blocks without those around and between them that tell nothing of the story."""
    kept = [block for block in blocks if not _is_apart(block)]
    long = [i for i, block in enumerate(kept) if tells(block)] or [i for i, b in enumerate(kept) if _is_sentence(b)]
    if not long:
        return kept
    if len(long) >= 3:
        kept = [b for i, b in enumerate(kept) if not (long[0] < i < long[-1] and _is_only_a_link(b))]
        long = [i for i, block in enumerate(kept) if tells(block)] or long
    head = [block for block in kept[: long[0]] if not _is_head_line(block, author)]
    body = kept[long[0] :]
    end = long[-1] - long[0] + 1  # of what is certain
    while end > 1 and len(body[end - 1].words) <= 2 * _LONG and _is_sign_off(body[end - 1]):
        end -= 1
    tail = [block for block in body[end:] if not _is_sign_off(block)]
    while tail and _is_end_line(tail[-1]):
        tail.pop()
    return head + body[:end] + tail


def tells(block: Block) -> bool:
    """Whether the block is long enough, and enough of it not in links, to be a part of a story."""
    return block.kind in ("text", "item", "code") and len(block.words) >= _LONG and block.links < 0.5


def _is_sentence(block: Block) -> bool:
    """What tells something where nothing is long: an article of a few short sentences."""
    is_closed = block.text.endswith((".", "!", "?", "。", "！", "？", "”", '"', "»"))
    return (
        block.kind == "text"
        and is_closed
        and len(block.words) >= _SENTENCE
        and block.links < 0.5
        and not _LEGAL.search(block.text.lower())
    )


def _is_apart(block: Block) -> bool:
    if block.kind in ("cell", "code"):
        return False
    count = len(block.words)
    return (
        (count <= 2 * _LONG and _CAPTION.search(block.element.get("class") or "") is not None)
        or block.beside in ("figcaption", "figure", "nav")
        or (count <= _SHORT and _ALONE.fullmatch(block.text) is not None)
        or (count <= 30 and (block.links > 0.4 or block.text.isupper()) and _ELSEWHERE.match(block.text) is not None)
        or (count <= 40 and block.kind == "text" and _is_credit(block.text))
    )


def _is_credit(text: str) -> bool:
    """Who made the picture above."""
    return _CREDIT.match(text) is not None or _AGENCY.search(text.lower()) is not None


def _is_only_a_link(block: Block) -> bool:
    return block.kind == "text" and block.links > 0.95 and 3 <= len(block.words) <= 25


def _is_head_line(block: Block, author: str | None) -> bool:
    """Above the first sentences: where one is, when it was written and by whom."""
    if block.kind in ("cell", "code") or len(block.words) > _SHORT:
        return False
    if block.links > 0.8:
        return block.kind == "text" or (block.kind == "item" and len(block.words) <= 4)
    if block.kind == "heading" or block.text.endswith((".", "!", "?", "”", '"')):
        return False
    return read_byline(block.text)[2] or bool(author and author.casefold() in block.text.casefold())


def _is_sign_off(block: Block) -> bool:
    """Below the last sentences: the law, and what the reader may do now."""
    if block.kind in ("cell", "code", "heading"):
        return False
    return _LEGAL.search(block.text.lower()) is not None or (
        len(block.words) <= 2 * _LONG
        and (_SIGN_OFF.match(block.text) is not None or _ABOUT_AUTHOR.match(block.text) is not None)
    )


def _is_end_line(block: Block) -> bool:
    """The heading of nothing, or a link elsewhere."""
    return block.kind == "heading" or (
        block.kind not in ("cell", "code") and block.links > 0.8 and len(block.words) <= _LONG
    )
