"""The synchronous front for notebooks, scripts and the command line: `rag.open("library")`."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from anyio.from_thread import start_blocking_portal

from rag.answer import Answer
from rag.assistant import Assistant
from rag.catalog import Catalog
from rag.documents import Article, Passage
from rag.embedding import Embedder, PassageVectors, build_embedder
from rag.errors import LibraryError
from rag.indexes import Indexes
from rag.question import Turn
from rag.settings import Settings, load_settings

log = logging.getLogger(__name__)

# Chunks embedded and written together.
AT_ONCE = 1000


class Library:
    """An open library. A context manager; `close` it otherwise, so that its indexes need no check the next time.

    Works where an event loop runs already, as in a notebook: the asynchronous flow has a thread of its own. Nothing
    of a closed library is kept alive, but glibc keeps memory for threads that have ended: a process that opens
    libraries over and over grew by 1 to 4 MB each time, and with MALLOC_ARENA_MAX=1 by 0.04.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._stack = ExitStack()
        self._portal = self._stack.enter_context(start_blocking_portal())

    def ask(
        self,
        question: str,
        as_of: str | None = None,
        companies: Sequence[str] = (),
        sites: Sequence[str] = (),
        authors: Sequence[str] = (),
        history: Sequence[Turn | Answer | Mapping[str, str]] = (),
        model: str | None = None,
        k: int | None = None,
    ) -> Answer:
        """Answers a question from the library.

        `as_of` (`2023-12-14`, `2023-12` or `2023`) leaves out what was published later; `companies`, `sites` and
        `authors` all articles that are not about, on or by one of them; `history` are earlier answers; `model` and `k`
        replace the settings.
        """
        turns = [_turn(earlier) for earlier in history]
        ask = partial(
            self._assistant.ask,
            _whole(question),
            as_of=as_of,
            companies=companies,
            sites=sites,
            authors=authors,
            history=turns,
            model=model,
            k=k,
        )
        return self._portal.call(ask)

    def search(
        self,
        question: str,
        k: int = 10,
        as_of: str | None = None,
        companies: Sequence[str] = (),
        sites: Sequence[str] = (),
        authors: Sequence[str] = (),
        explain: bool = False,
    ) -> tuple[Passage, ...]:
        """The k best passages for a question, best first; `explain`: with what each signal says of them."""
        search = partial(
            self._assistant.search,
            _whole(question),
            k=k,
            as_of=as_of,
            companies=companies,
            sites=sites,
            authors=authors,
            explain=explain,
        )
        return self._portal.call(search)

    def articles(self) -> tuple[Article, ...]:
        """Every article, newest first, without its text."""
        return self._assistant.articles()

    def article(self, article_id: str) -> Article:
        """One article with its text. Raises ArticleNotFoundError."""
        return self._assistant.article(article_id)

    def remove(self, article_ids: Sequence[str]) -> int:
        """Removes articles from the library, all of them or none; returns how many."""
        count = self._assistant.catalog.remove(article_ids)
        self._assistant.sync()
        return count

    def sync(self) -> None:
        """Brings the indexes up to the catalog."""
        self._assistant.sync()

    def close(self) -> None:
        """Closes the library."""
        self._stack.close()
        self._assistant.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open(folder: str | Path = "library", **settings: Any) -> Library:
    """Opens the library in `folder`; further settings by their names in README's table, as `model="…"`.

    Raises LibraryError when there is none, ConfigurationError for a wrong setting.
    """
    return open_with(load_settings(library=Path(folder), **settings))


def open_with(settings: Settings) -> Library:
    """Opens the library that these settings name, its indexes in step."""
    library = Library(Assistant.open(settings))
    try:
        library.sync()
    except LibraryError as error:  # a full disk is no reason not to answer
        log.warning("%s", error)
    except BaseException:
        library.close()
        raise
    return library


def differences(settings: Settings) -> list[str]:
    """What is wrong with the catalog, and how the indexes disagree with it; mends no disagreement.

    Indexes that a kill left behind the catalog catch up first, as at every opening. Raises LibraryError.
    """
    with closing(Catalog.open(settings.library)) as catalog, closing(Indexes(catalog)) as indexes:
        return catalog.check() + indexes.differences()


def reindex(settings: Settings) -> tuple[int, int]:
    """Rebuilds both indexes; embeds every chunk anew first, when the settings name another model than the library's,
    or those whose sentences an older version did not embed.

    Returns how many chunks there are and how many were embedded. Raises LibraryError when another process has the
    indexes.
    """
    with closing(Catalog.open(settings.library)) as catalog, closing(Indexes(catalog)) as indexes:
        embedder = build_embedder(settings, settings.library / "model")
        indexes.claim()
        if catalog.stamp() not in (None, embedder.stamp):
            ids = catalog.chunk_ids()
            catalog.restamp(embedder.stamp, _embedded(ids, catalog, embedder))
        else:
            ids = catalog.ids_without_sentences()
            for at in range(0, len(ids), AT_ONCE):
                vectors = _embedded(ids[at : at + AT_ONCE], catalog, embedder)
                catalog.add_sentences({id_: its.sentences for id_, its in vectors.items()})
        indexes.rebuild()
        return catalog.counts()[1], len(ids)


def _embedded(ids: Sequence[str], catalog: Catalog, embedder: Embedder) -> dict[str, PassageVectors]:
    stored = catalog.chunks(ids)
    passages = [stored[id_].chunk.passage(stored[id_].title) for id_ in ids if id_ in stored]
    vectors = embedder.embed_passages([text for text, _ in passages], [begins for _, begins in passages])
    return dict(zip((id_ for id_ in ids if id_ in stored), vectors, strict=True))


def _whole(text: str) -> str:
    """The text without half characters (lone surrogates), which a terminal can hold and nobody can encode."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _turn(earlier: Turn | Answer | Mapping[str, str]) -> Turn:
    if isinstance(earlier, Turn):
        return earlier
    if isinstance(earlier, Answer):
        return Turn(earlier.question, earlier.text)
    return Turn(earlier["question"], earlier["answer"])
