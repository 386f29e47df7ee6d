"""What is asked of people: who they are, how many there are, and which posts they hold."""

from rag.answering.aspects.aspect import aspect
from rag.descriptions import FIRM

_MADE = (
    r"(?:co-?)?found(?:ed|ing)?(?! (?:\w+ )?advis)|start(?:ed)?|set (?:it )?up|establish\w*|creat(?:ed|ion|ors?)"
    r"|incorporat\w*|began|begin|born|built|launch(?:ed)?"
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

CHIEFS = tuple(
    aspect(
        name,
        "person",
        rf"{short or name}|chief (?:{field})(?: officer)?|(?:{field}) (?:chief|head|director|boss|lead)"
        rf"|(?:head of|top) (?:{field})|{_IN_CHARGE} (?:the |its |\S+[’']s )?(?:{field})",
    )
    for name, short, field in _CHIEFS
)

OTHER_ROLES = tuple(aspect(name, "person", titles) for name, titles in _OTHER_ROLES)

AGE = aspect(
    "age",
    "any",
    asked=r"how old (?:is|was|are)(?! the (?:company|firm|start))|age|date of birth|birthday|when was .* born",
    said=r"aged? \d+|age of|\d+[- ]years?[- ]old|born",
)

EDUCATION = aspect(
    "education",
    "any",
    asked=(
        r"universit\w*|college|stud(?:y|ied)|degree|ph\.?d|doctorate|alma mater|school(?:ing)?|graduat\w*"
        r"|attend(?:ed)?"
    ),
)

LAYOFFS = aspect(
    "layoffs",
    "count",
    asked=r"lay[- ]?offs?|la(?:y|id|ying) off|job cuts|cut jobs|redundan\w*|let go|sacked|jobs?\b.*\bcut",
    said=r"lay[- ]?offs?|la(?:y|id|ying) off|jobs?|cut|redundan\w*|let \S+ \w+ go|let go|sacked|dismissed",
)

HEADCOUNT = aspect(
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
)

EARLIER_WORK = aspect(
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
)

INTERIM_CHIEF = aspect(
    "interim chief",
    "person",
    asked=r"st(?:oo|an)ds? in|interim|acting|temporar\w+|fill(?:s|ed)? in|caretaker",
    said=r"interim|acting|stood in|temporar\w+|filled in|caretaker",
)

FOUNDERS = aspect(
    "founders",
    "person",
    asked=(
        r"(?:co-?)?founders?(?! fund)|(?:who|whom|which (?:people|person|researchers|engineers)|names?"
        r"|people)\b.* "
        rf"(?:{_MADE}|behind)"
    ),
    said=rf"{_MADE}|(?:co-?)?founders?(?! fund)|starts?"
    rf"|(?<!company )(?<!start-up )(?<!startup )(?<!firm )(?<!lab )(?<!maker )behind",
)

CHIEF_EXECUTIVE = aspect(
    "chief executive",
    "person",
    asked=(
        rf"(?:who|which|whose|what|name)\b.*(?:{_CHIEF_EXECUTIVE}"
        rf"|(?:now |currently )?(?:runs?|leads?|heads?|manages?)|in charge)"
        rf"|ceo|chief exec\w*"
    ),
    said=rf"{_CHIEF_EXECUTIVE}|in charge|took over|takes over|successor"
    rf"|(?:runs?|leads?|heads?|manages?) (?:it\b|(?:the |this |its )(?:new )?{FIRM}|(?-i:[A-Z]))",
)

POSITION = aspect(
    "position",
    "any",
    asked=(
        r"(?:what|which) (?:\w+ ){0,2}(?:post|position|role|job|title|function)s?"
        r"|job title|what is \S+(?: \S+)?[’']s job"
        r"|(?-i:[Ww]ho(?: is|[’']s| was) [A-Z][\w’.-]+(?: [A-Z][\w.-]*)+)\W*$"
    ),
    said=(
        r"c[etofp]o|chief|chair\w*|president|head of|director|secretary|minister|member|advis(?:e|es|ed|ers?|ors?)"
        r"|founders?|co-founders?|founded|professor|researcher|scientist|engineer|partner|manager|editor|post of"
        r"|runs|leads"
    ),
)
