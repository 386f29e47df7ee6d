"""Which articles a search may use, and limited searches that miss nothing."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rag.catalog import Catalog
from rag.indexes.facets import Facets, Limits
from rag.indexes.hits import Hit
from rag.indexes.limited import searched
from tests.made_articles import made, put


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog.open(tmp_path / "library", create=True)
    yield catalog
    catalog.close()


def left(catalog: Catalog, limits: Limits) -> set[str]:
    allowed = Facets(catalog).allowed(limits)
    assert allowed is not None
    assert allowed.count == len(allowed.ids())
    assert all(id_ in allowed for id_ in allowed.ids())
    return set(allowed.ids())


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2023, 6, 12), {"undated", "2022"}),
        (date(2023, 6, 13), {"undated", "2022", "day"}),
        (date(2023, 6, 29), {"undated", "2022", "day"}),  # June's article may be of the 30th
        (date(2023, 6, 30), {"undated", "2022", "day", "june"}),
        (date(2022, 12, 30), {"undated"}),
        (date(2023, 12, 31), {"undated", "2022", "day", "june", "2023"}),
    ],
)
def test_an_as_of_day_leaves_out_what_may_be_later(catalog: Catalog, as_of: date, expected: set[str]) -> None:
    dates = {"undated": None, "2022": "2022", "2023": "2023", "june": "2023-06", "day": "2023-06-13"}
    put(catalog, *(made(name, published=published) for name, published in dates.items()))
    assert left(catalog, Limits(as_of=as_of)) == expected


def test_a_company_filter_takes_articles_about_any_of_the_companies_in_any_case(catalog: Catalog) -> None:
    put(catalog, made("a", companies=("Mistral AI", "Cohere")), made("b", companies=("Cohere",)), made("c"))
    assert left(catalog, Limits(companies=("mistral ai",))) == {"a"}
    assert left(
        catalog,
        Limits(
            companies=(
                "MISTRAL AI",
                "cohere",
            )
        ),
    ) == {"a", "b"}
    assert left(catalog, Limits(companies=("nobody",))) == set()
    assert Facets(catalog).allowed(Limits()) is None


def test_both_filters_hold_at_once(catalog: Catalog) -> None:
    put(catalog, made("a", companies=("Cohere",), published="2024"), made("b", companies=("Cohere",), published="2022"))
    assert left(catalog, Limits(as_of=date(2023, 1, 1), companies=("Cohere",))) == {"b"}


def test_sites_and_authors_limit_too_and_a_value_nobody_has_leaves_nothing(catalog: Catalog) -> None:
    put(catalog, made("a", site="The Wire", author="Jo Roe"), made("b", site="the wire"), made("c", author="Jo Roe"))
    assert left(catalog, Limits(sites=("THE WIRE",))) == {"a", "b"}
    assert left(catalog, Limits(sites=("The Wire",), authors=("jo roe",))) == {"a"}
    assert left(catalog, Limits(sites=("Elsewhere",))) == set()


def test_an_article_that_comes_or_goes_is_seen_at_the_next_search(catalog: Catalog) -> None:
    facets = Facets(catalog)
    put(catalog, made("a", site="The Wire"))
    first = facets.allowed(Limits(sites=("The Wire",)))
    put(catalog, made("b", site="The Wire"))
    second = facets.allowed(Limits(sites=("The Wire",)))
    assert first is not None
    assert second is not None
    assert ("b" in first, "b" in second) == (False, True)
    catalog.remove(["a"])
    third = facets.allowed(Limits(sites=("The Wire",)))
    assert third is not None
    assert third.ids() == ["b"]


def test_a_search_that_looked_too_short_says_so_instead_of_missing_hits(catalog: Catalog) -> None:
    put(catalog, *(made(f"a{n:03}", site="Even" if n % 2 else "Odd") for n in range(200)))
    allowed = Facets(catalog).allowed(Limits(sites=("Even",)))
    everything = [Hit(f"a{n:03}-0", 1 - n / 1000) for n in range(200)]
    best = searched(lambda many: everything[:many], 10, allowed)
    assert best == [hit for hit in everything if int(hit.chunk_id[1:4]) % 2][:10]
    unlike = sorted(everything, key=lambda hit: int(hit.chunk_id[1:4]) % 2)  # what is allowed comes last
    assert searched(lambda many: unlike[:many], 10, allowed) is None
    few = Facets(catalog).allowed(Limits(sites=("Nobody",)))
    assert searched(lambda many: everything[:many], 10, few) is None
