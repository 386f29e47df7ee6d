"""What can go wrong, as one tree.

    DossierError                 message: what happened, to what; hint: what to do next
    ├── ConfigurationError       a setting, a key, a package or a command is wrong
    ├── QuestionError            the question itself cannot be worked on (empty, too long, bad date)
    ├── LibraryError             the library cannot be opened, read or written
    │   ├── ArticleNotFoundError no article has this id
    │   └── InboxFullError       too many posted documents wait to be read
    ├── ModelError               a language model failed; `retryable` tells whether trying again may help
    └── SourceError              one file, address or posted document is no article; the others go on

Errors of third parties are mapped to these once, where they are called. "The library does not say" is an Answer with
the status `not_found`, not an error.
"""


class DossierError(Exception):
    """The base of all errors that are shown to a person: what happened, and what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ConfigurationError(DossierError):
    """A setting, a key, a package or a command is wrong."""


class QuestionError(DossierError):
    """The question cannot be worked on: empty, too long, an impossible date."""


class LibraryError(DossierError):
    """The library cannot be opened, read or written."""


class ArticleNotFoundError(LibraryError):
    """No article in the library has this id."""

    def __init__(self, article_id: str) -> None:
        super().__init__(f"No article has the id {article_id!r}.", "`dossier articles` lists the ids.")
        self.article_id = article_id


class InboxFullError(LibraryError):
    """Too many posted documents wait to be read; it works again when some have been."""


class ModelError(DossierError):
    """A language model failed. `retryable` is true when the same request may work a little later."""

    def __init__(self, message: str, hint: str = "", *, retryable: bool = False) -> None:
        super().__init__(message, hint)
        self.retryable = retryable


class SourceError(DossierError):
    """One source could not be read as an article. The message names it."""
