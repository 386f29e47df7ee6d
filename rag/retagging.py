"""Tags the articles of a library anew when the table of names is another than the one they were tagged by."""

from dataclasses import replace

from rag.catalog import Catalog
from rag.documents import Article
from rag.names import Names, tags_of

_BATCH = 200  # articles in one transaction, and in memory


def tagged(article: Article, names: Names) -> Article:
    """The article with the tags that its text and its own metadata give it."""
    tags = tags_of(article.title, article.text, names, article.stated_companies)
    return replace(article, companies=tags.companies, people=tags.people, models=tags.models, products=tags.products)


def retag(catalog: Catalog, names: Names) -> int:
    """Brings every article's tags up to the table; returns how many have others now. Embeds nothing.

    Costs one look at the catalog when the table is the one of the last time. A run that is killed is done again.
    """
    if catalog.tagged_by() == names.digest:
        return 0
    count = 0
    for batch in _batches([article.id for article in catalog.articles()]):
        found = [article for id_ in batch if (article := catalog.find(id_)) is not None]
        changed = [new for old in found if (new := tagged(old, names)) != old]
        catalog.retag(changed)
        count += len(changed)
    catalog.note_tagged(names.digest)
    return count


def _batches(ids: list[str]) -> list[list[str]]:
    return [ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)]
