"""The table of aspects: how each is asked for, and what a text that answers it says.

Longer than a module should be, since it is data: one row is one thing that people ask. A pattern is alternatives of
whole words, in any case. Rows stand in the order in which they are tried.
"""

import re
from functools import lru_cache

from rag.answering.aspects import Aspect, Value
from rag.question import Kind


def _aspect(name: str, value: Value, asked: str, said: str = "", *, changes: bool = False) -> Aspect:
    """Patterns are alternatives of whole words; without `said`, the answer says it as the question does."""
    return Aspect(name, value, _words(asked), _words(said or asked), changes)


def _words(alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{alternatives})(?![\w-])", re.IGNORECASE)


def _all_of(*patterns: str) -> str:
    """A pattern that matches when every one of the patterns does, in any order."""
    return "".join(rf"(?=.*\b(?:{pattern})\b)" for pattern in patterns) + ".*"


_ROUND = (
    r"pre-?seed|seed|series [a-k]\d?"
    r"|(?:first|last|latest|newest|second|third)? ?(?:funding |financing )?rounds?|funding|financing"
    r"|fundrais\w+"
)
_BUYING = (
    r"acqui(?:re[sd]?|ring|sitions?)|bought|buy(?:s|ing)?|buyout|purchas\w+|take-?over"
    r"|tak(?:e|es|ing|en) over|took (?:it )?over|snap(?:s|ped|ping)? up|swallow\w*|merge[drs]?|merging"
    r"|absorb\w*|sold|sale"
)
_WHEN = r"when|since when|what (?:day|date|month|year)|which (?:day|date|month|year)|(?<!to )dates?|how long ago"
_MADE = (
    r"(?:co-?)?found(?:ed|ing)?(?! (?:\w+ )?advis)|start(?:ed)?|set (?:it )?up|establish\w*|creat(?:ed|ion|ors?)"
    r"|incorporat\w*|began|begin|born|built|launch(?:ed)?"
)
_SHOWN = (
    r"releas\w*|launch\w*|c[ao]mes? out|unveil\w*|publish\w*|introduc\w*|shown|put out|announc\w*|debut\w*"
    r"|available|open(?:ed|s)?|appear\w*|ship(?:s|ped)?|present(?:ed)?|made public|drop(?:ped)?|out on"
    r"|rolled out|live|went live"
)
_MUCH = (
    r"how (?:much|big|large)|size|amount|sum|what (?:did|was|is|has|does)"
    r"|how many (?:million|billion|dollars|euros)|worth|total"
)

# Roles are asked for by their titles; two roles never answer for each other. Title, other titles, field of work.
_CHIEFS = (
    ("chief financial officer", "cfo|treasurer", r"financ\w+|finances?|accounts|books|accounting|money matters"),
    ("chief technology officer", "cto", r"techn\w*|engineering|tech"),
    ("chief operating officer", "coo", r"operat\w+"),
    ("chief product officer", "cpo", r"product"),
    ("chief scientist", "", r"scien\w+|research"),
    ("chief marketing officer", "cmo", r"marketing"),
    ("chief revenue officer", "cro", r"revenue|commercial|sales"),
    ("general counsel", "general counsel|top lawyer|chief legal officer", r"legal(?: affairs)?"),
)
_OTHER_ROLES = (
    ("chair", r"(?<!ceo )(?<!executive )chair(?:s|ed|man|woman|person|ing)?|head of (?:the |its )?board"),
    ("president", r"president"),
    ("adviser", r"advis(?:e|es|ed|ers?|ors?|ing|ory)"),
    ("board member", r"board(?: member| seat|room)?|directors?"),
)
_IN_CHARGE = (
    r"(?:runs?|leads?|heads?|manages?|oversees?|responsible for|(?:in )?charge of|looks? after|handles?"
    r"|keeps?)"
)
_CHIEF_EXECUTIVE = r"ceo|chief exec\w*(?: officer)?|boss|helm|leader|top (?:job|executive)|managing director"


def _chiefs() -> list[Aspect]:
    return [
        _aspect(
            name,
            "person",
            rf"{short or name}|chief (?:{field})(?: officer)?|(?:{field}) (?:chief|head|director|boss|lead)"
            rf"|(?:head of|top) (?:{field})|{_IN_CHARGE} (?:the |its |\S+[’']s )?(?:{field})",
        )
        for name, short, field in _CHIEFS
    ]


