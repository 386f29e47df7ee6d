"""Which articles a search may use: by date, company, site and author, told from memory in well under a millisecond.

The catalog could tell too, at a millisecond for every thousand articles; Chroma's own range filters take 400 at 100,000
rows.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from rag.catalog import Catalog

Mask = NDArray[np.bool_]
# Where articles stand in a mask.
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a question's articles are limited to: published by `as_of` (or undated), and of each list one of its values.

    Case does not matter.
    """

    as_of: date | None = None
    companies: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.as_of is not None or bool(self.companies or self.sites or self.authors)


NO_LIMITS = Limits()


class Allowed:
    """The articles that limits leave: `article_id in allowed`, how many, and which share of the library's."""

    def __init__(self, ids: Sequence[str], place: Mapping[str, int], mask: Mask) -> None:
        self._ids = ids
        self._place = place
        self.mask = mask
        self.count = int(mask.sum())

    @property
    def share(self) -> float:
        """The share of all articles, from 0 to 1."""
        return self.count / max(1, len(self._ids))

    def __contains__(self, article_id: object) -> bool:
        at = self._place.get(article_id) if isinstance(article_id, str) else None
        return at is not None and bool(self.mask[at])

    @property
    def order(self) -> Sequence[str]:
        """All articles as they stand in `mask`: the very same object until the library changes."""
        return self._ids

    def ids(self) -> list[str]:
        """Their ids."""
        return [self._ids[int(at)] for at in np.flatnonzero(self.mask)]

    def only(self, article_ids: Iterable[str]) -> "Allowed":
        """Those of the articles that are among these."""
        mask = np.zeros(len(self.mask), dtype=bool)
        mask[[self._place[id_] for id_ in article_ids if id_ in self]] = True
        return Allowed(self._ids, self._place, mask)

    def places(self, article_ids: Iterable[str]) -> Places:
        """Where each article stands in `mask`; the last place, which is never allowed, for one that is new."""
        last = len(self._ids)
        return np.fromiter((self._place.get(id_, last) for id_ in article_ids), dtype=np.int64)


@dataclass(slots=True)
class _Table:
    change: tuple[int, str | None] = (-1, None)
    ids: list[str] = field(default_factory=list)
    place: dict[str, int] = field(default_factory=dict)
    published_by: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    values: dict[str, dict[str, Places]] = field(default_factory=dict)


class Facets:
    """The dates, companies, sites and authors of all articles, read when first needed and again after a change."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._table = _Table()

    def allowed(self, limits: Limits) -> Allowed | None:
        """The articles within the limits; None when there are none, so that every article is."""
        if not limits:
            return None
        table = self._current()
        mask = np.ones(len(table.ids) + 1, dtype=bool)  # one more: for an article that came since
        mask[-1] = False
        if limits.as_of is not None:
            mask[:-1] &= table.published_by <= limits.as_of.toordinal()
        for name, wanted in (("company", limits.companies), ("site", limits.sites), ("author", limits.authors)):
            if wanted:
                mask &= _any_of(wanted, table.values[name], len(mask))
        return Allowed(table.ids, table.place, mask)

    def _current(self) -> _Table:
        with self._lock:
            # Articles that are tagged anew count as unchanged: no index holds their tags.
            now = self._catalog.last_change(), self._catalog.tagged_by()
            if now != self._table.change:
                self._table = _read(self._catalog, now)
            return self._table


def _read(catalog: Catalog, change: tuple[int, str | None]) -> _Table:
    table = _Table(change)
    places: dict[str, dict[str, list[int]]] = {"company": {}, "site": {}, "author": {}}
    days = []
    for at, (id_, published_by, site, author) in enumerate(catalog.facets()):
        table.ids.append(id_)
        table.place[id_] = at
        days.append(date.fromisoformat(published_by).toordinal() if published_by else 0)
        for name, value in (("site", site), ("author", author)):
            if value:
                places[name].setdefault(value.casefold(), []).append(at)
    table.published_by = np.asarray(days, dtype=np.int64)
    for company, article_id in catalog.article_companies():
        if article_id in table.place:
            places["company"].setdefault(company, []).append(table.place[article_id])
    # As arrays: a value that half of the articles have is a mask in microseconds.
    table.values = {
        name: {value: np.asarray(found, dtype=np.int64) for value, found in by_value.items()}
        for name, by_value in places.items()
    }
    return table


def _any_of(wanted: Iterable[str], known: Mapping[str, Places], size: int) -> Mask:
    mask = np.zeros(size, dtype=bool)
    for value in wanted:
        if (places := known.get(value.casefold())) is not None:
            mask[places] = True
    return mask
