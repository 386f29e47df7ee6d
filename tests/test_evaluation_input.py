"""What is wrong with questions, collections, prices and runs is told, by name; nothing of it is a silent zero."""

import json
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ingest.evaluation import library_folder, library_for, read_suite, run_folder
from rag.assistant import Assistant
from rag.errors import ConfigurationError
from rag.evaluation.beir import BeirFolder
from rag.evaluation.comparison import check_common
from rag.evaluation.evaluation import evaluate
from rag.evaluation.guard import read_recorded, write_recorded
from rag.evaluation.price import Price, priced
from rag.evaluation.questions import Asked, read_questions
from rag.evaluation.records import Record, Run, read_run, start_run, write_record
from rag.evaluation.suite import Suite
from rag.settings import Settings
from tests.conftest import place_model
from tests.test_evaluation import TEXT, beir, written

ARTICLES = {
    "acme.md": f"---\ntitle: Acme raises\npublished: 2024-01-02\n---\n{TEXT}\n",
    "again.md": f"---\ntitle: Acme raises\npublished: 2024-01-02\n---\n{TEXT}\n",
}


def asked(**fields: Any) -> Asked:
    return Asked.model_validate({"id": "q1", "question": "How much did Acme raise?", "accept": "$22 million"} | fields)


def run_of(library: Path, folder: Path, *questions: Asked, documents: Path | None = None) -> tuple[Run, list[str]]:
    told: list[str] = []
    with closing(Assistant.open(Settings(library=library))) as assistant:
        suite = Suite("mine", questions, documents, answers=False)
        return evaluate(suite, assistant, folder, tell=told.append), told


def test_articles_that_are_not_in_the_library_are_named_before_anything_is_asked(
    tmp_path: Path, library_of: Callable[[Mapping[str, str]], Path]
) -> None:
    library = library_of(ARTICLES)
    with pytest.raises(ConfigurationError, match=r"not in the library: 'bolt' \(asked for by q1, q2\)") as raised:
        run_of(library, tmp_path / "run", asked(articles=["acme", "bolt"]), asked(id="q2", articles="bolt"))
    assert "dossier articles" in raised.value.hint
    assert not (tmp_path / "run").exists()


def test_an_article_may_be_named_by_each_of_its_files_and_by_its_id(
    tmp_path: Path, library_of: Callable[[Mapping[str, str]], Path]
) -> None:
    library = library_of(ARTICLES)
    with closing(Assistant.open(Settings(library=library))) as assistant:
        (article,) = assistant.articles()
    names = ("acme", "again", article.id, article.source)
    run, told = run_of(library, tmp_path / "run", *(asked(id=name, articles=name) for name in names))
    assert [record.measures["nDCG@10"] for record in run.records.values()] == [1.0] * 4
    assert told == []


def test_documents_that_a_collection_judges_and_lacks_are_named_and_count_as_missed(
    tmp_path: Path, library_of: Callable[[Mapping[str, str]], Path]
) -> None:
    library = library_of(ARTICLES)
    question = Asked(id="q1", question="What did Acme raise?", relevance={"acme": 1, "lost": 1})
    run, (line,) = run_of(library, tmp_path / "run", question, documents=tmp_path / "corpus.jsonl")
    assert "'lost' (asked for by q1)" in line
    assert run.records["q1"].measures["recall@10"] == 0.5


def test_what_is_expected_and_stands_in_no_article_named_is_told(
    tmp_path: Path, library_of: Callable[[Mapping[str, str]], Path]
) -> None:
    library = library_of(ARTICLES)
    _, told = run_of(library, tmp_path / "run", asked(articles="acme", phrases=[["Zeta led it"], ["Zeta lead it"]]))
    assert told == ["q1: 'Zeta lead it' stands in none of the articles it names"]


def test_a_date_that_is_none_is_told_with_its_line_and_a_strange_line_end_is_no_line_end(tmp_path: Path) -> None:
    line = {"id": "a", "question": "One\u2028question?", "accept": "x"}
    assert read_questions([written(tmp_path, line)])[0].question == "One\u2028question?"
    with pytest.raises(ConfigurationError, match=r"line 2: as_of: .*2023-12-14"):
        read_questions([written(tmp_path, line, line | {"id": "b", "as_of": "last summer"})])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"qrels/test.tsv": None}, "it lacks qrels/test.tsv"),
        ({"corpus.jsonl": None, "queries.jsonl": None}, "it lacks corpus.jsonl and queries.jsonl"),
        ({"qrels/test.tsv": "query-id\tcorpus-id\tscore\nq1\td2\t1\nq1 d1 1\n"}, "test.tsv, line 3 is no judgement"),
        ({"qrels/test.tsv": "query-id\tcorpus-id\tscore\nq1\td2\thigh\n"}, "test.tsv, line 2 is no judgement"),
        ({"qrels/test.tsv": "q1\td2\t1\nq9\td2\t1\n"}, "judges queries that are not in queries.jsonl: q9"),
        ({"qrels/test.tsv": "q1\td2\t0\n"}, "says of no document"),
        ({"queries.jsonl": '{"_id": "q1", "text": "a"}\n{"_id": "q1", "text": "b"}\n'}, "line 2: 'q1' was used before"),
        ({"queries.jsonl": '{"_id": "q1"}\n'}, "line 1 is no query"),
    ],
)
def test_what_is_wrong_with_a_collection_is_told(tmp_path: Path, change: dict[str, str | None], words: str) -> None:
    beir(tmp_path)
    for name, text in change.items():
        if text is None:
            (tmp_path / name).unlink()
        else:
            (tmp_path / name).write_text(text)
    with pytest.raises(ConfigurationError, match=words):
        BeirFolder.of(tmp_path).questions()


