"""What words of business news are worth to a comparison: those that say nothing, those that stand for one another,
those that decide what a sentence is about, and those that exclude one another.
"""

import re

_STOP = """
a an the and or but nor so yet of in on at by for with from to into onto over under about around up down out off as
than then that this these those it its itself they them their he him his she her we us our you your i my me who whom
whose which what when where why how is are was were be been being am do does did done has have had having will would
can could may might must shall should not no also both each other such more most some any all only just very too there
here while after before during since until through between among per via if because according said says company
startup start-up firm approximately nearly roughly almost currently later earlier well however meanwhile following
overall ago monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
september october november december
instead once even still although though despite unlike like several many few another one ones whoever whatever neither
nothing nobody everyone everybody anyone today yesterday tomorrow thus perhaps maybe again already namely
back amid alongside within beyond throughout toward towards upon across along behind beside besides near past till
plus versus whether unless whereas hence therefore moreover furthermore meantime alone together elsewhere
amount amounts amounted come comes came reach reaches reached put puts give gives gave given date dates dated time
part use used brought bring brings namely including per post-money pre-money
"""
STOP = frozenset(_STOP.split())
# Capitalised, but no name of anybody: what is meant is carried by the other words.
GENERIC = frozenset("ai inc ltd corp llc ceo cto cfo coo cpo api llm llms series arr capital ventures partners".split())
# Whose and where is said with one word or the other: `a Polish founder`, `from Poland`.
_COUNTRIES = """
France French|Germany German|America American|Britain British|Israel Israeli|China Chinese|Canada Canadian
Europe European|India Indian|Japan Japanese|Sweden Swedish|Korea Korean|Switzerland Swiss|Netherlands Dutch
Poland Polish|Spain Spanish|Italy Italian|Finland Finnish|Norway Norwegian|Denmark Danish|Ireland Irish
Austria Austrian|Belgium Belgian|Portugal Portuguese|Ukraine Ukrainian|Russia Russian|Brazil Brazilian
Australia Australian|Singapore Singaporean|Taiwan Taiwanese|Estonia Estonian|Turkey Turkish|Mexico Mexican
"""
_PAIRS = [pair.split() for line in _COUNTRIES.split("\n") for pair in line.split("|") if pair]
_MORE_PEOPLES = """
African Argentine Argentinian Asian Bulgarian Chilean Colombian Croatian Czech Egyptian Emirati English Greek Hungarian
Icelandic Indonesian Kenyan Latvian Lithuanian Malaysian Nigerian Nordic Pakistani Romanian Saudi Scandinavian Scottish
Serbian Slovak Slovenian Thai Vietnamese Welsh
"""
DEMONYMS = frozenset(people for _, people in _PAIRS) | frozenset(_MORE_PEOPLES.split())
COUNTRIES: dict[str, tuple[str, ...]] = {
    one.lower(): (other.lower(),) for pair in _PAIRS for one, other in (pair, reversed(pair))
}

# Words that news uses for one another. A word may stand in several lines.
GROUPS = [
    frozenset(line.split())
    for line in """
    raise raised raises raising secure secured secures close closed closes closing land landed collect collected funding
    raise raised raises raising brought took taken take receives received receive gets
    found founded founding founder founders co-founded cofounded co-founder co-founders start started establish set
    found founded founding founder founders began begin begun registered creators created
    launch launched launches release released releases publish published unveil unveiled introduced announced opened out
    appeared followed introduces
    employee employees employs employed employ staff people workers headcount team employing worked work
    value valued valuation values valuing worth valuations price priced
    acquire acquired acquires acquiring acquisition buy bought buys buying purchase purchased takeover take takes took
    added add
    lead led leads leading leader
    ceo chief executive head boss
    announce announced announces disclosed disclosure revealed unveiled public disclose undisclosed
    invest invested investor investors investing investment investments backer backers backed participant participants
    participated participating joined join included investors backers other shareholders took taking takes
    appear appears appeared occur occurs occurred
    fund funding financing round rounds fundraising fundraise capital raise raised cheque money
    support supports offer offers feature features provides provided provide handle handles
    big biggest large largest huge
    develop developed develops developing build builds built make makes made maker creates
    revenue revenues sales turnover
    total altogether raised
    token tokens context window
    users people used
    base based seat headquarters headquartered office located city
    licence license licenses licensed licensing
    called names named known
    formerly previously once former earlier used originally first
    resign resigns resigned resignation step stepped steps leave leaves left depart departed departure gone quit
    appoint appointed named hire hired becomes became become
    join joined joins move moved moves went goes arrival arrived came
    customer customers client clients user users
    suit lawsuit action case complaint
    approval approve approved consent agreed
    sell sells sold offer offers offered provides provide supplies supply
    expect expects expected estimate estimates estimated forecast projected
    previously before formerly
    handles supports covers
    family series line range
    engine service product tool platform
    unit division arm
    research laboratory lab
    list listed lists listing went goes public flotation ipo
    increased increase grew grown rose rises up climbed
    makes maker making developer develops
    cost costs price paid pay pays payment
    agreed agreement deal contract signed
    total altogether overall
    owns owned owner belongs holds hold held stake share
    interim temporary acting
    share stake part
    uses use using used
    model models
    resigned resignation resigns stepped left leaves
    """.strip().splitlines()
]
# A claim about one of these (by the first pattern) needs a quote about the same (by the first or the second).
_DECISIVE = {
    "debt": (r"debt|loan|credit", ""),
    "equity": (r"equity", ""),
    "revenue": (r"revenues?|sales|turnover|ARR", r"run-rate"),
    "a valuation": (r"valu(?:ed|es|ing|ations?|e)|worth(?! (?:m|b|tr)illions)", r"(?:pre|post)-money|priced?"),
    "the new money not counted": (r"pre-money", r"before the (?:new )?money"),
    "the new money counted in": (r"post-money", r"(?:after|including) the (?:new )?money"),
    "employees": (
        r"employ(?:s|ees|ed|ing)?|staff|headcount|workers|workforce",
        r"employee|people|team|worked|work|researchers",
    ),
    "profit": (r"profit(?:s|able)?", ""),
    "losses": (r"loss(?:es)?", r"loses?|lost"),
    "a founder": (
        r"(?:co-?)?found(?:ed|ers?|ing)",
        r"start(?:ed|s)|set (?:\w+ )*up|beg[au]n|registered|creat(?:ed|ors?)|launched|built",
    ),
    "an acquisition": (
        r"acqui(?:r|s)\w+|b(?:uy|uys|ought|uying)|purchase\w*|takeover|"
        r"t(?:ake|akes|aken|ook) over(?! (?:as|from|the (?:post|role|helm))\b)",
        r"took|takes?|taken|added|sold|owned|merged",
    ),
    "a context window": (r"context", r"window|tokens"),
    "parameters": (r"parameters?", r"(?<![$€£\d.])\d+(?:\.\d+)?B"),
    "who leads": (r"(?:co-?)?le(?:d|ads?|ading)|headed", r"in front|took over|chief executive|CEO|heads|runs?"),
    "layoffs": (r"layoffs?|laid off|job cuts", ""),
    "a flotation": (r"IPO|listing|flotation|went public", r"prospectus|shares"),
}
DECISIVE = {
    name: tuple(re.compile(rf"\b(?:{one})\b", re.IGNORECASE) for one in (asked, "|".join(filter(None, (asked, more)))))
    for name, (asked, more) in _DECISIVE.items()
}
ROUND = re.compile(r"\b(pre-?seed|seed|series[\s-][A-K])\b", re.IGNORECASE)

