"""The words of a refusal: why the library does not answer, what is near, and what is missing of it."""

from collections.abc import Sequence

from rag.documents import Article, Passage
from rag.question import Question

NEAREST = 3


def nothing_in_reach(question: Question) -> str:
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
    return f"The library has no article {' '.join(limits)}." if limits else "The library has no articles yet."


def not_mentioned(names: Sequence[str]) -> str:
    """The question is about something that no article names; empty when there is no such thing."""
    return f"No article in the library mentions {' or '.join(names)}." if names else ""


def unsupported(warnings: Sequence[str]) -> str:
    """The answerer wrote nothing that could be kept."""
    return "Nothing that the model wrote is supported by the articles." if warnings else "The library does not say."


def nearest(passages: Sequence[Passage]) -> str:
    """What the nearest articles are about."""
    title_of = {passage.article_id: passage.title for passage in passages}
    titles = dict.fromkeys(title_of[article_id] for article_id in nearest_articles(passages))
    return f"The nearest articles are {'; '.join(f'“{title}”' for title in titles)}." if titles else ""


def nearest_articles(passages: Sequence[Passage]) -> list[str]:
    """The ids of the articles that a refusal names."""
    return list(dict.fromkeys(passage.article_id for passage in passages))[:NEAREST]


def missing(article: Article) -> str:
    """What the library lacks of an article, by its flags; empty when it has all of it."""
    if "truncated" in article.flags and "paywalled" in article.flags:
        return f"The rest of “{article.title}” is behind a wall: the library has its beginning only."
    if "truncated" in article.flags:
        return f"“{article.title}” is cut short: the library has a part of it only."
    if "paywalled" in article.flags:
        return f"“{article.title}” is for subscribers: the library may not have all of it."
    return ""


def not_said(about: Sequence[str], what: str) -> str:
    """The articles are there, and do not say what is asked."""
    if not what:
        return "The library does not say."
    if not about:
        return f"The articles found do not give the {what}."
    return f"The articles about {' and '.join(about)} do not give the {what}."
