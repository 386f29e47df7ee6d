"""The parts of the benchmarks that are logic: the articles they are made of, the verdicts, the results file."""

import re
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import pytest

from benchmarks import chunking, claims, extraction, injection, injection_model, retrieval
from benchmarks.articles import blocks, corpus, exchanged, questions, recombined, shuffled
from benchmarks.claim_swaps import swapped
from benchmarks.command_line import made_by, publish
from benchmarks.measurement import Benchmark, Measurement
from benchmarks.processes import environment
from benchmarks.results import RESULTS, replaced, section
from benchmarks.run import BENCHMARKS, main
from benchmarks.stand_in import COSINE, StandIn
from ingest.evaluation import COLLECTIONS
from rag.embedding import Embedder
from rag.likeness import Words, share


def test_recombined_articles_are_the_same_in_every_run() -> None:
    first, again, other = (list(islice(recombined(corpus(), Random(seed)), 20)) for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_recombined_articles_differ_and_hold_only_paragraphs_of_the_corpus() -> None:
    known = {block for text in corpus().values() for block in blocks(text.partition("\n---\n")[2])}

    made = dict(islice(recombined(corpus(), Random(1)), 50))

    assert len(set(made.values())) == 50
    for text in made.values():
        assert set(blocks(text.partition("\n---\n")[2])) <= known


def test_a_heading_stays_with_its_paragraph() -> None:
    assert blocks("Lead.\n\n## Money\n\nIt raised.\n\n- a\n- b") == ["Lead.", "## Money\n\nIt raised.", "- a\n- b"]


def test_shuffled_texts_keep_their_words_and_lines_and_share_no_stretch() -> None:
    random = Random(1)
    for text in corpus().values():
        body = text.partition("\n---\n")[2]
        made, other = shuffled(body, random), shuffled(body, random)
        assert sorted(made.split()) == sorted(body.split())
        assert re.sub(r"[^\n]", "", made) == re.sub(r"[^\n]", "", body)
        assert share(Words.of(body).common(Words.of(made))) < 0.1
        assert share(Words.of(other).common(Words.of(made))) < 0.1


def test_names_are_exchanged_all_at_once_and_longest_first() -> None:
    texts = exchanged(
        ["Scale AI bought Scale; Meta sold Scale AIr."], ["Meta", "Scale", "Scale AI"], ["A", "Meta", "Scale"]
    )

    assert texts == ["Scale bought Meta; A sold Meta AIr."]


def test_there_are_forty_different_questions_and_fewer_on_demand() -> None:
    assert len(set(questions(40))) == 40
    assert questions(20) == questions(40)[:20]


def test_a_stand_in_gives_unit_vectors_near_real_ones(embedder: Embedder) -> None:
    real = embedder.embed(["Mistral AI raised money.", "Cohere has 400 staff.", "The court let the settlement pass."])
    stand_in = StandIn(embedder, real, seed=7)

    vectors = stand_in.embed(["one", "two", "three", "four"])

    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert (real @ vectors.T).max(axis=0) == pytest.approx(COSINE, abs=0.2)
    assert stand_in.texts == ["one", "two", "three", "four"]
    assert stand_in.stamp == embedder.stamp


@pytest.mark.parametrize(
    ("measurement", "holds"),
    [
        (Measurement("share", 15.0, "%", at_most=15.0), True),
        (Measurement("share", 15.1, "%", at_most=15.0), False),
        (Measurement("speed", 1.0, "x", at_least=1.0), True),
        (Measurement("speed", 0.9, "x", at_least=1.0), False),
        (Measurement("modules", 1, "count", at_most=0), False),
        (Measurement("chunks", 264, "count"), None),
    ],
)
def test_a_measurement_holds_when_it_keeps_its_limit(measurement: Measurement, holds: bool | None) -> None:
    assert measurement.holds is holds


def test_a_section_shows_each_value_its_limit_and_whether_it_holds() -> None:
    benchmark = Benchmark("search", "A search", "How it was done.", lambda workspace: ())
    measured = [
        Measurement("ratio", 0.812, "x", at_most=1.0),
        Measurement("speed", 1.31, "x", at_least=1.4),
        Measurement("difference", 1.5e-7, at_most=1e-5),
        Measurement("median", 12.34, "ms"),
        Measurement("chunks", 10_240, "count"),
    ]

    assert section(benchmark, measured, "`command`, on a machine.") == (
        "## A search\n\nHow it was done.\n\n`command`, on a machine.\n\n"
        "| measured | value | limit | holds |\n"
        "| --- | ---: | --- | --- |\n"
        "| ratio | 0.81x | at most 1.00x | yes |\n"
        "| speed | 1.31x | at least 1.40x | **no** |\n"
        "| difference | 1.5e-07 | at most 1.0e-05 | yes |\n"
        "| median | 12.3 ms |  |  |\n"
        "| chunks | 10,240 |  |  |"
    )


def test_a_section_takes_the_place_of_its_old_self_and_leaves_the_rest() -> None:
    document = "# Results\n\n<!-- begin a -->\nold\n<!-- end a -->\n\n<!-- begin b -->\nkept\n<!-- end b -->\n"

    assert replaced(document, "a", "new\nlines") == document.replace("old", "new\nlines")


def test_a_new_section_goes_to_the_end_and_writing_it_again_changes_nothing() -> None:
    once = replaced("# Results\n", "a", "first")

    assert once == "# Results\n\n<!-- begin a -->\nfirst\n<!-- end a -->\n"
    assert replaced(once, "a", "first") == once


def test_a_section_whose_end_is_gone_is_not_written_over_what_follows() -> None:
    with pytest.raises(ValueError, match="without"):
        replaced("<!-- begin a -->\nold\n\nsomething else\n", "a", "new")


def test_the_command_told_in_the_results_has_no_folder_of_the_machine() -> None:
    data = Path("/home/ann/data")
    told = made_by("peers", ["--data", "/home/ann/data/", "--data=/home/ann/data", "--write", "--documents", "9"], data)

    assert told.startswith("`python -m benchmarks.peers --data DATA_DIR --data=DATA_DIR --documents 9`, 20")
    assert made_by("retrieval", ["/home/ann/data", "--finer"], data).startswith(
        "`python -m benchmarks.retrieval DATA_DIR --finer`, 20"
    )


def test_a_section_is_printed_and_written_only_where_that_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    results = tmp_path / "RESULTS.md"
    results.write_text("# Results\n", encoding="utf-8")
    monkeypatch.setattr("benchmarks.command_line.RESULTS", results)

    publish("a", "first", write=False)
    assert results.read_text(encoding="utf-8") == "# Results\n"
    publish("a", "second", write=True)
    assert replaced("# Results\n", "a", "second") == results.read_text(encoding="utf-8")
    assert capsys.readouterr().out == "first\n\nsecond\n\n"


def test_every_section_of_the_results_is_one_that_can_be_measured_again() -> None:
    names = [
        line.split()[2] for line in RESULTS.read_text(encoding="utf-8").splitlines() if line.startswith("<!-- begin")
    ]

    by_dossier_eval = {"evaluation"}
    own_commands = {chunking.NAME, extraction.NAME, injection.NAME, injection_model.NAME, retrieval.NAME}
    of_peers = {f"peers-{suite}" for suite in ("corpus", *COLLECTIONS)}
    assert set(names) - of_peers <= {benchmark.name for benchmark in BENCHMARKS} | own_commands | by_dossier_eval


def test_measured_processes_run_with_the_default_settings() -> None:
    given = {"PATH": "/bin", "DOSSIER_EMBEDDING_PRECISION": "int8"}

    assert environment(given) == {"PATH": "/bin", "HF_HUB_OFFLINE": "1"}


def test_a_benchmark_that_does_not_exist_is_a_wrong_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--only", "nothing"])

    assert ended.value.code == 2
    assert "nothing" in capsys.readouterr().err


def test_words_count_as_often_as_they_occur() -> None:
    wanted, found = extraction.words_of("A a b, c!"), extraction.words_of("a B d")

    assert extraction.token_scores(wanted, found) == pytest.approx((2 / 3, 2 / 4, 4 / 7))


def test_the_order_of_words_counts_among_shingles() -> None:
    words = extraction.words_of("one two three four five")

    assert extraction.shingle_counts(words, words) == (1, 0, 0)
    assert extraction.shingle_counts(words, words[:4]) == (0.5, 0, 0.5)
    assert extraction.shingle_counts(words, words[::-1]) == (0, 0.5, 0.5)


def test_pages_with_their_expectations_are_measured_and_misses_listed(tmp_path: Path) -> None:
    folder = tmp_path / "a-page"
    folder.mkdir()
    text = (
        "Acme raised $5 million on Monday, the company said, to hire twenty engineers before the summer is over. " * 3
    )
    (folder / "source.html").write_text(f"<html><title>A title</title><article><p>{text}</p></article></html>")
    (folder / "expected.html").write_text(f"<div><p>{text}</p></div>")
    (folder / "expected-metadata.json").write_text('{"title": "Another title", "byline": null}')

    report = extraction.report(tmp_path)

    assert "| Dossier | 1.0000 | 1.0000 | 1.0000 | 1.0000 |" in report
    assert "| a-page | Dossier | title | Another title | A title |" in report


def test_the_folder_of_the_pages_or_the_one_around_it_may_be_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "html" / "a-page"
    page.mkdir(parents=True)
    (page / "source.html").write_text("<title>A title</title><p>Acme raised $5 million.</p>")
    (page / "expected.html").write_text("<p>Acme raised $5 million.</p>")
    (page / "expected-metadata.json").write_text('{"title": "A title", "byline": null}')

    assert extraction.read_pages(tmp_path) == extraction.read_pages(tmp_path / "html")
    with pytest.raises(SystemExit):
        extraction.main([str(tmp_path / "elsewhere")])
    assert "There are no pages in" in capsys.readouterr().err


def test_claims_are_about_exact_quotes_and_there_are_enough_of_them() -> None:
    by_hand = [*claims.written(), *claims.written(claims.FURTHER)]

    assert sum(one.right for one in by_hand) >= 200
    assert sum(not one.right for one in by_hand) >= 300
    assert {one.half for one in by_hand} == {"tuning", "reporting"}
    assert len({(one.article, one.claim) for one in by_hand}) == len(by_hand)
    for one in by_hand:
        assert claims.article(one.article).text.count(one.quote) == 1, one


def test_claims_exchanged_by_rule_say_nothing_the_article_says() -> None:
    made = dict(swapped("Acme raised $5 million on 3 May 2021.", "Acme raised $5 million in May 2020."))

    assert made["currency"] == "Acme raised €5 million on 3 May 2021."
    assert made["scale"] == "Acme raised $5 billion on 3 May 2021."
    assert "year" in made
    assert dict(swapped("It was founded in 2021.", "It was founded in 2021, or in 2020.")) == {}


@pytest.mark.parametrize(("file", "right", "wrong"), [(claims.WRITTEN, 4, 6), (claims.FURTHER, 13, 7)])
def test_the_claim_checker_stays_as_good_as_it_is_on_the_tuning_half(file: Path, right: int, wrong: int) -> None:
    outcomes = [claims.checked(one) for one in claims.written(file) if one.half == "tuning"]

    astray = [one for one in outcomes if not one.as_it_should]
    assert sum(one.judged.right for one in astray) <= right, astray
    assert sum(not one.judged.right for one in astray) <= wrong, astray
