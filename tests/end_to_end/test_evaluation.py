"""`dossier eval` as its users have it: killed and gone on with, with a model that costs, with wrong input."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rag.testing.provider_server import Fail, ProviderServer, Say
from tests.end_to_end.serving import DOSSIER, environment

ARTICLES = {
    "acme.md": "---\ntitle: Acme raises\npublished: 2024-01-02\n---\nAcme raised $22 million in its Series A.\n",
    "bolt.md": "---\ntitle: Bolt hires\npublished: 2024-03-04\n---\nBolt hired Ada Roe as chief scientist in Paris.\n",
}
MODEL = "openai:gpt-4o-mini"
LibraryOf = Callable[[Mapping[str, str]], Path]


def questions(folder: Path, count: int, **fields: object) -> Path:
    path = folder / "questions.jsonl"
    asked = {"question": "How much did Acme raise in its Series A?", "accept": "$22 million", "articles": "acme"}
    path.write_text("".join(json.dumps({"id": f"q{number}"} | asked | fields) + "\n" for number in range(count)))
    return path


def evaluated(cwd: Path, *arguments: str | Path, code: int = 0, **settings: str) -> "subprocess.CompletedProcess[str]":
    command = [DOSSIER, "eval", *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=180, cwd=cwd, env=environment(settings), check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_stopped_goes_on_where_it_was(
    ending: signal.Signals, tmp_path: Path, library_of: LibraryOf
) -> None:
    library, asked = library_of(ARTICLES), questions(tmp_path, 400)
    command = [DOSSIER, "eval", "--suite", asked, "--library", library]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    records = tmp_path / "records"
    deadline = time.monotonic() + 120
    while not (records.exists() and records.read_bytes().count(b"\n") >= 5):
        assert process.poll() is None, "it ended before it was killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
        records = next(iter(tmp_path.glob("evaluations/questions-2*/records.jsonl")), records)
    process.send_signal(ending)
    _, told = process.communicate(timeout=60)
    if ending == signal.SIGINT:
        assert process.returncode == 130
        assert "interrupted; the same command goes on from here" in told
    before = records.read_bytes()
    whole = before[: before.rfind(b"\n") + 1]
    assert 5 <= whole.count(b"\n") < 400

    evaluated(tmp_path, "--suite", asked, "--library", library)
    after = records.read_bytes()
    assert after.startswith(whole)
    assert sorted(json.loads(line)["id"] for line in after.splitlines()) == sorted(f"q{n}" for n in range(400))
    assert len(list((tmp_path / "evaluations").iterdir())) == 1
    assert (records.parent / "report.html").is_file()


def test_a_model_costs_by_its_price_and_one_that_fails_leaves_what_was_asked(
    tmp_path: Path, library_of: LibraryOf
) -> None:
    library, asked = library_of(ARTICLES), questions(tmp_path, 3)
    common = ("--suite", asked, "--library", library, "--model", MODEL, "--report", tmp_path / "run")
    with ProviderServer([Say("It raised $22 million [1]."), Fail(401)]) as server:
        settings = {"DOSSIER_MODEL_BASE_URL": server.url, "DOSSIER_MODEL_API_KEY": "key"}
        evaluated(tmp_path, *common, code=2, **settings)
        server.behaviours = [Say("It raised $22 million [1].")]
        done = evaluated(tmp_path, *common, "--price", "1:2:EUR", "--json", **settings)
    means = {f["measure"]: f["mean"] for f in json.loads(done.stdout)["figures"] if f["kind"] == "all"}
    assert means["correct and cited"] == 1
    assert means["cost EUR"] == pytest.approx((means["input tokens"] + 2 * means["output tokens"]) / 1_000_000)
    assert means["input tokens"] > 0
    assert len(server.requests) == 4
    page = (tmp_path / "run" / "report.html").read_text()
    assert "The whole run cost" in page
    assert "by 1:2:EUR a million tokens" in page


def test_what_two_runs_differ_in_is_printed_with_its_questions(tmp_path: Path, library_of: LibraryOf) -> None:
    library = library_of(ARTICLES)
    common = ("--suite", questions(tmp_path, 2, as_of="2023-06"), "--library", library)
    evaluated(tmp_path, *common, "--report", "early")
    later = ("--suite", questions(tmp_path, 2, as_of="2024-06"), "--library", library, "--report", "later")
    done = evaluated(tmp_path, *later, "--against", "early")
    assert "against early" in done.stdout
    assert "correct and cited, gained:\n  q0: How much did Acme raise in its Series A?" in done.stdout
    assert "as-of accuracy" in done.stdout


def test_wrong_input_is_told_by_name_with_what_to_do(tmp_path: Path, library_of: LibraryOf) -> None:
    library = library_of(ARTICLES)
    unknown = ("--suite", questions(tmp_path, 1, articles="acne"), "--library", library)
    assert "'acne' (asked for by q0)" in evaluated(tmp_path, *unknown, code=2).stderr
    fine = ("--suite", questions(tmp_path, 1), "--library")
    assert "no price" in evaluated(tmp_path, *fine, library, "--price", "cheap", code=2).stderr
    nowhere = evaluated(tmp_path, *fine, tmp_path / "nowhere", code=2).stderr
    assert "There is no library in" in nowhere
    (tmp_path / "empty").mkdir()
    assert "it lacks corpus.jsonl" in evaluated(tmp_path, "--suite", tmp_path / "empty", code=2).stderr
    assert not (tmp_path / "evaluations").exists()
