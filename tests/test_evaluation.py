"""Measuring: what a measure says of an answer, how runs are kept and compared, and the command as its users have it."""

import json
from collections.abc import Callable, Mapping
from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from ingest.cli import app
from ingest.evaluation import library_folder, read_suite
from rag.answer import Answer, Citation, Sentence
from rag.documents import Article, Passage
from rag.errors import ConfigurationError
from rag.evaluation.answered import answer_measures
from rag.evaluation.beir import BeirFolder
from rag.evaluation.comparison import compare, paired_p
from rag.evaluation.figures import Figure, figures_of, value_of
from rag.evaluation.found import evidence_measures, ranking_measures
from rag.evaluation.guard import fallen, read_recorded, write_recorded
from rag.evaluation.matching import holds
from rag.evaluation.questions import Asked, half_of, read_questions
from rag.evaluation.records import Record, Run, read_run, start_run, write_record
from rag.evaluation.report import to_html
from rag.settings import Settings
from tests.conftest import place_model

TEXT = "Acme raised $22 million in its Series A. Zeta led it."
ACME = Article(id="a1", source="acme.md", title="Acme raises", text=TEXT)


def question(**fields: Any) -> Asked:
    return Asked.model_validate({"id": "q1", "question": "How much?", "accept": "$22 million"} | fields)


def answered(quote: str, text: str = "", start: int | None = None) -> Answer:
    at = TEXT.find(quote) if start is None else start
    citation = Citation(number=1, article_id="a1", title="Acme raises", quote=quote, start=at, end=at + len(quote))
    sentence = Sentence(text=text or quote, citations=(1,))
    return Answer(
        question="q", status="answered", text=text or quote, sentences=(sentence,), citations=(citation,), model="m"
    )


REFUSED = Answer(question="q", status="not_found", text="The library does not say. Near: $22 million.", model="m")


def measured(asked: Asked, answer: Answer) -> dict[str, float]:
    return answer_measures(asked, answer, lambda id_: ACME if id_ == "a1" else None)


# what a measure says


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("It has 22 people.", "22", True),
        ("It was 1922.", "22", False),
        ("It is 22.5 people.", "22", False),
        ("It is 22.", "22", True),
        ("It raised $1,200,000.", "$1200000", True),
        ("Zoë’s **Series A**", "zoe's series a", True),
        ("Acmeville", "Acme", False),
        ("anything", "", False),
    ],
)
def test_a_text_holds_whole_words_and_numbers_however_they_are_set(text: str, wanted: str, expected: bool) -> None:
    assert holds(text, wanted) is expected


def test_an_answer_is_right_when_every_part_stands_in_it_and_cited_when_a_quote_holds_it() -> None:
    one = measured(question(), answered("Acme raised $22 million in its Series A."))
    assert (one["correct"], one["correct and cited"], one["citation precision"]) == (1, 1, 1)
    uncited = measured(question(), answered("Zeta led it.", text="It raised $22 million."))
    assert (uncited["correct"], uncited["correct and cited"], uncited["citation precision"]) == (1, 0, 0)
    both = question(accept=[["$22 million", "22m"], ["Zeta"]])
    half = measured(both, answered("Acme raised $22 million in its Series A."))
    assert (half["correct"], half["citation recall"]) == (0, 0.5)


def test_a_refusal_is_wrong_where_there_is_an_answer_and_right_where_there_is_none() -> None:
    wrong = measured(question(), REFUSED)
    assert (wrong["false refusal"], wrong["correct"]) == (1, 0)
    right = measured(question(answerable=False, accept=()), REFUSED)
    assert right["refusal recall"] == 1
    assert "false refusal" not in right
    guess = measured(question(answerable=False, accept=()), answered("Zeta led it."))
    assert guess["refusal recall"] == 0


def test_a_false_premise_may_be_met_with_what_the_library_says() -> None:
    asked = question(answerable=False, accept="Zeta led it")
    assert measured(asked, answered("Zeta led it."))["refusal recall"] == 1
    assert measured(asked, answered("Acme raised $22 million in its Series A."))["refusal recall"] == 0


def test_a_quote_that_is_not_the_articles_words_is_not_exact() -> None:
    assert measured(question(), answered("Zeta led it."))["quotes exact"] == 1
    assert measured(question(), answered("Zeta led it.", start=0))["quotes exact"] == 0


