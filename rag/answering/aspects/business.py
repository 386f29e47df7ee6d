"""What is asked of a company's business: what it does, for whom, and what it earns by it."""

from rag.answering.aspects.aspect import aspect
from rag.descriptions import FIRM

# `Acme, the maker of arms`, `Bolt sells`, `a start-up that builds`: what says what something is.
_THING = (
    r"(?:provider|platform|database|editor|service|tool|app|program|library|framework|cloud|marketplace|assistant|engine"
    r"|newsletter|agency|fund|network|studio)"
)
_DEFINED = (
    rf"(?:an?|the) (?!new |same |other |first |whole )(?:[\w’-]+ ){{1,5}}(?:{FIRM}|{_THING})"
    rf"|{FIRM} (?:that|which|behind|for)|makers? of"
    r"|is (?:an?|the) (?:[\w’-]+ ){1,4}(?:that|which|in which|for|where|used|made|built)"
    r"|(?:makes|builds|develops|sells|provides|offers|designs|operates|produces|manufactures|speciali[sz]es)"
    r" (?!to\b)[\w-]+"
    r"|runs an? \w+|field is|in the business of|sells(?= \|)"
)

NUMBER_OF_CUSTOMERS = aspect(
    "number of customers",
    "count",
    asked=(
        r"(?:how many|number of|count of)\b.* (?:customers?|clients?)"
        r"|(?:customers?|clients?)\b.*(?:how many|number|count)|customer (?:base|count|numbers?)"
    ),
    said=r"customers?|clients?",
    changes=True,
)

MARGIN = aspect(
    "margin",
    "percent",
    asked=r"margins?",
)

PROFIT_OR_LOSS = aspect(
    "profit or loss",
    "amount",
    asked=(
        r"profit\w*|in the (?:black|red)|net income|loss(?:es)?|ebitda|margins?|break[- ]?even|cash burn"
        r"|burn rate|burn(?:s|ing)?|los(?:e|es|ing) money"
    ),
)

REVENUE = aspect(
    "revenue",
    "amount",
    asked=(
        r"revenues?|sales|turnover|arr|run[- ]?rate|earn(?:s|ed|ing|ings)?|tak(?:e|es|ing) in|took in"
        r"|annuali[sz]ed|recurring|income|top line"
        r"|(?:make|makes|making)\b.* (?:a|per|each) (?:year|month)"
        r"|turn(?:s|ed|ing)? over|money (?:does|did|do) .{1,40} (?:make|earn|bring in)\b(?!.*(?:round|seed|series))"
    ),
    said=r"revenues?|sales|turnover|arr|run[- ]?rate|annuali[sz]ed|recurring|earn(?:s|ed|ing)?",
    changes=True,
)

PARTNERS = aspect(
    "partners",
    "asked",
    asked=r"partner\w*|alliances?|team(?:ed|s)? up|collaborat\w*|tie-?up",
    said=r"partner\w*|alliances?|team(?:ed|s)? up|collaborat\w*|tie-?up|together with|with",
)

CUSTOMERS = aspect(
    "customers",
    "name",
    asked=r"customers?|clients?|clientele|who (?:uses|buys|pays for)",
    said=r"customers?|clients?|us(?:es|ed by)|sells? to|sold to|bought by",
)

LINE_OF_BUSINESS = aspect(
    "line of business",
    "any",
    asked=(
        r"what (?:exactly )?(?:does|do|did) .{1,60}? (?:do|make|build|develop|sell|offer|provide|produce)"
        r"(?: exactly)?\W*$"
        r"|what (?:kind|sort|type) of (?:\w+ )?(?:company|business|firm|start-?up|lab\w*|outfit|product|tool"
        r"|service|thing)|(?:what|which|whose) (?:business|field|industry|sector|line of)|line of (?:business|work)"
        r"|tell me about|describe|what (?:is|are) (?:the )?(?-i:[A-Z][\w.-]*(?: (?:[A-Z][\w.-]*|[\d.]+\w*))*)\W*$"
        r"|what[’']s (?-i:[A-Z][\w.-]*(?: (?:[A-Z][\w.-]*|[\d.]+\w*))*)\W*$"
        r"|what(?: is|[’']s) [\w.-]+(?: (?:ai|labs?|company))?\W*$"
    ),
    said=_DEFINED,
)
