"""What is asked of a company itself: since when there is one, and where."""

from rag.answering.aspects.aspect import WHEN, all_of, aspect
from rag.checking.lexicon import DEMONYMS
from rag.checking.number_patterns import MONTH_NAMES
from rag.descriptions import FIRM

_NATIONS = "|".join(sorted(DEMONYMS))
_MONTHS = "|".join(MONTH_NAMES)
# `based in Zurich`, `the Zurich start-up`, `Zurich-based`, `Sakana AI of Tokyo`: capitals count.
_PLACED = (
    r"(?-i:(?:based|[Hh]eadquarter\w*|founded|[Ss]et up|located|offices?|[Hh]ome|started|company|firm)\b"
    rf"[^.;,]{{0,30}} in (?!{_MONTHS})[A-Z][a-z]+)"
    rf"|(?-i:(?:[Tt]he|[Aa]n?|[A-Z]\w+’s|its) (?:\w+ )?(?!{_NATIONS})[A-Z][a-z]+ (?:\w+ )?{FIRM})"
    r"|(?-i:^(?:[A-Z][\w.]+ ){1,3}of [A-Z][a-z]+)|(?-i:(?!US|UK|EU)[A-Z]\w+-based)"
)

STREET_ADDRESS = aspect(
    "street address",
    "any",
    asked=(
        r"(?:what|which) streets?|(?:street|postal|exact|office) address|(?:what|which|whose) address"
        r"|address of|post ?code|zip code"
    ),
    said=r"street|avenue|boulevard|rue|road|square|quai|address",
)

FOUNDING_DATE = aspect(
    "founding date",
    "date",
    asked=(
        all_of(
            WHEN,
            r"found(?:ed|ing)|start(?:ed)?|set up|establish\w*|creat(?:ed|ion)|incorporat\w*|born|beg[ai]n|birth"
            r"|come into being|formed",
        )
    ),
    said=(
        r"found(?:ed|ing)|start(?:ed)?|set up|establish\w*|creat(?:ed|ion)|incorporat\w*|launched|began"
        r"|(?:exist|operat|active|around)\w* since|since (?:its|the) (?:start|founding|beginning)"
        r"|formed|dates? the company|(?:company|firm|start-?up|lab|project|it) dates? (?:from|back)"
    ),
)

HOME_COUNTRY = aspect(
    "home country",
    "any",
    asked=r"(?:what|which) (?:country|nation)|nationality|come from|comes from",
    said=rf"(?-i:{_NATIONS})|{_PLACED}|country",
)

LOCATION = aspect(
    "location",
    "any",
    asked=(
        r"where\b.* (?:based|located|headquarter\w*|home|offices?|sit|sits|from|hq)|head ?(?:quarters|office)"
        r"|hq|home ?(?:town|city|base)|(?:which|what) (?:city|town)|based in"
    ),
    said=rf"{_PLACED}|hq|headquarters",
)