_NATIONS = (
    "French|German|British|American|Chinese|Japanese|Canadian|Israeli|Korean|Indian|Swiss|Dutch|Swedish|European"
    "|Italian|Spanish|Irish"
)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# `based in Zurich`, `the Zurich start-up`, `Zurich-based`, `Sakana AI of Tokyo`: capitals count.
_FIRM = r"(?:company|start-?up|firm|lab|laboratory|maker|developer|business|outfit)"
_PLACED = (
    r"(?-i:(?:based|[Hh]eadquarter\w*|founded|[Ss]et up|located|offices?|[Hh]ome|started|company|firm)\b"
    rf"[^.;,]{{0,30}} in (?!{_MONTHS})[A-Z][a-z]+)"
    rf"|(?-i:(?:[Tt]he|[Aa]n?|[A-Z]\w+’s|its) (?:\w+ )?(?!{_NATIONS})[A-Z][a-z]+ (?:\w+ )?{_FIRM})"
    r"|(?-i:^(?:[A-Z][\w.]+ ){1,3}of [A-Z][a-z]+)|(?-i:(?!US|UK|EU)[A-Z]\w+-based)"
)

# `Acme, the maker of arms`, `Bolt sells`, `a start-up that builds`: what says what something is.
_THING = (
    r"(?:provider|platform|database|editor|service|tool|app|program|library|framework|cloud|marketplace|assistant|engine"
    r"|newsletter|agency|fund|network|studio)"
)
_DEFINED = (
    rf"(?:an?|the) (?!new |same |other |first |whole )(?:[\w’-]+ ){{1,5}}(?:{_FIRM}|{_THING})"
    rf"|{_FIRM} (?:that|which|behind|for)|makers? of"
    r"|is (?:an?|the) (?:[\w’-]+ ){1,4}(?:that|which|in which|for|where|used|made|built)"
    r"|(?:makes|builds|develops|sells|provides|offers|designs|operates|produces|manufactures|speciali[sz]es)"
    r" (?!to\b)[\w-]+"
    r"|runs an? \w+|field is|in the business of|sells(?= \|)"
)

