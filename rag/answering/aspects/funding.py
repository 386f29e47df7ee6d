"""What is asked of the money a company was given: its rounds, who put it in, what the company is worth by them."""

from rag.answering.aspects.aspect import WHEN, all_of, aspect
from rag.rounds import STAGE

_ROUND = (
    rf"{STAGE}"
    r"|(?:first|last|latest|newest|second|third)? ?(?:funding |financing )?rounds?|funding|financing"
    r"|fundrais\w+"
)
_MUCH = (
    r"how (?:much|big|large)|size|amount|sum|what (?:did|was|is|has|does)"
    r"|how many (?:million|billion|dollars|euros)|worth|total"
)

DEBT = aspect(
    "debt",
    "asked",
    asked=r"debt|loans?|credit (?:line|facility)|borrow\w*|lenders?|lent",
)

VALUATION = aspect(
    "valuation",
    "amount",
    asked=(
        r"valu(?:e|ed|es|ation|ations|ing)|worth|market (?:cap\w*|value)|price tag|(?:what|which) price"
        r"|post-money|pre-money"
        r"|(?:what|how high)\b.* (?:investors?|backers?|funds?|round|market|buyers?)\b.* price"
        r"|price\b.* (?:put on|after (?:its|the|their)|set on|in (?:its|the) (?:last|latest|newest))"
    ),
    said=(
        r"valu(?:e|ed|es|ation|ations|ing)|worth|post-money|pre-money|market (?:cap\w*|value)|price"
        r"|(?<!put )(?<!stood )(?<!stands )(?<!stand )(?<!given )"
        r"at (?:about |over |around |roughly |nearly |approximately |more than )?(?:us)?[$€£¥][\d.,]+"
    ),
    changes=True,
)

LEAD_INVESTOR = aspect(
    "lead investor",
    "name",
    asked=(
        all_of(
            r"(?:co-?)?le(?:d|ad|ads|ading)|anchor\w*|in front|at the front|main (?:backer|investor)"
            r"|head(?:ed|ing)|spearhead\w*|front(?:ed|ing)",
            rf"{STAGE}|rounds?|rais(?:e|ed|ing)|funding|financing|invest(?:ors?|ments?|ed)"
            r"|(?:m|b|tr)illion|cheque|check|backers?|raise",
        )
    ),
    said=(
        r"(?:co-?)?le(?:d|ads?|ading)(?! (?:to|up))|anchor\w*|head(?:ed|ing)|spearheaded|fronted"
        r"|main (?:backer|investor)|lead investors?"
    ),
)

INVESTORS = aspect(
    "investors",
    "name",
    asked=(
        r"(?:who|which|what|name)\b.* (?:invested|backed|backs|funded|financed|put (?:in )?money|took part"
        r"|participated|provided|owns? (?:a )?(?:piece|part|shares?)|joined .*(?:round|series|seed))"
        r"|investors?|backers?|shareholders?|participants?|vcs?"
    ),
    said=(
        r"invest\w*|back(?:ed|ers?|ing)|participa\w+|joined|led|shareholders?|follow(?:ed|ing)|took part"
        r"|put (?:money|in)|provided|stake|from|support(?:ed|ers)?|with"
    ),
)

SOURCE_OF_ITS_MONEY = aspect(
    "source of its money",
    "any",
    asked=(
        r"how (?:is|was|are|were|has) .{1,60} (?:financed|funded|bankrolled)"
        r"|who (?:funds|finances|bankrolls|pays for)"
    ),
    said=(
        r"self-(?:funded|financed)|bootstrapp\w*|funded|financed|bankroll\w*|backed"
        r"|without (?:venture|outside) \w+|investors"
    ),
)

DATE_OF_THE_ROUND = aspect(
    "date of the round",
    "date",
    asked=all_of(WHEN, rf"{_ROUND}|raised?"),
    said=rf"{_ROUND}|rais(?:e|es|ed|ing)|announced",
)

TOTAL_RAISED = aspect(
    "total raised",
    "amount",
    asked=(
        all_of(
            r"total|altogether|in all|so far|to date|overall|all in|cumulative\w*|all told|in sum"
            r"|all (?:its|their|the) rounds|since its (?:start|founding)",
            r"rais(?:e|ed|ing)|fund(?:s|ed|ing)?|collect(?:ed)?|money|capital|investors?|taken|financing"
            r"|brought in|cash",
        )
    ),
    said=(
        r"(?:in )?total|altogether|so far|to date|in all|all in|overall|cumulative|all told"
        r"|(?:has|have|had|ha[sd] now|they[’']ve|it has) (?:now |already )?(?:raised|taken in|collected|brought in)"
        r"|in funding|over its lifetime|everything included"
        r"|since (?:it was founded|(?:its|the) (?:start|founding|inception))"
    ),
    changes=True,
)

INVESTMENT = aspect(
    "investment",
    "amount",
    asked=(
        r"(?:how much|what|amount|sum)\b.* (?:invest\w*|put (?:in|into|up)|commit(?:s|ted)?|pledg\w*"
        r"|contribut\w*|cheque|check|inject\w*|put)"
    ),
    said=(
        r"invest\w*|put|commit(?:s|ted|ment)?|pledg\w*|cheque|contribut\w*|suppl(?:y|ied)|share of|letter"
        r"|bought|with (?=[$€£])|(?:of it|billion|million)\b from"
    ),
)

ROUND = aspect(
    "round",
    "amount",
    asked=(
        rf"(?:{_MUCH})\b.*(?:{_ROUND}|rais(?:e|es|ed|ing)|capital|bring in|brought in)"
        rf"|(?:{_ROUND})\b.*(?:{_MUCH})"
    ),
    said=(
        rf"{_ROUND}|rais(?:e|es|ed|ing)|adding|added|bring|brought|took in|capital|money|cheque|closed|secured"
        rf"|financing"
    ),
)
