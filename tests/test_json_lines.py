import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from ingest.containers import Containers
from ingest.json_lines import read_mapping
from ingest.members import Member
from ingest.sources import Item, file_of, find_items
from rag.errors import ConfigurationError, SourceError
from rag.settings import Settings

SETTINGS = Settings(max_article_mb=0.001)


def lines_of(path: Path, mapping: Mapping[str, str] | None = None) -> list[Item | Member]:
    return list(Containers(mapping or {}).items(find_items([str(path)], SETTINGS)))


def written(path: Path, *lines: object) -> Path:
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def failure(line: Item | Member) -> str:
    with pytest.raises(SourceError) as caught:
        line.read()
    return str(caught.value)


def test_every_line_is_an_item_known_by_its_address_its_id_or_its_content(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.jsonl", {"text": "x", "url": "https://a.example/1"}, {"text": "y", "id": 7}, {"text": "z"}
    )
    by_url, by_id, by_content = lines_of(path)
    assert (by_url.name, by_url.location) == ("a.jsonl#https://a.example/1", f"{path}#https://a.example/1")
    assert by_id.name == "a.jsonl#7"
    written(path, {"text": "new"}, {"text": "z"}, {"text": "y", "id": 7})
    new, same_content, same_id = lines_of(path)
    assert (same_content.location, same_id.location) == (by_content.location, by_id.location)
    assert new.location not in (by_url.location, by_id.location, by_content.location)


def test_the_same_line_twice_is_one_item_and_another_with_its_address_is_not(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", {"text": "x", "id": 1}, {"text": "x", "id": 1}, {"text": "y", "id": 1})
    one, other = lines_of(path)
    assert (json.loads(one.read())["text"], json.loads(other.read())["text"]) == ("x", "y")
    assert one.location != other.location


def test_lines_that_are_no_articles_fail_alone_and_are_named(tmp_path: Path) -> None:
    deep = "[" * 100_000
    path = written(tmp_path / "a.jsonl", {"text": "x"}, "{broken", "", "[1]", {"title": "no text"}, deep, {"text": "y"})
    first, *wrong, last = lines_of(path)
    assert [json.loads(line.read())["text"] for line in (first, last)] == ["x", "y"]
    assert [line.name for line in wrong] == [f"a.jsonl#line {number}" for number in (2, 4, 5, 6)]
    assert failure(wrong[0]).startswith("a.jsonl#line 2 is no JSON object")
    assert "--field text=" in failure(wrong[2])


def test_a_line_beyond_the_limit_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", {"text": "x"}, {"text": "y" * 3_000_000}, {"text": "z"})
    one, long, other = lines_of(path)
    assert failure(long).startswith("a.jsonl#line 2 is larger than 0.001 MB")
    assert [json.loads(line.read())["text"] for line in (one, other)] == ["x", "z"]


def test_lines_are_read_as_they_are_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", *({"text": f"x{i}"} for i in range(20_000)))
    lines = Containers({})
    items = lines.items(find_items([str(path)], SETTINGS))
    next(items)
    next(items)
    assert lines.found == 1
    assert len(list(items)) == 19_998


def test_fields_are_taken_by_the_names_that_are_given(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", {"doc": {"main": "x"}, "t": "T", "title": "wrong", "body": "wrong"})
    (line,) = lines_of(path, {"text": "doc.main", "title": "t"})
    assert json.loads(line.read()) == {"text": "x", "title": "T"}


def test_another_mapping_changes_what_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", {"id": 1, "text": "x", "other": "y"})
    assert lines_of(path)[0].read() != lines_of(path, {"text": "other"})[0].read()


@pytest.mark.parametrize("given", ["text", "text=", "nothing=x", "=x"])
def test_a_mapping_that_is_none_is_told(given: str) -> None:
    with pytest.raises(ConfigurationError, match=f"--field {given} is no mapping"):
        read_mapping([given])


def test_json_lines_are_told_by_their_content_and_other_files_stay_what_they_are(tmp_path: Path) -> None:
    hidden = written(tmp_path / "a.txt", {"text": "x"}, {"text": "y"})
    assert len(lines_of(hidden)) == 2
    page = written(tmp_path / "b.jsonl", "<!doctype html><p>a page</p>")
    code = written(tmp_path / "c.txt", "{", '  "text": "x"', "}")
    empty = written(tmp_path / "d.jsonl")
    for path in (page, code, empty):
        (item,) = lines_of(path)
        assert isinstance(item, Item)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jsonl")
    (item,) = lines_of(tmp_path / "a.jsonl")
    assert "not a regular file" in failure(item)


def test_keys_are_printable_and_bounded(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", {"text": "x", "id": "../../e\ntc\u202e"}, {"text": "y", "id": "k" * 900})
    odd, long = lines_of(path)
    assert odd.name == "a.jsonl#../../etc"
    assert len(long.name) < 300


def test_a_line_lies_in_its_file_also_when_names_have_the_separator(tmp_path: Path) -> None:
    (tmp_path / "a#b.jsonl").write_text("x")
    assert file_of(f"{tmp_path}/a#b.jsonl") == f"{tmp_path}/a#b.jsonl"
    assert file_of(f"{tmp_path}/a#b.jsonl#https://a.example/#x{'y' * 900}") == f"{tmp_path}/a#b.jsonl"
    assert file_of(f"{tmp_path}/gone.jsonl#1") == f"{tmp_path}/gone.jsonl#1"
