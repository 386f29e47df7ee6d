"""README says what is true now."""

import re

from rag.settings import Settings, table
from tests.conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text()


def test_the_settings_table_is_the_one_the_settings_class_makes() -> None:
    found = re.search(r"<!-- settings:.*?-->\n(.*?)\n<!-- /settings -->", README, re.DOTALL)
    assert found
    assert found[1] == table(), "run `python -m rag.settings` and put its output into README.md"
    assert len(Settings.model_fields) == found[1].count("\n| `")


def test_every_file_readme_links_to_exists() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (REPOSITORY / target).exists()] == []


def test_the_first_screen_shows_the_two_commands() -> None:
    first_screen = README.splitlines()[:20]
    assert any(line.startswith("make serve") for line in first_screen)
    assert any(line.startswith("make test") for line in first_screen)