def test_a_split_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    beir(tmp_path)
    with pytest.raises(ConfigurationError, match=r"lacks qrels/dev.tsv") as raised:
        BeirFolder.of(tmp_path, "dev")
    assert "there is test" in raised.value.hint


def test_a_price_gives_the_cost_of_each_question_that_took_tokens(tmp_path: Path) -> None:
    tokens = {"input tokens": 2000.0, "output tokens": 100.0}
    records = {"a": Record("a", "k", "?", tokens), "b": Record("b", "k", "?", {"refused": 1.0})}
    run = priced(Run(tmp_path, {"price": "0.5:2:EUR"}, records))
    assert run.records["a"].measures["cost EUR"] == pytest.approx(0.0012)
    assert run.records["b"].measures == {"refused": 1.0}
    assert str(Price.parse("1:2")) == "1:2:USD"
    for wrong in ("1", "1:2:", "a:b", "1:2:EURO", "-1:2"):
        with pytest.raises(ConfigurationError, match="is no price"):
            Price.parse(wrong)


def test_a_price_may_be_told_later_and_changes_no_record(tmp_path: Path) -> None:
    about = {"suite": "s", "half": "both", "questions": 1}
    run = start_run(tmp_path / "run", about)
    with run.writer() as file:
        write_record(file, Record("a", "k", "?", {"input tokens": 1e6}, answer="line\u2028line\x85"))
    again = start_run(tmp_path / "run", about | {"price": "3:4:USD"})
    assert list(again.records) == ["a"]
    assert start_run(tmp_path / "run", about).about["price"] == "3:4:USD"
    assert priced(read_run(tmp_path / "run")).records["a"].measures["cost USD"] == 3


@pytest.mark.parametrize(("text", "words"), [("\n", "no questions in"), ("[1, 2]", "line 1 is no JSON object")])
def test_a_file_without_questions_is_told(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "questions.jsonl").write_text(text)
    with pytest.raises(ConfigurationError, match=words):
        read_questions([tmp_path / "questions.jsonl"])


def test_a_split_of_what_has_none_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, {"id": "a", "question": "?", "accept": "x"})
    with pytest.raises(ConfigurationError, match="has no splits"):
        read_suite(str(path), None, tmp_path, "dev")


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be kept in"):
        start_run(tmp_path / "file", {"questions": 1})
    with pytest.raises(ConfigurationError, match="cannot be written to"):
        write_recorded(tmp_path / "nowhere" / "figures.json", [])
    with pytest.raises(ConfigurationError, match="holds no recorded figures"):
        read_recorded(tmp_path / "file")


def test_a_run_without_a_question_in_common_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    run = Run(tmp_path, {}, {"other": Record("other", "k", "?", {})})
    with pytest.raises(ConfigurationError, match="none of these questions"):
        check_common(run, [asked()])
    check_common(run, [asked(), asked(id="other")])


def test_a_collection_without_a_document_is_told(tmp_path: Path, model_folder: Path) -> None:
    beir(tmp_path)
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d1", "nothing": 1}\n')
    suite = read_suite(str(tmp_path), None, tmp_path)
    told: list[str] = []
    place_model(model_folder, library_folder(suite, Settings(), tmp_path))
    with pytest.raises(ConfigurationError, match="no document that could be read"):
        library_for(suite, Settings(), tmp_path, told.append)
    assert "no text" in told[-1]


def test_a_run_that_is_no_run_is_told(tmp_path: Path) -> None:
    run = start_run(tmp_path, {"questions": 1})
    (run.folder / "records.jsonl").write_text(json.dumps({"id": "a", "colour": "red"}) + "\n")
    with pytest.raises(ConfigurationError, match="holds no run"):
        read_run(tmp_path)


def test_only_an_unfinished_run_about_the_same_is_gone_on_with(tmp_path: Path) -> None:
    from datetime import datetime

    about = {"suite": "s", "half": "both", "questions": 2, "model": "extractive"}
    start_run(tmp_path / "s-2026-01-01T000000", about)
    now = datetime(2026, 1, 2)
    assert run_folder(tmp_path, about, now).name == "s-2026-01-01T000000"
    assert run_folder(tmp_path, about | {"model": "other"}, now).name == "s-2026-01-02T000000"
