"""What a newsletter says of itself around its stories: how to read it elsewhere, to rate it, to leave it."""

import re
from collections.abc import Sequence

_NETWORK = (
    r"(?:twitter|x|facebook|linkedin|instagram|youtube|tiktok|threads|bluesky|mastodon|telegram|whatsapp|reddit|spotify"
    r"|apple podcasts|podcast|website|web|rss|e-?mail)(?: (?:icon|logo))?"
)
_RATING = r"loved? it|it was ok(?:ay)?|not great|needs? work|hated it|meh"
_ASKED = (
    r"how did we do|how was (?:this|today(?:’|')s)|what did you think|rate (?:this|today)"
    r"|was this (?:e-?mail|newsletter|issue) (?:helpful|useful)|did you (?:like|enjoy) (?:this|today)"
)
# A reader of the article wants none of these; each stands in a short paragraph of its own.
_ABOUT_ITSELF = re.compile(
    r"^\W{0,4}(?:"
    r"(?:[\w ,.:/’'-]{1,40}[|•·] ?)?(?:view|read|open|see|having trouble (?:viewing|reading))\b.{0,60}"
    r"\b(?:browser|online|on the web|web version|in (?:the )?app)\b"
    r"|(?:no images|email not displaying|can(?:’|')t see|trouble (?:viewing|seeing))\b.{0,100}"
    r"|(?:(?:[\w ’'-]{1,40}[|·•/,] ?){0,9}|(?:click|tap|you (?:can|may)|want to|to|if you|don(?:’|')t|no longer"
    r"|not interested|wish)\b.{0,100}\b)unsubscribe\b.{0,200}"
    r"|(?:to )?(?:stop|opt[- ]out|no longer)\b.{0,60}\b(?:receiv|e-?mails?|newsletters?)\b.{0,100}"
    r"|you(?:’|')?(?:re| are)? (?:are )?(?:currently )?(?:receiv\w+|getting|subscribed|on this list)\b.{0,250}"
    r"|(?:this|the) (?:e-?mail|message|newsletter) (?:was|has been|is being|is) (?:sent|delivered|intended)\b.{0,200}"
    r"|(?:manage|update|change|edit|email)\b.{0,20}\b(?:preferences|settings|subscription|profile)\b.{0,150}"
    r"|(?:our|mailing) (?:mailing )?address\b.{0,200}"
    r"|(?:please )?add (?:us|\S+@\S+)\b.{0,40}\b(?:address book|contacts|safe)\b.{0,60}"
    r"|(?:was (?:this )?|this e-?mail (?:was )?)?forwarded (?:to you|this e-?mail)\b.{0,150}"
    r"|(?:copyright ?)?(?:©|\(c\)) ?(?:\d{4}|copyright).{0,200}"
    r"|(?:sent|delivered) (?:to|by|with|via) .{0,100}"
    r"|(?:privacy (?:policy|notice)|terms (?:of (?:use|service)|and conditions)|contact us|help cent(?:er|re)"
    r"|advertise)"
    r"(?:\W{1,5}(?:privacy|terms|contact|help|advertise|preferences|[\w ]{1,25}))*"
    r"|powered by .{1,40}|start writing|get the app|read in app|restack|like|comment|share|tweet"
    r"|forward(?: to a friend)?"
    r"|(?:read|see|view|show|learn|find out) more(?: here| now)?|(?:continue|keep) reading|click here"
    r"|full (?:story|article)|links?:|\[\d+\]:? ?(?:https?://|www\.)\S+"
    r"|(?:view|show|see) (?:the )?(?:image|picture|photo|caption).{0,40}|\[(?:image|picture|photo|logo)\b[^\]]{0,100}\]"
    r"|(?:photo|image|picture)s?(?: credits?| courtesy| illustration| source)*\s?(?::|©|by\b).{1,60}"
    rf"|(?:(?:follow|find|join) us(?: on)?:? ?)?(?:{_NETWORK}\W{{1,5}}){{1,11}}{_NETWORK}"
    rf"|(?:{_ASKED})\b.{{0,150}}|(?:👍|👎|⭐|{_RATING})(?:\W{{0,5}}(?:{_RATING}))*"
    r"|(?:abmelden|newsletter abbestellen|im browser (?:ansehen|anzeigen|öffnen)|se désabonner|se désinscrire"
    r"|voir (?:cet e-?mail )?dans (?:le|votre) navigateur|afficher dans le navigateur|darse de baja)\b.{0,120}"
    r")\W*$",
    re.IGNORECASE,
)
# Of what is in lower case: there `re` skips to letters that one of these begins with, which makes it ten times as fast.
_END = re.compile(
    r"unsubscribe\b|you(?:’|')?(?:re| are) (?:receiving|getting) this|you (?:received|subscribed)"
    r"|manage (?:your )?(?:e-?mail )?preferences"
    r"|abmelden\b|se désabonner|se désinscrire|darse de baja"
)
# A paragraph that says by its first line that somebody paid for it, in plain text often between rules.
_SPONSORED = re.compile(
    r"^(?:[\W_]{3,}\n)?\W{0,6}(?:sponsored(?: by| content| post)?|(?:presented|brought to you) by|together with"
    r"|in partnership with|a message from (?:our|today)\S*)\b[^\n]{0,60}\n[^\n]",
    re.IGNORECASE,
)
# What stands above the first story of a letter, and how far down that may be.
_TOP = 6
_ELSEWHERE = re.compile(
    r"^\W{0,4}(?:[\w ,.:/’'-]{1,40}[|•·] ?)?(?:view|read|open|see|having trouble (?:viewing|reading))\b.{0,60}"
    r"\b(?:browser|online|on the web|web version|in (?:the )?app)\W*$",
    re.IGNORECASE,
)
# A line drawn below a heading or between stories.
_RULES = re.compile(r"^[=_~*-]{4,}[ \t]*(?:\n|\Z)", re.MULTILINE)
_LONGEST = 400
_LONGEST_END = 1_500


def is_letter(paragraphs: Sequence[str]) -> bool:
    """Whether a text is a newsletter by what it says of itself: how to read it in a browser, or to unsubscribe."""
    above, below = paragraphs[:_TOP], paragraphs[len(paragraphs) // 2 :]
    return any(len(p) <= _LONGEST and _ELSEWHERE.match(p) for p in above) or any(
        len(p) <= _LONGEST and _is_end(p) for p in below
    )


def without_frame(text: str) -> str:
    """The text without what the newsletter says of itself, above, between and below its stories."""
    paragraphs = [p for p in re.split(r"\n\s*\n", text) if p.strip()]
    end, below = len(paragraphs), 0
    for i in range(len(paragraphs) - 1, len(paragraphs) // 2, -1):
        below += len(paragraphs[i])
        if below > _LONGEST_END:
            break
        end = i if len(paragraphs[i]) <= _LONGEST and _is_end(paragraphs[i]) else end
    paragraphs = [p for p in paragraphs[:end] if not _SPONSORED.match(p) or len(p) > _LONGEST]
    kept = [p for p in paragraphs if not (len(p) <= _LONGEST and all(map(_ABOUT_ITSELF.match, _lines(p))))]
    return _RULES.sub("", "\n\n".join(kept)).strip("\n")


def _is_end(paragraph: str) -> bool:
    return bool(_END.search(paragraph.lower())) and any(map(_ABOUT_ITSELF.match, _lines(paragraph)))


def _lines(paragraph: str) -> list[str]:
    return [re.sub(r"^[-|>\s]+|[|\s]+$", "", line) for line in paragraph.splitlines() if line.strip(" |->")] or [
        paragraph
    ]
