"""The sample corpus says only what stands in its own table of facts."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest
import yaml

CORPUS = Path(__file__).resolve().parent.parent / "docs_corpus"
KEYS = {"title", "author", "site", "published", "companies", "sources", "facts"}
OPTIONAL_KEYS = {"company_facts", "model_facts"}

SCALES = {
    "million": 6,
    "m": 6,
    "billion": 9,
    "bn": 9,
    "b": 9,
    "trillion": 12,
    "k": 3,
}
CURRENCIES = {
    "$": "USD",
    "us$": "USD",
    "dollar": "USD",
    "dollars": "USD",
    "us dollars": "USD",
    "€": "EUR",
    "eur": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "hk$": "HKD",
    "hkd": "HKD",
    "hong kong dollars": "HKD",
    "yen": "JPY",
    "¥": "JPY",
}
SCALE = r"million|billion|trillion|bn|m|b|k"
UNIT = r"hong kong dollars|us dollars|dollars?|euros?|yen"
AMOUNT = re.compile(
    rf"(?P<before>hk\$|us\$|\$|€|¥|\beur |\bhkd )?"
    rf"(?<![\w.])(?P<number>\d[\d,]*(?:\.\d+)?)"
    rf"(?:[ -]?(?P<scale>{SCALE})\b)?"
    rf"(?:[ -](?P<after>{UNIT})\b)?",
    re.IGNORECASE,
)
RANGE = re.compile(rf"(\d[\d.]*) (to|and) (\d[\d.]*)((?: (?:{SCALE}))?(?: (?:{UNIT}))?)\b", re.IGNORECASE)
MONTHS = ("January February March April May June July August September October November December").split()
DATE = re.compile(rf"(?:\b(\d{{1,2}}) )?\b({'|'.join(MONTHS)})\b(?: (\d{{4}}))?")
ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?\b")
YEAR = re.compile(r"(?<![\d$€,.])(?:19|20)\d{2}(?![\d,]\d)\b")
PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?(?:%|percent|per cent)")
NUMBER = re.compile(r"(?<![\w.,])\d[\w.,]*")


@dataclass
class Article:
    name: str
    meta: dict
    body: str

    @property
    def published(self) -> str:
        return str(self.meta["published"])

    @property
    def text(self) -> str:
        return f"{self.meta['title']}\n{self.body}"


def read_table(name: str, key: str) -> dict[str, dict[str, str]]:
    path = CORPUS / name
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as handle:
        return {row[key]: row for row in csv.DictReader(handle)}


def listed(cell: str) -> list[str]:
    """The names of a cell, without the sum that may stand in brackets behind one."""
    return [re.sub(r" \(.*\)$", "", name.strip()) for name in cell.split(";") if name.strip()]


def read_article(path: Path) -> Article:
    _, front_matter, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return Article(path.name, yaml.safe_load(front_matter), body.strip())


EVENTS = read_table("facts.csv", "event_id")
COMPANIES = read_table("company_facts.csv", "company")
MODELS = read_table("model_facts.csv", "model")
ARTICLES = [read_article(path) for path in sorted(CORPUS.glob("*.md")) if path.name != "README.md"]
NAMES = {
    name
    for rows, columns in (
        (EVENTS, ("people", "lead_investors", "other_investors")),
        (COMPANIES, ("founders", "company")),
    )
    for row in rows.values()
    for column in columns
    for name in listed(row[column])
}
every_article = pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.name)


def events_of(article: Article) -> list[dict[str, str]]:
    return [EVENTS[event_id] for event_id in article.meta["facts"]]


def rows_of(article: Article) -> list[dict[str, str]]:
    companies = [COMPANIES[name] for name in article.meta.get("company_facts", [])]
    models = [MODELS[name] for name in article.meta.get("model_facts", [])]
    return events_of(article) + companies + models


def text_of(row: dict[str, str]) -> str:
    """What the row says; the address of its source is no statement."""
    return " | ".join(value for key, value in row.items() if key != "source_url")


def amounts_in(text: str) -> set[tuple[Decimal, str | None]]:
    """Every number as (value, currency), the currency None where none is written."""
    text = RANGE.sub(r"\1\4 \2 \3\4", text)
    found = set()
    for match in AMOUNT.finditer(text):
        value = Decimal(match["number"].replace(",", ""))
        value = value.scaleb(SCALES[match["scale"].lower()]) if match["scale"] else value
        currency = (match["before"] or match["after"] or "").strip().lower()
        found.add((value.normalize(), CURRENCIES[currency] if currency else None))
    return found


def amounts_of(row: dict[str, str]) -> set[tuple[Decimal, str | None]]:
    found = amounts_in(text_of(row))
    for column, power in (("amount_usd_millions", 6), ("valuation_usd_billions", 9)):
        if row.get(column):
            found.add((Decimal(row[column]).scaleb(power).normalize(), "USD"))
    return found


def dates_in(text: str) -> set[tuple[int | None, int, int | None]]:
    """Every date as (year, month, day), None for a part that is not written."""
    return {
        (int(year) if year else None, MONTHS.index(month) + 1, int(day) if day else None)
        for day, month, year in DATE.findall(text)
    }


def dates_of(row: dict[str, str]) -> set[tuple[int | None, int, int | None]]:
    text = text_of(row)
    iso = {(int(year), int(month), int(day) if day else None) for year, month, day in ISO_DATE.findall(text)}
    return iso | dates_in(text)


def is_part_of(date: tuple, known: tuple) -> bool:
    return all(ours is None or ours == theirs for ours, theirs in zip(date, known, strict=True))


def conflicts_of(event: dict[str, str]) -> list[str]:
    return re.findall(r"conflict_with=([A-Z0-9]+-\d+)", event["notes"])


def is_bare(match: re.Match) -> bool:
    return not (match["scale"] or match["before"] or match["after"])


def numbers_in(text: str) -> set[str]:
    return {token.rstrip(".,").replace(",", "").lower() for token in NUMBER.findall(text)}


def named_in(text: str) -> set[str]:
    """The people, companies and investors of the tables that a text names, the longest name where two overlap."""
    present = sorted((name for name in NAMES if name in text), key=len, reverse=True)
    return set(re.findall("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in present), text)) - {""}


def names_of(row: dict[str, str]) -> set[str]:
    return named_in(text_of(row)) | {row["company"]}


def shingles(text: str, words: int) -> set[tuple[str, ...]]:
    """Every run of so many words, the rows of tables left out, as two tables may share a line."""
    prose = " ".join(line for line in text.splitlines() if not line.startswith("|"))
    tokens = re.findall(r"[\w$€¥.]+", prose.lower())
    return {tuple(tokens[start : start + words]) for start in range(len(tokens) - words + 1)}


def test_the_corpus_holds_at_least_80_articles_on_45_companies():
    events = {event["company"] for article in ARTICLES for event in events_of(article)}
    assert len(ARTICLES) >= 80
    assert len(events) >= 45


def test_at_least_six_articles_touch_ten_companies_each():
    assert sum(len(article.meta["companies"]) >= 10 for article in ARTICLES) >= 6


def test_the_articles_come_from_several_outlets_and_all_four_years():
    assert len({article.meta["site"] for article in ARTICLES}) >= 8
    assert {article.published[:4] for article in ARTICLES} == {"2023", "2024", "2025", "2026"}


@pytest.mark.parametrize(
    ("fact", "least"), [("funding_round", 20), ("valuation", 5), ("revenue", 10), ("headcount", 2)]
)
def test_several_companies_have_a_series_of_values_over_time(fact, least):
    dated: dict[str, set[str]] = {}
    for event in EVENTS.values():
        if event["event_type"] == fact:
            dated.setdefault(event["company"], set()).add(event["event_date"])
    series = [company for company, dates in dated.items() if len(dates) >= 2]
    assert len(series) >= least


def test_at_least_25_facts_are_told_with_the_value_of_a_source_that_disagrees():
    told = {
        frozenset((name, other)) for name, event in EVENTS.items() for other in conflicts_of(event) if other in EVENTS
    }
    together = {pair for pair in told if any(pair <= set(article.meta["facts"]) for article in ARTICLES)}
    assert len(together) >= 25


def test_no_two_articles_resemble_each_other():
    runs = {article.name: shingles(article.body, 5) for article in ARTICLES}
    shares = {
        (one, other): len(runs[one] & runs[other]) / min(len(runs[one]), len(runs[other]))
        for one, other in combinations(runs, 2)
    }
    assert {pair: share for pair, share in shares.items() if share > 0.1} == {}


def test_no_sentence_stands_in_two_articles():
    runs = [shingles(article.body, 15) for article in ARTICLES]
    assert set().union(*(one & other for one, other in combinations(runs, 2))) == set()


def test_no_two_articles_share_a_title():
    titles = [article.meta["title"] for article in ARTICLES]
    assert len(set(titles)) == len(titles)


@every_article
def test_every_article_has_the_agreed_front_matter(article):
    assert KEYS <= set(article.meta) <= KEYS | OPTIONAL_KEYS
    assert re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", article.published)
    for key in ("title", "author", "site"):
        assert isinstance(article.meta[key], str)
        assert article.meta[key]
    for key in {"companies", "sources", "facts"} | (OPTIONAL_KEYS & set(article.meta)):
        values = article.meta[key]
        assert values
        assert all(isinstance(value, str) for value in values)
        assert len(set(values)) == len(values)


@every_article
def test_every_body_has_between_250_and_700_words(article):
    words = [word for word in article.body.split() if word.strip("|-*#")]
    assert 250 <= len(words) <= 700


@every_article
def test_every_fact_an_article_names_stands_in_the_tables(article):
    assert set(article.meta["facts"]) <= set(EVENTS)
    assert set(article.meta.get("company_facts", [])) <= set(COMPANIES)
    assert set(article.meta.get("model_facts", [])) <= set(MODELS)


def test_every_row_of_the_tables_is_used_by_an_article():
    for key, table in (("facts", EVENTS), ("company_facts", COMPANIES), ("model_facts", MODELS)):
        used = {name for article in ARTICLES for name in article.meta.get(key, [])}
        assert set(table) == used


def test_every_event_was_seen_at_its_source():
    assert {event["confidence"] for event in EVENTS.values()} == {"seen"}


def test_no_event_is_a_rumour_or_a_talk():
    unfit = re.compile(r"\b(talks?|target\w*|rumou?r\w*|known)\b", re.IGNORECASE)
    assert not [name for name, event in EVENTS.items() if unfit.search(text_of(event))]


def test_no_table_names_a_local_file():
    local = re.compile(r"\.txt\b|\.json\b|\bfile:|(?<![\w.:/])/(?:home|work|tmp|root|mnt)/")
    for path in CORPUS.iterdir():
        assert not local.search(path.read_text(encoding="utf-8")), path.name


@every_article
def test_every_source_of_the_facts_is_named_and_no_other(article):
    expected = {event["source_url"] for event in events_of(article)}
    assert set(article.meta["sources"]) == expected


@every_article
def test_no_fact_is_later_than_the_day_of_publication(article):
    dates = [event["event_date"] for event in events_of(article)]
    dates += [MODELS[name]["release_date"] for name in article.meta.get("model_facts", [])]
    for date in dates:
        length = min(len(date), len(article.published))
        assert date[:length] <= article.published[:length]


@every_article
def test_every_company_an_article_names_occurs_in_its_body(article):
    assert [name for name in article.meta["companies"] if name not in article.body] == []


@every_article
def test_every_fact_is_about_a_company_the_article_names(article):
    assert {event["company"] for event in events_of(article)} <= set(article.meta["companies"])


@every_article
def test_every_person_and_investor_an_article_names_stands_in_its_facts(article):
    known = set().union(*(names_of(row) for row in rows_of(article))) | set(article.meta["companies"])
    known |= {alias for name in known & set(COMPANIES) for alias in listed(COMPANIES[name]["aliases"])}
    missing = {name for name in named_in(article.text) if not any(other.startswith(name) for other in known)}
    assert missing - {"Figure"} == set()  # a company, and the first word of many a sentence


@every_article
def test_every_amount_in_an_article_stands_in_its_facts(article):
    known = set().union(*(amounts_of(row) for row in rows_of(article)))
    money = {amount for amount in amounts_in(article.text) if amount[1]}
    missing = {
        (value, currency) for value, currency in money if (value, currency) not in known and (value, None) not in known
    }
    assert missing == set()


@every_article
def test_every_date_in_an_article_stands_in_its_facts(article):
    known = set().union(*(dates_of(row) for row in rows_of(article)))
    missing = {date for date in dates_in(article.text) if not any(is_part_of(date, other) for other in known)}
    assert missing == set()


@every_article
def test_every_year_in_an_article_stands_in_its_facts(article):
    known = set(YEAR.findall(" ".join(text_of(row) for row in rows_of(article))))
    assert set(YEAR.findall(article.text)) - known == set()


@every_article
def test_every_percentage_in_an_article_stands_in_its_facts(article):
    known = set(PERCENT.findall(" ".join(text_of(row) for row in rows_of(article))))
    assert set(PERCENT.findall(article.text)) - known == set()


@every_article
def test_every_other_number_in_an_article_stands_in_its_facts(article):
    text = DATE.sub(" ", article.text)
    known_values = {value for row in rows_of(article) for value, _ in amounts_of(row)}
    known_numbers = numbers_in(" ".join(text_of(row) for row in rows_of(article)))
    scaled = [match for match in AMOUNT.finditer(text) if match["scale"]]
    assert {value for match in scaled for value, _ in amounts_in(match[0])} <= known_values
    rest = AMOUNT.sub(lambda match: match[0] if is_bare(match) else " ", text)
    assert numbers_in(rest) - known_numbers == set()
