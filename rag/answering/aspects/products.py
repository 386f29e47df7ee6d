"""What is asked of products and models: what they cost, hold and allow, when they came out, who uses them."""

from rag.answering.aspects.aspect import WHEN, all_of, aspect

_SHOWN = (
    r"releas\w*|launch\w*|c[ao]mes? out|unveil\w*|publish\w*|introduc\w*|shown|put out|announc\w*|debut\w*"
    r"|available|open(?:ed|s)?|appear\w*|ship(?:s|ped)?|present(?:ed)?|made public|drop(?:ped)?|out on"
    r"|rolled out|live|went live"
)

PRICE = aspect(
    "price",
    "amount",
    asked=(
        r"(?:price|cost|costs|charge|charges|charged|pay|fee|fees"
        r"|rate)\b.* (?:(?:a|each|every) (?:\w+ ){0,2}(?:month|year|seat|user|tokens?|call|hour|request)"
        r"|per (?!share|cent)\w+)"
        r"|(?:monthly|annual|yearly|weekly|hourly|list) (?:price|fee|cost|rate|charge|plan)s?|price list"
        r"|per (?:million|thousand|1k|1m) (?:\w+ )?tokens?|subscription|pric(?:ing|ed)"
        r"|pric(?:e|es) (?:of|for|to use) .*(?:api|plan|model|tokens?|access)"
        r"|api\b.* (?:price|prices|cost|costs|charge|charges|expensive|fees?)"
        r"|(?:expensive|cheap|cost|costs|charge|charges|price|prices|fees?)\b.* api|how (?:expensive|cheap)"
        r"|(?:what|how much) (?:do|does|will|would|must|should) .{1,60} (?:cost"
        r"|charge)\b(?!.*(?:train|round|valu|share))"
        r"|(?:what|how much) (?:do|does|must|would) (?:users|customers|developers|companies|one|you|people|i"
        r"|subscribers) (?:have to )?pay"
    ),
    said=(
        r"per (?!share|cent|year|annum|quarter|employee|head|person|capita|day|week)\w+"
        r"|a (?:month|seat|user)\b(?! of)|subscri\w+|pricing|charges?"
        r"|costs? (?:users|customers|developers)|priced"
    ),
)

TRAINING_COST = aspect(
    "training cost",
    "amount",
    asked=(
        r"(?:cost|costs|spend|spent|spending|expensive|price|budget|much)\b.*(?:train\w*|gpu)"
        r"|train\w*\b.*(?:cost|costs|spend|spent|budget|expensive|much)"
    ),
    said=(
        r"train(?:ed|ing)?\b.{0,100}(?:cost|spen[dt]|gpu|budget|worth)"
        r"|(?:costs?|spen[dt]|budget|worth)\b.{0,100}train(?:ed|ing)?"
    ),
)

NEWEST_MODEL = aspect(
    "newest model",
    "model",
    asked=(
        r"(?:newest|latest|most recent|current|last|most advanced)\b.* (?:models?|versions?|releases?|llms?)"
        r"|(?:models?|versions?|llms?)\b.* (?:newest|latest|most recent|last out)"
    ),
    said=rf"{_SHOWN}|br(?:ings|ought) out|models?|versions?|family|successors?|follow(?:s|ed)",
    changes=True,
)

CONTEXT_WINDOW = aspect(
    "context window",
    "count",
    asked=(
        r"context|how many tokens|tokens (?:can|does|at once)"
        r"|(?:long|much|large)\b.* (?:input|prompt|document)s? (?:can|does)"
    ),
    said=r"context|token window|window of|tokens",
)

NUMBER_OF_PARAMETERS = aspect(
    "number of parameters",
    "count",
    asked=r"param\w*|weights (?:does|has)|model size",
    said=r"param\w*|\d+(?:\.\d+)?b(?: total| active)?|trillion",
)

LICENCE = aspect(
    "licence",
    "any",
    asked=r"(?:what|which|whose|under)\b.*licen[cs]es?|licen[cs]ed|open[- ]source\?",
    said=r"licen[cs]\w+|apache|mit|proprietary|open[- ]weights?|open[- ]source",
)

NUMBER_OF_USERS = aspect(
    "number of users",
    "count",
    asked=(
        r"users?|subscribers?|visit(?:s|ors?)|accounts|registered"
        r"|(?:sign(?:ed|s)?|log(?:ged|s)?)[- ]?(?:up|on|in)s?"
        r"|(?:how many|number of) (?:people|persons|developers)\b.* us(?:e|es|ed|ing)|user ?base|audience"
        r"|traffic"
    ),
    said=(
        r"users?|subscribers?|visit(?:s|ors?)|accounts|sign(?:ed|s)?[- ]?ups?|registered"
        r"|people (?:use|a week|a month)|(?:weekly|monthly|daily) active|used by"
        r"|(?:people|persons|developers|programmers|companies|customers|firms|teams)\b.{0,40} us(?:e|es|ed|ing)"
    ),
    changes=True,
)

NUMBER_OF_DOWNLOADS = aspect(
    "number of downloads",
    "count",
    asked=r"downloads?|downloaded",
    changes=True,
)

DATE_OF_ITS_RELEASE = aspect(
    "date of its release",
    "date",
    asked=rf"{all_of(WHEN, _SHOWN)}|(?:release|launch|announcement) date|date of (?:release|launch)",
    said=rf"{_SHOWN}|weights|follow(?:ed)?|news|model|came",
)
