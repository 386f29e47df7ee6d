import inspect

import pytest

from rag import errors
from rag.errors import ArticleNotFoundError, ConfigurationError, DossierError, LibraryError, ModelError

TREE = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, DossierError)]


def test_every_error_is_in_the_drawn_tree() -> None:
    assert errors.__doc__
    assert all(kind.__name__ in errors.__doc__ for kind in TREE)
    assert issubclass(ArticleNotFoundError, LibraryError)


def test_an_error_reads_as_what_happened_and_what_to_do() -> None:
    assert str(LibraryError("It is damaged.", "Restore it.")) == "It is damaged. Restore it."
    assert str(ConfigurationError("It is wrong.")) == "It is wrong."


def test_an_unknown_article_is_told_with_the_way_to_the_known_ones() -> None:
    error = ArticleNotFoundError("no\nsuch")
    assert error.article_id == "no\nsuch"
    assert "\n" not in str(error)
    assert "dossier articles" in error.hint


@pytest.mark.parametrize("retryable", [True, False])
def test_a_models_error_tells_whether_trying_again_may_help(retryable: bool) -> None:
    assert ModelError("It failed.", retryable=retryable).retryable is retryable
