"""The text of a message without what mail adds to it: what newsletters say of themselves, and the mail before."""

import re
from dataclasses import dataclass

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
_END = re.compile(
    r"\bunsubscribe\b|you(?:’|')?(?:re| are) (?:receiving|getting) this|you (?:received|subscribed)"
    r"|manage (?:your )?(?:e-?mail )?preferences"
    r"|\babmelden\b|se désabonner|se désinscrire|darse de baja",
    re.IGNORECASE,
)
# A paragraph that says by its first line that somebody paid for it, in plain text often between rules.
_SPONSORED = re.compile(
    r"^(?:[\W_]{3,}\n)?\W{0,6}(?:sponsored(?: by| content| post)?|(?:presented|brought to you) by|together with"
    r"|in partnership with|a message from (?:our|today)\S*)\b[^\n]{0,60}\n[^\n]",
    re.IGNORECASE,
)
# A line drawn below a heading or between stories.
_RULES = re.compile(r"^[=_~*-]{4,}[ \t]*(?:\n|\Z)", re.MULTILINE)
_LONGEST = 400
_LONGEST_END = 1_500
_FORWARDED = re.compile(
    r"^[^\w\n]{0,20}(?:-{2,20} {0,5}(?:forwarded message|original message|weitergeleitete nachricht"
    r"|message transféré) {0,5}-{2,20}"
    r"|begin forwarded message:)",
    re.IGNORECASE | re.MULTILINE,
)
_FIELD = re.compile(r"\**\b(From|Date|Sent|Subject|To|Cc|Reply-To)\s*:\**\s*", re.IGNORECASE)
_REPLY = re.compile(
    r"^(?:On\b[^\n]{5,200}(?:\n[^\n]{0,100})?\bwrote:|Am\b[^\n]{5,200}\bschrieb\b[^\n]{0,80}:"
    r"|Le\b[^\n]{5,200}\ba écrit ?:)[ \t]*$",
    re.MULTILINE,
)
# A note above a forwarded story is shorter than this; a longer text is a story itself.
_NOTE_WORDS = 60


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The headers of a message inside another one's text."""

    sender: str
    date: str
    subject: str | None


def own_text(text: str) -> tuple[str, Forwarded | None]:
    """What the message itself says; when it merely forwards another, what that one says, and its headers."""
    forwarded = None
    for _ in range(3):  # a story is often passed on more than once
        inner = _forwarded(text)
        if inner is None:
            break
        text, forwarded = inner
    return _without_frame(_without_history(text)), forwarded


def _forwarded(text: str) -> tuple[str, Forwarded] | None:
    found = _FORWARDED.search(text)
    if found is None or len(text[: found.start()].split()) > _NOTE_WORDS:
        return None
    below = re.sub(r"^> ?", "", text[found.end() :], flags=re.MULTILINE).lstrip()
    fields: dict[str, str] = {}
    head = re.split(r"\n\s*\n", below, maxsplit=1)[0][:1500]
    pieces = _FIELD.split(head)
    for key, value in zip(pieces[1::2], pieces[2::2], strict=False):
        fields.setdefault(key.lower(), " ".join(value.split()))
    if "from" not in fields or pieces[0].strip(" *-\n|"):
        return None
    rest = below[len(head) :].lstrip()
    return rest, Forwarded(fields["from"], fields.get("date") or fields.get("sent", ""), fields.get("subject"))


def _without_history(text: str) -> str:
    """The text without the mail it answers, where that stands below it, whole; quotes between its lines are its own."""
    reply = _REPLY.search(text)
    if reply and text[: reply.start()].strip():
        below = [line for line in text[reply.end() :].splitlines() if line.strip()]
        if below and (all(line.startswith(">") for line in below) or not any(line.startswith(">") for line in below)):
            return text[: reply.start()].rstrip()
    original = _FORWARDED.search(text)
    if original and len(text[: original.start()].split()) > _NOTE_WORDS and _FIELD.search(text[original.end() :][:300]):
        return text[: original.start()].rstrip()
    lines = text.rstrip().splitlines()
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].startswith(">")):
        end -= 1
    return "\n".join(lines[:end]) if end else text


def _without_frame(text: str) -> str:
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
    return bool(_END.search(paragraph)) and any(map(_ABOUT_ITSELF.match, _lines(paragraph)))


def _lines(paragraph: str) -> list[str]:
    return [re.sub(r"^[-|>\s]+|[|\s]+$", "", line) for line in paragraph.splitlines() if line.strip(" |->")] or [
        paragraph
    ]