def test_ranking_measures_are_those_of_trec_eval() -> None:
    found = ranking_measures(["x", "right", "y"], {"right": 1, "missing": 1})
    ideal = 1 + 1 / np.log2(3)
    assert found["nDCG@10"] == pytest.approx((1 / np.log2(3)) / ideal)
    assert (found["recall@10"], found["MRR@10"]) == (0.5, 0.5)
    assert ranking_measures([], {"right": 1})["nDCG@10"] == 0


def test_evidence_is_found_when_a_passage_within_the_depth_holds_the_phrase() -> None:
    texts = ["nothing"] * 5 + [TEXT]
    passages = [
        Passage(chunk_id=f"c-{i}", article_id="c", title="t", text=text, start=0, end=1, score=1)
        for i, text in enumerate(texts)
    ]
    found = evidence_measures(question(phrases=[["Zeta led it"], ["never said"]]), passages)
    assert found == {"evidence@5": 0, "all evidence@5": 0, "evidence@10": 0.5, "all evidence@10": 0}


# questions


def test_the_halves_are_about_even_fixed_and_keep_pairs_together(tmp_path: Path) -> None:
    halves = [half_of(f"q-{number}") for number in range(400)]
    assert 160 < halves.count("tuning") < 240
    assert half_of("m-001") == half_of("m-001")
    lines = [
        {"id": f"p{n}{ab}", "question": "?", "accept": "x", "pair": f"p{n}{other}"}
        for n in range(30)
        for ab, other in (("a", "b"), ("b", "a"))
    ]
    found = read_questions([written(tmp_path, *lines)])
    assert all(found[at].half == found[at + 1].half for at in range(0, 60, 2))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "is no JSON object"),
        ('{"id": "a", "question": "?"}', "needs `accept`"),
        ('{"id": "a", "question": "?", "accept": "x", "answer": "y"}', "answer"),
        ('{"id": "a", "question": "?", "accept": "x", "pair": "b"}', "no pair"),
    ],
)
def test_a_wrong_question_is_told_with_its_line(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "wrong.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(ConfigurationError, match=words):
        read_questions([path])


def test_an_id_that_is_used_twice_is_told(tmp_path: Path) -> None:
    line = {"id": "a", "question": "?", "accept": "x"}
    with pytest.raises(ConfigurationError, match=r"line 2.*used before"):
        read_questions([written(tmp_path, line, line)])


def test_a_folder_in_beirs_layout_is_read_and_one_that_is_none_is_told(tmp_path: Path) -> None:
    beir(tmp_path)
    (asked,) = BeirFolder.of(tmp_path).questions()
    assert (asked.id, asked.relevance) == ("q1", {"d2": 1})
    with pytest.raises(ConfigurationError, match="BEIR"):
        BeirFolder.of(tmp_path, "dev")


# runs


def record(id_: str, **measures: float) -> Record:
    return Record(id_, "kind", f"question {id_}", measures)


def run_of(folder: Path, values: Mapping[str, float]) -> Run:
    return Run(folder, {"questions": len(values)}, {id_: record(id_, correct=value) for id_, value in values.items()})


def test_a_run_that_was_cut_off_in_a_line_goes_on_after_the_last_whole_one(tmp_path: Path) -> None:
    about = {"suite": "s", "questions": 3}
    run = start_run(tmp_path / "run", about)
    with run.writer() as file:
        write_record(file, record("a", correct=1.0))
        write_record(file, record("b", correct=0.0))
    path = tmp_path / "run" / "records.jsonl"
    path.write_bytes(path.read_bytes()[:-10])
    again = start_run(tmp_path / "run", about)
    assert list(again.records) == ["a"]
    assert not again.finished
    with again.writer() as file:
        write_record(file, record("b", correct=1.0))
    assert {id_: r.measures["correct"] for id_, r in read_run(tmp_path / "run").records.items()} == {"a": 1, "b": 1}
    with pytest.raises(ConfigurationError, match="another run"):
        start_run(tmp_path / "run", {"suite": "other", "questions": 3})


def test_an_interval_holds_its_mean_and_narrows_with_more_questions() -> None:
    few = figures_of([record(f"q{n}", correct=float(n % 2)) for n in range(10)])[0]
    many = figures_of([record(f"q{n}", correct=float(n % 2)) for n in range(400)])[0]
    assert few.low < few.mean == 0.5 < few.high
    assert many.high - many.low < few.high - few.low


def test_refusal_precision_is_of_those_refused() -> None:
    records = [
        record("a", refused=1.0, **{"refusal recall": 1.0}),
        record("b", refused=1.0, **{"false refusal": 1.0}),
        record("c", refused=0.0, **{"refusal recall": 0.0}),
        record("d", refused=0.0, **{"false refusal": 0.0}),
    ]
    figure = value_of(figures_of(records), "refusal precision")
    assert figure is not None
    assert (figure.mean, figure.count) == (0.5, 2)


def test_a_pair_counts_when_both_are_right() -> None:
    name = "correct and cited"
    records = [
        Record("a1", "as-of", "?", {name: 1.0}, pair="a2"),
        Record("a2", "as-of", "?", {name: 0.0}, pair="a1"),
        Record("b1", "as-of", "?", {name: 1.0}, pair="b2"),
        Record("b2", "as-of", "?", {name: 1.0}, pair="b1"),
    ]
    figure = value_of(figures_of(records), "as-of pair right")
    assert figure is not None
    assert (figure.mean, figure.count) == (0.5, 2)


def test_two_runs_are_compared_by_question_and_chance_is_told_from_change(tmp_path: Path) -> None:
    before = run_of(tmp_path / "one", {f"q{n}": float(n % 2) for n in range(60)})
    after = run_of(tmp_path / "two", {f"q{n}": 1.0 if n < 20 else float(n % 2) for n in range(60)})
    (change,) = compare(before, after)
    assert (len(change.gained), len(change.lost)) == (10, 0)
    assert change.p < 0.01
    assert paired_p(np.asarray([0.0, 1.0, 0.0, 1.0]), np.asarray([1.0, 0.0, 1.0, 0.0])) > 0.5
    with pytest.raises(ConfigurationError, match="in common"):
        compare(before, run_of(tmp_path / "three", {"other": 1.0}))


def test_a_figure_that_falls_below_its_recorded_interval_is_told(tmp_path: Path) -> None:
    path = tmp_path / "recorded.json"
    write_recorded(
        path, [Figure("correct", "all", 0.8, 0.7, 0.9, 50), Figure("false refusal", "all", 0.1, 0.05, 0.2, 50)]
    )
    fine = [Figure("correct", "all", 0.71, 0.6, 0.8, 50), Figure("false refusal", "all", 0.19, 0.1, 0.3, 50)]
    assert fallen(read_recorded(path), fine) == []
    worse = [Figure("correct", "all", 0.69, 0.6, 0.8, 50), Figure("false refusal", "all", 0.21, 0.1, 0.3, 50)]
    assert [line.split(" was")[0] for line in fallen(read_recorded(path), worse)] == ["correct", "false refusal"]
    assert fallen(read_recorded(path), fine[:1]) == ["false refusal was not measured"]


def test_a_report_escapes_what_questions_and_answers_hold(tmp_path: Path) -> None:
    wrong = Record("q", "<k>", "<script>alert(1)</script>", {"correct and cited": 0.0, "nDCG@10": 0.5}, answer="<b>")
    right = Record("r", r"$\oops$ -- <k>", "?", {"correct and cited": 1.0, "nDCG@10": 1.0}, answer="yes")
    run = Run(tmp_path, {"suite": "<i>", "questions": 2}, {"q": wrong, "r": right})
    page = to_html(run, figures_of([wrong, right]))
    assert "<script>" not in page
    assert "<b>" not in page.replace('<b style="left', "")
    assert "<k>" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<svg") == 2


def test_a_report_lists_what_was_gained_and_lost_and_sorts_failures_by_what_went_wrong(tmp_path: Path) -> None:
    good = {"correct and cited": 1.0, "correct": 1.0, "refused": 0.0, "total ms": 5.0}
    bad = {"correct and cited": 0.0, "correct": 0.0, "refused": 0.0, "total ms": 9.0}
    before = Run(tmp_path / "old", {}, {"a": Record("a", "k", "Why?", bad), "b": Record("b", "k", "How?", good)})
    late = Record("b", "k", "How?", bad | {"evidence read": 0.0}, "answered", "No idea", accept=(("22", "twenty-two"),),
                  articles=tuple(f"a{n}" for n in range(7)), titles=("Acme raises", "Bolt hires"))  # fmt: skip
    after = Run(tmp_path, {"suite": "s"}, {"a": Record("a", "k", "Why?", good), "b": late})
    page = to_html(after, figures_of(after.records.values()), [("<old>", compare(before, after))])
    assert "Against &lt;old&gt;" in page
    assert '<span class="better">gained</span> a: Why?' in page
    assert '<span class="worse">lost</span> b: How?' in page
    assert "Wrong: evidence not found (1)" in page
    assert "<dd>22 / twenty-two</dd>" in page
    assert "<dd>a0, a1, a2, a3, a4 and 2 more</dd>" in page
    assert "<dd>Acme raises; Bolt hires</dd>" in page


# the command


def dossier(*arguments: str | Path, cwd: Path, check: int = 0) -> Result:
    """The command, in this process, which spares it its imports; end_to_end/test_evaluation.py has it as a process."""
    with chdir(cwd):
        done = CliRunner().invoke(app, list(map(str, arguments)))
    assert done.exit_code == check, done.output
    return done


def written(folder: Path, *lines: Mapping[str, Any]) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def beir(folder: Path) -> None:
    documents = [
        {"_id": "d1", "title": "Bolt hires", "text": "Bolt hired a chief scientist from Paris."},
        {"_id": "d2", "title": "Acme raises", "text": "Acme raised money from Zeta in June."},
    ]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(d) + "\n" for d in documents))
    (folder / "queries.jsonl").write_text(json.dumps({"_id": "q1", "text": "Who gave Acme money?"}) + "\n")
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td2\t1\nq1\td1\t0\n")