ASPECTS: tuple[Aspect, ...] = (
    _aspect(
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
    ),
    _aspect(
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
    ),
    _aspect(
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
    ),
    _aspect(
        "age",
        "any",
        asked=r"how old (?:is|was|are)(?! the (?:company|firm|start))|age|date of birth|birthday|when was .* born",
        said=r"aged? \d+|age of|\d+[- ]years?[- ]old|born",
    ),
    _aspect(
        "education",
        "any",
        asked=(
            r"universit\w*|college|stud(?:y|ied)|degree|ph\.?d|doctorate|alma mater|school(?:ing)?|graduat\w*"
            r"|attend(?:ed)?"
        ),
    ),
    _aspect(
        "street address",
        "any",
        asked=(
            r"(?:what|which) streets?|(?:street|postal|exact|office) address|(?:what|which|whose) address"
            r"|address of|post ?code|zip code"
        ),
        said=r"street|avenue|boulevard|rue|road|square|quai|address",
    ),
    _aspect(
        "newest model",
        "model",
        asked=(
            r"(?:newest|latest|most recent|current|last|most advanced)\b.* (?:models?|versions?|releases?|llms?)"
            r"|(?:models?|versions?|llms?)\b.* (?:newest|latest|most recent|last out)"
        ),
        said=rf"{_SHOWN}|br(?:ings|ought) out|models?|versions?|family|successors?|follow(?:s|ed)",
        changes=True,
    ),
    _aspect(
        "context window",
        "count",
        asked=(
            r"context|how many tokens|tokens (?:can|does|at once)"
            r"|(?:long|much|large)\b.* (?:input|prompt|document)s? (?:can|does)"
        ),
        said=r"context|token window|window of|tokens",
    ),
    _aspect(
        "number of parameters",
        "count",
        asked=r"param\w*|weights (?:does|has)|model size",
        said=r"param\w*|\d+(?:\.\d+)?b(?: total| active)?|trillion",
    ),
    _aspect(
        "licence",
        "any",
        asked=r"(?:what|which|whose|under)\b.*licen[cs]es?|licen[cs]ed|open[- ]source\?",
        said=r"licen[cs]\w+|apache|mit|proprietary|open[- ]weights?|open[- ]source",
    ),
    _aspect(
        "debt",
        "asked",
        asked=r"debt|loans?|credit (?:line|facility)|borrow\w*|lenders?|lent",
    ),
    _aspect(
        "stake",
        "percent",
        asked=(
            r"stakes?"
            r"|(?:share|slice|portion|percentage|percent|per cent|%|chunk) of(?! (?:revenue|sales|the market))"
            r"|(?:what|which) (?:percent(?:age)?|share|portion)|own(?:s|ed)? (?:of|by)"
            r"|how much of .{1,60} (?:own|hold|have)s?(?! pocket)|in percent"
        ),
        said=r"percent|per cent|stakes?|own(?:s|ed)?|owning|\d+(?:\.\d+)? ?%",
    ),
    _aspect(
        "layoffs",
        "count",
        asked=r"lay[- ]?offs?|la(?:y|id|ying) off|job cuts|cut jobs|redundan\w*|let go|sacked|jobs?\b.*\bcut",
        said=r"lay[- ]?offs?|la(?:y|id|ying) off|jobs?|cut|redundan\w*|let \S+ \w+ go|let go|sacked|dismissed",
    ),
    _aspect(
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
    ),
    _aspect(
        "number of downloads",
        "count",
        asked=r"downloads?|downloaded",
        changes=True,
    ),
    _aspect(
        "number of customers",
        "count",
        asked=(
            r"(?:how many|number of|count of)\b.* (?:customers?|clients?)"
            r"|(?:customers?|clients?)\b.*(?:how many|number|count)|customer (?:base|count|numbers?)"
        ),
        said=r"customers?|clients?",
        changes=True,
    ),
    _aspect(
        "headcount",
        "count",
        asked=(
            r"how many (?:people|persons|folks|heads|hands)"
            r"|(?:how many|number of) (?:\w+ ){0,3}(?:employees|staff|workers|engineers|researchers|members)"
            r"|head ?counts?|(?:people|staff|employee) (?:count|number|size)s?"
            r"|employees|employ|staff\w*|payroll|work ?force|team size"
            r"|(?:large|big|size|many)\b.* team|team\b.* (?:large|big|size)|personnel"
        ),
        said=(
            r"employees?|staff(?:ers)?|head ?count|work ?force|people|workers|employ(?:s|ed)?|payroll|team of"
            r"|\d+-(?:person|strong)|team"
        ),
        changes=True,
    ),
    *_chiefs(),
    _aspect(
        "margin",
        "percent",
        asked=r"margins?",
    ),
    _aspect(
        "profit or loss",
        "amount",
        asked=(
            r"profit\w*|in the (?:black|red)|net income|loss(?:es)?|ebitda|margins?|break[- ]?even|cash burn"
            r"|burn rate|burn(?:s|ing)?|los(?:e|es|ing) money"
        ),
    ),
    _aspect(
        "revenue",
        "amount",
        asked=(
            r"revenues?|sales|turnover|arr|run[- ]?rate|earn(?:s|ed|ing|ings)?|tak(?:e|es|ing) in|took in a"
            r"|annuali[sz]ed|recurring|income|top line|expect(?:ed)? to sell"
            r"|(?:make|makes|making)\b.* (?:a|per|each) (?:year|month)"
            r"|turn(?:s|ed|ing)? over|money (?:does|did|do) .{1,40} (?:make|earn|bring in)\b(?!.*(?:round|seed|series))"
            r"|business volume"
        ),
        said=r"revenues?|sales|turnover|arr|run[- ]?rate|annuali[sz]ed|recurring|earn(?:s|ed|ing)?",
        changes=True,
    ),
    _aspect(
        "valuation",
        "amount",
        asked=(
            r"valu(?:e|ed|es|ation|ations|ing)|worth|market (?:cap\w*|value)|price tag|(?:what|which) price"
            r"|price\b.* market|post-money|pre-money|cost if|new money"
            r"|(?:what|how high)\b.* (?:investors?|backers?|funds?|round|market|buyers?)\b.* price"
            r"|price\b.* (?:put on|after (?:its|the|their)|set on|in (?:its|the) (?:last|latest|newest))|reckoned"
        ),
        said=(
            r"valu(?:e|ed|es|ation|ations|ing)|worth|post-money|pre-money|market (?:cap\w*|value)|price"
            r"|(?<!put )(?<!stood )(?<!stands )(?<!stand )(?<!given )"
            r"at (?:about |over |around |roughly |nearly |approximately |more than )?(?:us)?[$€£¥][\d.,]+"
        ),
        changes=True,
    ),
    _aspect(
        "lead investor",
        "name",
        asked=(
            _all_of(
                r"(?:co-?)?le(?:d|ad|ads|ading)|anchor\w*|in front|at the front|main (?:backer|investor)"
                r"|head(?:ed|ing)|spearhead\w*|front(?:ed|ing)",
                r"series [a-k]\d?|seed|rounds?|rais(?:e|ed|ing)|funding|financing|invest(?:ors?|ments?|ed)"
                r"|(?:m|b|tr)illion|cheque|check|backers?|raise",
            )
        ),
        said=(
            r"(?:co-?)?le(?:d|ads?|ading)(?! (?:to|up))|anchor\w*|head(?:ed|ing)|spearheaded|fronted"
            r"|main (?:backer|investor)|lead investors?"
        ),
    ),
    _aspect(
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
    ),
    _aspect(
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
    ),
    _aspect(
        "banks",
        "name",
        asked=r"banks?|underwrit\w+|bookrunners?|arrang(?:e|es|ing)",
        said=r"banks?|underwrit\w+|bookrunners?|sponsors?|arrang(?:e|es|ed|ing)",
    ),
    _aspect(
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
    ),
    _aspect(
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
    ),
    _aspect(
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
    ),
    _aspect(
        "date of the purchase",
        "date",
        asked=_all_of(_WHEN, _BUYING),
        said=rf"{_BUYING}|agreed|complet\w+|closed|joined|deal|became",
    ),
    _aspect(
        "purchase",
        "name",
        asked=_all_of(r"who|which|what|whom|by whom|name", _BUYING),
        said=rf"{_BUYING}|became (?:its|a|part)",
    ),
    _aspect(
        "earlier work",
        "name",
        asked=(
            r"(?:where|which|what|who)\b.* (?:work(?:ed|ing)? (?:before|previously|at|for)|used to work|previously"
            r"|formerly|come from|came from|left)"
            r"|previous (?:job|employer)\w*|background|career|former employers?|worked? (?:before|previously)"
        ),
        said=(
            r"(?:was|were) at|work(?:ed)?|previous\w*|former\w*|ex|joined from|years? at|veterans?"
            r"|researchers? (?:from|at)|alumni|spent|left|came from|from"
        ),
    ),
    *(_aspect(name, "person", titles) for name, titles in _OTHER_ROLES),
    _aspect(
        "interim chief",
        "person",
        asked=r"st(?:oo|an)ds? in|interim|acting|temporar\w+|fill(?:s|ed)? in|caretaker",
        said=r"interim|acting|stood in|temporar\w+|filled in|caretaker",
    ),
    _aspect(
        "founders",
        "person",
        asked=(
            r"(?:co-?)?founders?(?! fund)|(?:who|whom|which (?:people|person|researchers|engineers)|names?"
            r"|people)\b.* "
            rf"(?:{_MADE}|behind|got .* going|off the ground|brains)"
        ),
        said=rf"{_MADE}|(?:co-?)?founders?(?! fund)|starts?"
        rf"|(?<!company )(?<!start-up )(?<!startup )(?<!firm )(?<!lab )(?<!maker )behind",
    ),
    _aspect(
        "founding date",
        "date",
        asked=(
            _all_of(
                _WHEN,
                r"found(?:ed|ing)|start(?:ed)?|set up|establish\w*|creat(?:ed|ion)|incorporat\w*|born|beg[ai]n|birth"
                r"|come into being|formed",
            )
        ),
        said=(
            r"found(?:ed|ing)|start(?:ed)?|set up|establish\w*|creat(?:ed|ion)|incorporat\w*|launched|began"
            r"|(?:exist|operat|active|around)\w* since|since (?:its|the) (?:start|founding|beginning)"
            r"|formed|dates? the company|(?:company|firm|start-?up|lab|project|it) dates? (?:from|back)"
        ),
    ),
    _aspect(
        "date of the round",
        "date",
        asked=_all_of(_WHEN, rf"{_ROUND}|raised?"),
        said=rf"{_ROUND}|rais(?:e|es|ed|ing)|announced",
    ),
    _aspect(
        "date of its release",
        "date",
        asked=rf"{_all_of(_WHEN, _SHOWN)}|(?:release|launch|announcement) date|date of (?:release|launch)",
        said=rf"{_SHOWN}|torrent|weights|follow(?:ed)?|news|model|came",
    ),
    _aspect(
        "total raised",
        "amount",
        asked=(
            _all_of(
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
    ),
    _aspect(
        "investment",
        "amount",
        asked=(
            r"(?:how much|what|ceiling|amount|sum)\b.* (?:invest\w*|put (?:in|into|up)|commit(?:s|ted)?|pledg\w*"
            r"|contribut\w*|cheque|check|own pocket|stump\w*|inject\w*|chip(?:ped)? in|put)"
        ),
        said=(
            r"invest\w*|put|commit(?:s|ted|ment)?|pledg\w*|cheque|contribut\w*|suppl(?:y|ied)|share of|letter"
            r"|bought|with (?=[$€£])|(?:of it|billion|million)\b from"
        ),
    ),
    _aspect(
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
    ),
    _aspect(
        "home country",
        "any",
        asked=r"(?:what|which) (?:country|nation)|nationality|come from|comes from",
        said=rf"(?-i:{_NATIONS})|{_PLACED}|country",
    ),
    _aspect(
        "location",
        "any",
        asked=(
            r"where\b.* (?:based|located|headquarter\w*|home|offices?|sit|sits|from|hq)|head ?(?:quarters|office)"
            r"|hq|home ?(?:town|city|base)|(?:which|what) (?:city|town)|based in"
        ),
        said=rf"{_PLACED}|hq|headquarters",
    ),
    _aspect(
        "partners",
        "asked",
        asked=r"partner\w*|alliances?|team(?:ed|s)? up|collaborat\w*|tie-?up",
        said=r"partner\w*|alliances?|team(?:ed|s)? up|collaborat\w*|tie-?up|together with|with",
    ),
    _aspect(
        "chief executive",
        "person",
        asked=(
            rf"(?:who|which|whose|what|name)\b.*(?:{_CHIEF_EXECUTIVE}"
            rf"|(?:now |currently )?(?:runs?|leads?|heads?|manages?)|in charge)"
            rf"|ceo|chief exec\w*"
        ),
        said=rf"{_CHIEF_EXECUTIVE}|in charge|took over|takes over|successor"
        rf"|(?:runs?|leads?|heads?|manages?) (?:it\b|(?:the |this |its )(?:new )?{_FIRM}|(?-i:[A-Z]))",
    ),
    _aspect(
        "customers",
        "name",
        asked=r"customers?|clients?|clientele|who (?:uses|buys|pays for)",
        said=r"customers?|clients?|us(?:es|ed by)|sells? to|sold to|bought by",
    ),
    _aspect(
        "position",
        "any",
        asked=(
            r"(?:what|which) (?:\w+ ){0,2}(?:post|position|role|job|title|function|day job)s?"
            r"|job title|what is \S+(?: \S+)?[’']s (?:day )?job"
            r"|(?-i:[Ww]ho(?: is|[’']s| was) [A-Z][\w’.-]+(?: [A-Z][\w.-]*)+)\W*$"
        ),
        said=(
            r"c[etofp]o|chief|chair\w*|president|head of|director|secretary|minister|member|advis(?:e|es|ed|ers?|ors?)"
            r"|founders?|co-founders?|founded|professor|researcher|scientist|engineer|partner|manager|editor|post of"
            r"|runs|leads"
        ),
    ),
    _aspect(
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
    ),
)


_EXPLAINS = re.compile(r"\W*(?:why|how come|how (?:did|do|does|can|could))\b", re.IGNORECASE)


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
    if _EXPLAINS.match(wording):
        return None
    return tuple(aspect for aspect in ASPECTS if aspect.asked.search(wording))


_OF_DATES = ("date", "asked", "any")
