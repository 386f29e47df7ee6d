"""trafilatura's rules for what is the article and what goes, asked of fewer elements.

They look at attributes, mostly by regular expressions, in every element of a page: of paragraphs, cells and items most
have none, and asking them takes longer than all else that trafilatura does.
"""

from collections.abc import Iterable

from lxml.etree import XPath

_REGULAR_EXPRESSIONS = {"re": "http://exslt.org/regular-expressions"}


def narrow(lists: Iterable[list[XPath]]) -> None:
    """Makes the rules of these lists (trafilatura's own, changed in place) pass over elements without attributes."""
    for rules in lists:
        rules[:] = [
            XPath(rule.path.replace(".//*[", ".//*[@*][", 1), namespaces=_REGULAR_EXPRESSIONS) for rule in rules
        ]
