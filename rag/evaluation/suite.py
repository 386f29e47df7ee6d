"""What is asked of which library, and what its questions call the articles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from rag.catalog import Catalog
from rag.documents import Article
from rag.errors import ConfigurationError
from rag.evaluation.matching import holds
from rag.evaluation.questions import Asked

# Between a file and what is one of several articles in it, as in the names of sources.
WITHIN = "#"
# So many of what is wrong are named; the others are counted.
NAMED = 8


@dataclass(frozen=True, slots=True)
class Suite:
    """What is asked, of which documents. `documents` is None where the questions are about the user's own library.

    `answers` is false where only finding is measured, as with collections of documents.
    """

    name: str
    questions: tuple[Asked, ...]
    documents: Path | None = None
    answers: bool = True


@dataclass(frozen=True, slots=True)
class Names:
    """What articles are called outside of the library: a name to the id of the article it became."""

    article_of: Mapping[str, str] = field(default_factory=dict)

    def relevance(self, asked: Asked) -> dict[str, int]:
        """Which articles a question's answer stands in, by id; of several documents with one text, the best counts."""
        found: dict[str, int] = {}
        for name, grade in asked.relevant.items():
            id_ = self.article_of.get(name, name)
            found[id_] = max(grade, found.get(id_, 0))
        return found


def names_in(suite: Suite, catalog: Catalog) -> Names:
    """What questions may call an article: the name of its file or its id there, an address, its id in the library."""
    found: dict[str, str] = {}
    for article in catalog.articles():
        # A file with the text of another one is known in the ledger only.
        places = map(_short, (article.source, *catalog.locations(article.id)))
        for name in (*places, article.source, *article.addresses, article.id):
            found.setdefault(name, article.id)
    if suite.documents is not None and suite.documents.is_file():
        # Told exactly: ids of documents may hold anything.
        for document in {id_ for asked in suite.questions for id_ in asked.relevance}:
            entry = catalog.ledger(f"{suite.documents.absolute()}{WITHIN}{document}")
            if entry and entry.article_id:
                found[document] = entry.article_id
    return Names(found)


def check_names(suite: Suite, questions: Sequence[Asked], names: Names, tell: Callable[[str], None]) -> None:
    """Names the articles that are expected and are not in the library: nobody could find them.

    Raises ConfigurationError where the questions are the user's own. Collections judge documents that they lack, and
    count them as missed; that is told.
    """
    unknown: dict[str, list[str]] = {}
    for asked in questions:
        for name in asked.relevant:
            if name not in names.article_of:
                unknown.setdefault(name, []).append(asked.id)
    if not unknown:
        return
    listed = _some([f"{name!r} (asked for by {_some(ids)})" for name, ids in unknown.items()])
    if suite.documents is None:
        raise ConfigurationError(
            f"The questions name articles that are not in the library: {listed}.",
            "An article is named by its file without the ending, by its address or by its id: see `dossier articles`.",
        )
    tell(f"Not in the library, and so counted as not found: {listed}.")


def doubtful(questions: Sequence[Asked], names: Names, article: Callable[[str], Article | None]) -> list[str]:
    """What is expected of an answer and stands in none of the articles named: quoting can never give it."""
    found = []
    for asked in questions:
        known = [article(names.article_of.get(name, name)) for part in asked.articles for name in part]
        text = "\n".join(f"{one.title}\n{one.text}" for one in known if one is not None)
        for part in (*asked.accept, *asked.phrases) if text else ():
            if not any(holds(text, one) for one in part):
                found.append(f"{asked.id}: {' or '.join(map(repr, part))} stands in none of the articles it names")
    return found


def _short(place: str) -> str:
    """The name of a file without its ending, or what an article is called in a file of several."""
    file, _, within = place.partition(WITHIN)
    return within or PurePosixPath(file).stem


def _some(words: Sequence[str]) -> str:
    more = f" and {len(words) - NAMED} more" if len(words) > NAMED else ""
    return ", ".join(words[:NAMED]) + more
