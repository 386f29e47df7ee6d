"""The refusals: why the library does not answer, in words and by kind, what is near, and what is missing of it."""

from collections.abc import Mapping, Sequence

from rag.answer import NearArticle
from rag.answering.claims import Refusal
from rag.dates import written_out
from rag.documents import Article, Passage
from rag.question import Question

NEAREST = 3
# How many companies and rounds that are told of instead are named, and how many companies of an article.
MOST_NAMED = 3


def nothing_in_reach(question: Question) -> Refusal:
    """No article may be used at all."""
    limits = []
    if question.limits.companies:
        limits.append(f"about {' or '.join(question.limits.companies)}")
    if question.limits.sites:
        limits.append(f"on {' or '.join(question.limits.sites)}")
    if question.limits.authors:
        limits.append(f"by {' or '.join(question.limits.authors)}")
    if question.as_of:
        limits.append(f"published by {question.as_of}")
    reason = f"The library has no article {' '.join(limits)}." if limits else "The library has no articles yet."
    return Refusal(reason, "no_articles")


def not_mentioned(names: Sequence[str]) -> Refusal:
    """The question is about something that no article names."""
    return Refusal(f"No article in the library mentions {' or '.join(names)}.", "not_mentioned")


def unsupported(warnings: Sequence[str]) -> Refusal:
    """The answerer wrote nothing that could be kept."""
    if warnings:
        return Refusal("Nothing that the model wrote is supported by the articles.", "unsupported")
    return Refusal("The library does not say.")


def not_said(about: Sequence[str], what: str) -> Refusal:
    """The articles are there, and do not say what is asked."""
    if not what:
        return Refusal("The library does not say.")
    if not about:
        return Refusal(f"The articles found do not give the {what}.")
    return Refusal(f"The articles about {_listed(about)} do not give the {what}.")


def of_another_company(about: Sequence[str], what: str, others: Sequence[str]) -> Refusal:
    """What is asked is told of others only."""
    told = _listed(others[:MOST_NAMED])
    return Refusal(f"The articles found give the {what} of {told}, not of {_listed(about)}.", "another_company")


def of_another_day(about: Sequence[str], what: str, days: Sequence[str]) -> Refusal:
    """What is asked is told for other days only, of which the sentences name `days`."""
    told = f": {_listed([written_out(day) for day in days])}" if days else ""
    return Refusal(
        f"The articles about {_listed(about)} give the {what} for other days than the one asked about{told}.",
        "another_date",
    )


def at_another_round(about: Sequence[str], what: str, rounds: Sequence[str]) -> Refusal:
    """What is asked is told of other rounds only."""
    told = "tell of" if what == "round" else f"give the {what} of"
    others = _listed(rounds[:MOST_NAMED])
    return Refusal(
        f"The articles about {_listed(about)} {told} other rounds than the one asked about: {others}.", "another_round"
    )


def of_another_quantity(about: Sequence[str], what: str, others: Sequence[str]) -> Refusal:
    """The articles give other figures of it than the one asked for."""
    reason = f"The articles about {_listed(about)} do not give the {what}; they give the {_listed(others)}."
    return Refusal(reason, "another_quantity")


def not_of_that_amount(about: Sequence[str], amounts: Sequence[str]) -> Refusal:
    """The question states a sum that the articles do not."""
    reason = f"The articles about {_listed(about)} say nothing of the kind about {_listed(amounts)}."
    return Refusal(reason, "another_quantity")


def only_rumoured(about: Sequence[str], what: str) -> Refusal:
    """What is asked is told as a plan, an estimate or a rumour only."""
    reason = f"The articles about {_listed(about)} give the {what} only as planned, expected or rumoured."
    return Refusal(reason, "only_a_rumour")


def nearest_of(passages: Sequence[Passage], articles: Mapping[str, Article]) -> tuple[NearArticle, ...]:
    """The articles that a refusal names, and the companies they are about."""
    found = []
    for id_ in list(dict.fromkeys(passage.article_id for passage in passages))[:NEAREST]:
        if article := articles.get(id_):
            about = article.companies[:MOST_NAMED]
            found.append(NearArticle(article_id=id_, title=article.title, published=article.published, companies=about))
    return tuple(found)


def told_nearest(articles: Sequence[NearArticle]) -> str:
    """What the nearest articles are about."""
    told = dict.fromkeys(map(_told, articles))
    return f"The nearest articles are {'; '.join(told)}." if told else ""


def _told(article: NearArticle) -> str:
    about = f" (about {_listed(article.companies)})" if article.companies else ""
    return f"“{article.title}”{about}"


def missing(article: Article) -> str:
    """What the library lacks of an article, by its flags; empty when it has all of it."""
    if "truncated" in article.flags and "paywalled" in article.flags:
        return f"The rest of “{article.title}” is behind a wall: the library has its beginning only."
    if "truncated" in article.flags:
        return f"“{article.title}” is cut short: the library has a part of it only."
    if "paywalled" in article.flags:
        return f"“{article.title}” is for subscribers: the library may not have all of it."
    return ""


def _listed(names: Sequence[str]) -> str:
    """`Acme, Bolt and Cove`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
