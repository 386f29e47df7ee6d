import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest.sources import Item, PassedOver, find_items, is_web_address
from rag.errors import ConfigurationError, SourceError
from rag.settings import Settings

SETTINGS = Settings()


def names(*sources: str | Path, settings: Settings = SETTINGS) -> list[str]:
    return [item.name for item in find_items([str(source) for source in sources], settings)]


def item(path: Path, settings: Settings = SETTINGS) -> Item:
    return next(find_items([str(path)], settings))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "b.md",
        "a.txt",
        "sub/c.html",
        "sub/d.HTM",
        "sub/picture.png",
        ".hidden.md",
        ".git/e.md",
        "sub/z.markdown",
    ):
        path = tmp_path / "articles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text")
    return tmp_path / "articles"


def test_a_folder_names_its_articles_recursively_in_order_without_hidden_ones(folder: Path) -> None:
    assert names(folder) == ["a.txt", "b.md", "sub/c.html", "sub/d.HTM", "sub/z.markdown"]


def test_files_of_kinds_that_are_not_read_are_counted_each_once(folder: Path) -> None:
    for name in (
        "table.csv",
        "TABLE.CSV",
        "old.tar.gz",
        "program",
        ".hidden.csv",
        "README.md",
        "a.md",
        "folder.rtf/b.md",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"\0" if name == "program" else b"text")
    for sources in [str(folder)], [str(folder), f"{folder}/*", str(folder)], [f"{folder}/**"]:
        passed_over = PassedOver()
        assert "folder.rtf/b.md" in [item.name for item in find_items(sources, SETTINGS, passed_over)]
        assert passed_over.kinds == {".csv": 2, ".gz": 1, ".png": 1, "": 1}
    passed_over = PassedOver()
    named = [str(folder / "table.csv")]
    assert [item.name for item in find_items(named, SETTINGS, passed_over)] == ["table.csv"]
    assert not passed_over.kinds


def test_a_file_is_known_by_its_name_alone(folder: Path) -> None:
    assert names(folder / "sub" / "c.html") == ["c.html"]


def test_a_glob_names_files_as_seen_from_its_fixed_part(folder: Path) -> None:
    assert names(f"{folder}/**/*.html") == ["sub/c.html"]
    assert names(f"{folder}/*/*.html") == ["sub/c.html"]
    assert names(f"{folder}/**") == ["a.txt", "b.md", "sub/c.html", "sub/d.HTM", "sub/z.markdown"]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "a[1].md").write_text("text")
    assert names(tmp_path / "a[1].md") == ["a[1].md"]


def test_what_is_named_twice_is_one_item(folder: Path) -> None:
    assert names(folder, folder / "b.md", folder) == ["a.txt", "b.md", "sub/c.html", "sub/d.HTM", "sub/z.markdown"]


def test_a_location_is_absolute_and_a_name_is_not(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    found = next(find_items(["articles"], SETTINGS))
    assert (found.location, found.name) == (str(folder / "a.txt"), "a.txt")


def test_a_readme_is_an_article_only_with_front_matter_or_when_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# About this folder")
    assert names(tmp_path) == []
    assert names(tmp_path / "README.md") == ["README.md"]
    (tmp_path / "README.md").write_text("---\ntitle: An article\n---\nText.")
    assert names(tmp_path) == ["README.md"]


def test_loops_of_links_end(folder: Path) -> None:
    (folder / "sub" / "up").symlink_to(folder)
    (folder / "sub" / "self").symlink_to(folder / "sub")
    expected = ["a.txt", "b.md", "sub/c.html", "sub/d.HTM", "sub/z.markdown"]
    assert names(folder) == expected
    assert names(f"{folder}/**/*") == expected


def test_an_accent_is_spelled_the_same_on_every_file_system(tmp_path: Path) -> None:
    (tmp_path / "cafe\u0301.md").write_text("text")
    assert names(tmp_path) == ["caf\u00e9.md"]


def test_a_name_that_is_no_utf8_is_made_printable(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.md")).write_text("text")
    found = item(tmp_path)
    assert found.name == "caf\\xe9.md"
    assert found.location.encode()
    assert found.read() == b"text"


@pytest.mark.parametrize("source", ["nowhere.md", "nowhere/", "", "nowhere/*.md", "*.nothing"])
def test_a_source_that_names_nothing_is_told_before_any_item_is_given(folder: Path, source: str) -> None:
    with pytest.raises(ConfigurationError, match=r"Nothing matches|There is no file"):
        find_items([str(folder), str(folder / source) if source else ""], SETTINGS)


def test_a_pattern_that_is_none_is_told(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="not a pattern"):
        find_items([f"{folder}/a**.md"], SETTINGS)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("*?[]!/\\ab-\0 é"))
@example("/**")
@example("//*")
@example("[\0]")
def test_a_pattern_of_any_kind_names_articles_or_is_told(folder: Path, pattern: str) -> None:
    with suppress(ConfigurationError):
        for found in find_items([f"{folder}/{pattern}"], SETTINGS):
            assert found.path.is_relative_to(folder)


@pytest.mark.parametrize(
    ("source", "is_web"), [("https://example.com/a", True), ("HTTP://e.com", True), ("a.md", False), ("a/b:c", False)]
)
def test_an_address_is_told_from_a_path(source: str, is_web: bool) -> None:
    assert is_web_address(source) is is_web


@pytest.mark.parametrize("source", ["ftp://example.com/a", "file:///etc/passwd"])
def test_an_address_that_is_not_of_the_web_is_refused(source: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be fetched"):
        is_web_address(source)


def test_an_empty_folder_names_nothing_and_is_no_error(tmp_path: Path) -> None:
    assert names(tmp_path) == []


def test_a_file_that_vanished_is_a_source_error_that_names_it(folder: Path) -> None:
    found = item(folder / "b.md")
    (folder / "b.md").unlink()
    with pytest.raises(SourceError, match=r"b\.md is no longer there"):
        found.read()


def test_a_broken_link_is_a_source_error(folder: Path) -> None:
    (folder / "gone.md").symlink_to(folder / "nowhere.md")
    with pytest.raises(SourceError, match=r"gone\.md is no longer there"):
        item(folder / "gone.md").read()


@pytest.mark.parametrize("content", [b"", b" \n\t\n"])
def test_an_empty_file_is_a_source_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.md").write_bytes(content)
    with pytest.raises(SourceError, match=r"a\.md is empty"):
        item(tmp_path).read()


def test_a_file_over_the_limit_is_a_source_error_that_names_the_setting(tmp_path: Path) -> None:
    small = Settings(max_article_mb=0.001)
    (tmp_path / "a.md").write_bytes(b"x" * 1000)
    assert len(item(tmp_path, small).read()) == 1000
    (tmp_path / "a.md").write_bytes(b"x" * 1001)
    with pytest.raises(SourceError, match=r"a\.md is larger than 0\.001 MB.*DOSSIER_MAX_ARTICLE_MB"):
        item(tmp_path, small).read()


def test_a_file_that_may_not_be_read_is_a_source_error(folder: Path) -> None:
    found = item(folder / "b.md")
    (folder / "b.md").chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)  # root may read everything, so be somebody else
    try:
        with pytest.raises(SourceError, match=r"b\.md may not be read"):
            found.read()
    finally:
        os.seteuid(user)


def test_a_path_with_dots_in_it_is_the_same_location(folder: Path) -> None:
    assert item(folder / "sub" / ".." / "b.md").location == item(folder / "b.md").location


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    with pytest.raises(SourceError, match="not a regular file"):
        item(tmp_path / "a.md").read()
