"""The tags of an article: the companies, people, models and products that it names.

People are those of the table alone: founders and heads of companies, by their full names. Nobody is made up from two
capitalised words, and of a name that others bear too, the company or the trade must be spoken of.
"""

from dataclasses import dataclass

from rag.names.entries import Kind
from rag.names.mentions import mentions_in
from rag.names.table import Names


@dataclass(frozen=True, slots=True)
class Tags:
    """What an article names, each kind in the order of first mention."""

    companies: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    products: tuple[str, ...] = ()


def tags_of(title: str, text: str, names: Names, stated: tuple[str, ...] = ()) -> Tags:
    """The tags of an article; `stated` companies (its front matter's) stand in the place of those that are found."""
    found: dict[Kind, dict[str, None]] = {"company": {}, "person": {}, "model": {}, "product": {}}
    for mention in mentions_in(f"{title}\n{text}", names):
        found[mention.kind][mention.thing] = None
    companies = dict.fromkeys(map(names.company_of, stated)) or found["company"]
    return Tags(tuple(companies), tuple(found["person"]), tuple(found["model"]), tuple(found["product"]))
