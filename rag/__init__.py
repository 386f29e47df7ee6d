"""Dossier: questions about AI start-ups, answered from a library of articles, with citations one can check.

import rag
library = rag.open("library")
library.ask("Who led Mistral AI's Series A?")
"""

from typing import TYPE_CHECKING, Any

from rag.answer import Answer, Citation, Sentence
from rag.documents import Article, Passage
from rag.errors import DossierError

if TYPE_CHECKING:
    from rag.library import Library, open

__all__ = ["Answer", "Article", "Citation", "DossierError", "Library", "Passage", "Sentence", "open"]


def __getattr__(name: str) -> Any:
    # Everything below a library is loaded when it is asked for, so that `dossier --help` takes no second.
    if name in ("Library", "open"):
        from rag import library

        return getattr(library, name)
    raise AttributeError(f"module 'rag' has no attribute {name!r}")