def test_a_collection_of_ones_own_is_measured_by_one_command(tmp_path: Path, model_folder: Path) -> None:
    (tmp_path / "mine").mkdir()
    beir(tmp_path / "mine")
    suite = read_suite(str(tmp_path / "mine"), None, tmp_path)
    place_model(model_folder, library_folder(suite, Settings(), tmp_path / "evaluations"))
    done = dossier("eval", "--suite", tmp_path / "mine", "--json", cwd=tmp_path)
    found = {figure["measure"]: figure["mean"] for figure in json.loads(done.stdout)["figures"]}
    assert found["nDCG@10"] == 1
    assert "correct" not in found
    assert len(list((tmp_path / "evaluations").glob("mine-2*/report.html"))) == 1


def test_questions_about_a_library_are_measured_compared_and_guarded(
    tmp_path: Path, library_of: Callable[[Mapping[str, str]], Path]
) -> None:
    library = library_of(
        {"acme.md": f"---\ntitle: Acme raises\npublished: 2024-01-02\ncompanies: [Acme]\n---\n{TEXT}\n"}
    )
    asked = {"question": "How much did Acme raise in its Series A?", "articles": "acme", "phrases": "$22 million"}
    questions = written(
        tmp_path,
        {"id": "a", "accept": "$22 million"} | asked,
        {"id": "b", "accept": "$33 million"} | asked,
        {"id": "c", "answerable": False, "question": "Who is Acme's chief financial officer?"},
    )
    common = ("eval", "--suite", questions, "--library", library)
    first = json.loads(dossier(*common, "--report", "one", "--record", "figures.json", "--json", cwd=tmp_path).stdout)
    means = {f["measure"]: f["mean"] for f in first["figures"] if f["kind"] == "all"}
    assert (means["correct and cited"], means["quotes exact"], means["refusal recall"]) == (0.5, 1, 1)
    assert means["evidence@5"] == means["nDCG@10"] == 1
    done = dossier(*common, "--report", "two", "--against", "one", "--guard", "figures.json", cwd=tmp_path)
    assert "gained" in done.stdout
    recorded = json.loads((tmp_path / "figures.json").read_text())
    for figure in recorded:
        figure.update(mean=1, low=0.99, high=1)
    (tmp_path / "figures.json").write_text(json.dumps(recorded))
    fell = dossier(*common, "--report", "two", "--guard", "figures.json", cwd=tmp_path, check=1)
    assert "fallen: correct and cited was" in fell.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--suite", "nowhere"), "no suite 'nowhere'"),
        (("--suite", "scifact"), "--data"),
        (("--against", "nowhere"), "holds no run"),
    ],
)
def test_a_wrong_command_is_told(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    done = dossier("eval", *arguments, cwd=tmp_path, check=2)
    assert words in done.stderr
    assert "hint:" in done.stderr
