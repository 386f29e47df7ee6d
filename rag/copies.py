"""What several articles say is shown once, from the earliest of those found, and with the others beside it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from urllib.parse import urlsplit

from rag.addresses import key_of
from rag.catalog import Catalog
from rag.dates import last_day
from rag.documents import AlsoIn, Article, Passage
from rag.fusion import Ranked
from rag.indexes.facets import Allowed
from rag.likeness import stands_in

# Further places that are named beside one passage or quote.
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Told:
    """A hit that stands for all that say the same, and the other articles that say it, earliest first."""

    hit: Ranked
    also_in: tuple[Article, ...]


@dataclass(slots=True)
class _Story:
    """The hits of one story: who tells it, and that one's hits that were not shown yet, best first."""

    teller: Article
    waiting: list[Ranked] = field(default_factory=list)
    is_begun: bool = False


def distinct(hits: Sequence[Ranked], catalog: Catalog, allowed: Allowed | None) -> Iterator[Told]:
    """The hits without repetitions, best first, each with those of the `allowed` articles (None: all) that repeat it.

    Passages repeat each other when their words stand in the same earliest article. Of those, the ones of the earliest
    article found are kept, and take the place of the best; what a copy adds to its story is no repetition.
    """
    repeats = catalog.repeated_in(hit.chunk_id for hit in hits)
    articles = {article.id: article for article in catalog.articles({hit.article_id for hit in hits})}
    hits = [hit for hit in hits if hit.article_id in articles]  # others were removed since the index was read
    stories: dict[str, _Story] = {}
    story_of: dict[str, _Story] = {}
    for hit in hits:
        own, others = articles[hit.article_id], repeats.get(hit.chunk_id, ())
        key = min((own, *others), key=_earliest).origin_id if others else own.id
        story = story_of[hit.chunk_id] = stories.setdefault(key, _Story(own))
        story.teller = min(story.teller, own, key=_earliest)
    for hit in hits:
        if hit.article_id == story_of[hit.chunk_id].teller.id:
            story_of[hit.chunk_id].waiting.append(hit)
    for hit in hits:
        story = story_of[hit.chunk_id]
        if story.waiting and (hit.article_id == story.teller.id or not story.is_begun):
            story.is_begun = True
            kept = story.waiting.pop(0)
            others = repeats.get(kept.chunk_id, ())
            yield Told(replace(kept, score=hit.score), tuple(a for a in others if allowed is None or a.id in allowed))


def named(articles: Iterable[Article]) -> tuple[AlsoIn, ...]:
    """The first few of these articles, as an answer names them."""
    found = (AlsoIn(article_id=a.id, title=a.title, site=a.site, url=a.url, published=a.published) for a in articles)
    return tuple(islice(found, MOST_NAMED))


def quoted_in(quote: str, passages: Iterable[Passage], articles: Mapping[str, Article]) -> tuple[AlsoIn, ...]:
    """Which of the articles that repeat these passages have the quote itself: its words, and every number in it."""
    entries = {entry.article_id: entry for passage in passages for entry in passage.also_in}
    texts = {id_: articles[id_].text for id_ in entries if id_ in articles}
    found = (entry for id_, entry in entries.items() if stands_in(quote, texts.get(id_, "")))
    return tuple(islice(found, MOST_NAMED))


def further_addresses(article: Article) -> tuple[AlsoIn, ...]:
    """The other pages the article itself stands at; another spelling of an address is no other page."""
    pages: dict[str, str] = {}
    for address in (article.url or "", *article.addresses):
        pages.setdefault(key_of(address), address)
    return tuple(
        AlsoIn(article_id=article.id, title=article.title, site=urlsplit(page).hostname, url=page)
        for page in pages.values()
        if page not in ("", article.url)
    )


def _earliest(article: Article) -> tuple[bool, str, str]:
    """Orders as the catalog does to choose an origin: by the last day a date may mean, without one last."""
    day = last_day(article.published).isoformat() if article.published else ""
    return not day, day, article.id