# What is said with a word of one side is not said with one of the other.
OPPOSITES = [
    (re.compile(rf"\b(?:{one})\b", re.IGNORECASE), re.compile(rf"\b(?:{other})\b", re.IGNORECASE))
    for one, other in (
        (r"join(?:s|ed|ing)?|arriv(?:es|ed|al)",
         r"left(?! for)|leav(?:es|ing)|quit|resign(?:s|ed|ation)?|depart(?:s|ed|ure)?"),
        (r"r[io]se[sn]?|grew|grow[sn]?|growth|increas(?:e[sd]?|ing)|climbed|doubl(?:ed|es|ing)|tripled|up from",
         r"f[ae]ll(?:s|en)?|shr[aiu]nk|declin(?:es|ing)|decreas(?:e[sd]?|ing)|dropp?(?:ed|s)?|halv(?:ed|es|ing)"),
        (r"rais(?:es?|ed|ing)|lift(?:s|ed|ing)?|widen(?:s|ed|ing)?", r"lower(?:s|ed|ing)|narrow(?:s|ed|ing)"),
        (r"older|oldest", r"younger|youngest"),
        (r"larger|largest|bigger|biggest", r"smaller|smallest"),
        (r"includ(?:es?|ed|ing)", r"exclud(?:es?|ed|ing)"),
        (r"pre-money|before the (?:new )?money", r"post-money|(?:after|including) the (?:new )?money"),
        (r"preliminary|interim|provisional", r"final|permanent"),
        (r"new", r"existing"),
        (r"in cash|all-cash", r"in shares|all-stock|in stock"),
        (r"won|wins|gain(?:s|ed)?", r"lost|loses?|losing"),
        (r"everybody|everyone|all", r"nobody|nothing|none|no one"),
        (r"debt|loan", r"equity"),
    )
]  # fmt: skip
TIME_UNITS = {
    unit: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)
    for unit, pattern in {
        "hour": r"hours?|hourly",
        "day": r"days?|daily",
        "week": r"weeks?|weekly",
        "month": r"months?|monthly",
        "quarter": r"quarters?|quarterly",
        "year": r"years?|yearly|annual(?:ly|i[sz]ed)?|twelvemonth",
    }.items()
}

# What makes a statement a report or a rumour, and what makes it a plan.
REPORTED = re.compile(
    r"\breportedly\b|\brumou?r\w*|\balleged(?:ly)?\b|\bin (?:\w+ )?talks\b|\btalks (?:to|with|about|on|for|over)\b|"
    r"\bnegotiat\w+|"
    r"\b(?:said|reported|believed|thought|understood|expected|estimated|projected|set|due) (?:to|at) (?=[\w$€£])|"
    r"\bpeople familiar\b|\bunconfirmed\b|\bspeculat\w+|\bletter of intent\b|\b(?:was|were|is|are) to (?=[a-z]+\b)",
    re.IGNORECASE,
)
PLANNED = re.compile(
    r"\b(?:plan(?:s|ned|ning)?(?: to)?|expect(?:s|ed|ing)?(?: to| at)?|projected|forecast(?:s|ed)?|"
    r"aim(?:s|ed|ing)? to|intend(?:s|ed|ing)? to|"
    r"hop(?:es|ed|ing) to|want(?:s|ed) to|"
    r"seek(?:s|ing)?(?: to)?|sought|looking to|consider(?:s|ed|ing)?|propos(?:es|ed|ing)|would|will|could|might|likely|"
    r"set to|about to|weighing|exploring|discuss(?:es|ed|ing|ions?)|"
    r"promis(?:es|ed|ing)|pledg(?:es|ed|ing)|agree(?:s|d)? (?:[\w ]{0,30}?\b)?to|"
    r"potential(?:ly)?)\b|\bmay\b(?!\s*\d)",
)
