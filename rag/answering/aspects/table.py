"""All aspects in the order in which they are tried, and the first of them whose words a question has."""

import re
from functools import lru_cache

from rag.answering.aspects import business, firms, funding, people, products, shares
from rag.answering.aspects.aspect import Aspect
from rag.question import Kind

# What is asked in narrower words stands before what is asked in wider ones: `price per share` before `price`.
ASPECTS: tuple[Aspect, ...] = (
    shares.PRICE_PER_SHARE,
    products.PRICE,
    products.TRAINING_COST,
    people.AGE,
    people.EDUCATION,
    firms.STREET_ADDRESS,
    products.NEWEST_MODEL,
    products.CONTEXT_WINDOW,
    products.NUMBER_OF_PARAMETERS,
    products.LICENCE,
    funding.DEBT,
    shares.STAKE,
    people.LAYOFFS,
    products.NUMBER_OF_USERS,
    products.NUMBER_OF_DOWNLOADS,
    business.NUMBER_OF_CUSTOMERS,
    people.HEADCOUNT,
    *people.CHIEFS,
    business.MARGIN,
    business.PROFIT_OR_LOSS,
    business.REVENUE,
    funding.VALUATION,
    funding.LEAD_INVESTOR,
    funding.INVESTORS,
    funding.SOURCE_OF_ITS_MONEY,
    shares.BANKS,
    shares.PROCEEDS,
    shares.STOCK_MARKET_LISTING,
    shares.PURCHASE_PRICE,
    shares.DATE_OF_THE_PURCHASE,
    shares.PURCHASE,
    people.EARLIER_WORK,
    *people.OTHER_ROLES,
    people.INTERIM_CHIEF,
    people.FOUNDERS,
    firms.FOUNDING_DATE,
    funding.DATE_OF_THE_ROUND,
    products.DATE_OF_ITS_RELEASE,
    funding.TOTAL_RAISED,
    funding.INVESTMENT,
    funding.ROUND,
    firms.HOME_COUNTRY,
    firms.LOCATION,
    business.PARTNERS,
    people.CHIEF_EXECUTIVE,
    business.CUSTOMERS,
    people.POSITION,
    business.LINE_OF_BUSINESS,
)
_EXPLAINS = re.compile(
    r"^\W*(?:why|how come|how (?:did|do|does|can|could))\b|\bto blame\b|\bon what grounds?\b"
    r"|\bwhat(?: \w+){0,2} (?:reasons?|reasoning|explanations?|causes?|motives?)\b",
    re.IGNORECASE,
)
_OF_DATES = ("date", "asked", "any")


@lru_cache(maxsize=1024)
def aspect_of(wording: str, kind: Kind) -> Aspect | None:
    """The first aspect whose words a question has; None when the table does not know it.

    A `when` never asks for an amount, and a `why` for nothing that a value answers.
    """
    fitting = (aspect for aspect in matching(wording) or () if kind != "date" or aspect.value in _OF_DATES)
    return next(fitting, None)


@lru_cache(maxsize=1024)
def matching(wording: str) -> tuple[Aspect, ...] | None:
    """The aspects whose words a question has, in order; None when it wants an explanation, which is no aspect."""
    if _EXPLAINS.search(wording):
        return None
    return tuple(aspect for aspect in ASPECTS if aspect.asked.search(wording))
