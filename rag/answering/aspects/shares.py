"""What is asked of a company's shares: their sale, their listing, and who bought all of them."""

from rag.answering.aspects.aspect import WHEN, all_of, aspect

_BUYING = (
    r"acqui(?:re[sd]?|ring|sitions?)|bought|buy(?:s|ing)?|buyout|purchas\w+|take-?over"
    r"|tak(?:e|es|ing|en) over|took (?:it )?over|snap(?:s|ped|ping)? up|swallow\w*|merge[drs]?|merging"
    r"|absorb\w*|sold|sale"
)

PRICE_PER_SHARE = aspect(
    "price per share",
    "amount",
    asked=(
        r"(?:price|much|paid|cost) (?:per|a|each|of a) share|share price"
        r"|(?:offer(?:ing)?|issue|ipo|listing|closing|opening) price"
        r"|(?:price|what|how much)\b.* (?:shares?|stock)\b.* (?:clos\w+|opene?[ds]|finish\w*|end(?:ed)?|debut"
        r"|first day|sold|trad\w+)"
        r"|(?:shares?|stock)\b.* (?:clos\w+|finish\w*|end(?:ed)?)\b.* (?:debut|day)"
    ),
    said=(
        r"clos(?:ed|ing|e)|first day|shares|per share|a share|each|apiece|offer(?:ing)? price|issue price|priced"
        r"|share price"
    ),
)

STAKE = aspect(
    "stake",
    "percent",
    asked=(
        r"stakes?"
        r"|(?:share|slice|portion|percentage|percent|per cent|%|chunk) of(?! (?:revenue|sales|the market))"
        r"|(?:what|which) (?:percent(?:age)?|share|portion)|own(?:s|ed)? (?:of|by)"
        r"|how much of .{1,60} (?:own|hold|have)s?|in percent"
    ),
    said=r"percent|per cent|stakes?|own(?:s|ed)?|owning|\d+(?:\.\d+)? ?%",
)

BANKS = aspect(
    "banks",
    "name",
    asked=r"banks?|underwrit\w+|bookrunners?|arrang(?:e|es|ing)",
    said=r"banks?|underwrit\w+|bookrunners?|sponsors?|arrang(?:e|es|ed|ing)",
)

PROCEEDS = aspect(
    "proceeds",
    "amount",
    asked=(
        r"proceeds"
        r"|(?:how much|what (?:sum|amount|did))\b.* (?:ipo|listing|flo(?:a|ta)t\w*|offering|going public"
        r"|stock exchange)"
        r"|(?:ipo|listing|flo(?:a|ta)t\w*|offering)\b.* (?:how much|amount|size|raised?)"
    ),
    said=r"rais(?:e|ed|ing)|proceeds|br(?:ing|ought) in|took in",
    changes=True,
)

STOCK_MARKET_LISTING = aspect(
    "stock market listing",
    "asked",
    asked=(
        r"ipo|(?:float(?:s|ed|ing|ation)?|flotation)|go(?:es|ing)? public|went public|list(?:ed|ing)"
        r"|stock (?:market|exchange)|day of trading|(?:start|began|begin)\b.* trading|prospectus"
    ),
    said=(
        r"ipo|float(?:s|ed|ing|ation)?|flotation|(?:public )?offering|went public|go(?:ing)? public"
        r"|list(?:ed|ing)"
        r"|trading|traded|prospectus|draft"
    ),
)

PURCHASE_PRICE = aspect(
    "purchase price",
    "amount",
    asked=(
        r"(?:how much|what)\b.* offer(?:ed)? for\b.*|"
        r"(?=.*\b(?:how much|what price|price|sum|cost"
        r"|what (?:did|is|was|does|will) .{1,50} (?:pay|paid|paying|hand|giv\w+))\b)"
        rf"(?=.*\b(?:{_BUYING}|pay|pays|paid|paying|payments?|hand(?:ed)? over|giv(?:e|ing)"
        rf"|deal)\b)(?!.*\b(?:funding|raised?|invest)\b).*"
    ),
    said=(
        rf"{_BUYING}|pa(?:y|ys|id|ying|yments?)|deals?|worth|including|for (?:about |around |over )?[$€£]"
        rf"|hand(?:ed)? over|shares"
    ),
)

DATE_OF_THE_PURCHASE = aspect(
    "date of the purchase",
    "date",
    asked=all_of(WHEN, _BUYING),
    said=rf"{_BUYING}|agreed|complet\w+|closed|joined|deal|became",
)

PURCHASE = aspect(
    "purchase",
    "name",
    asked=all_of(r"who|which|what|whom|by whom|name", _BUYING),
    said=rf"{_BUYING}|became (?:its|a|part)",
)
