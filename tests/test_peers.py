"""What a peer finds is measured as what Dossier finds is. The peers themselves have an environment of their own."""

from pathlib import Path

from benchmarks.peers.exchange import FOUND, write
from benchmarks.peers.measured import measured
from benchmarks.peers.table import section
from rag.evaluation.questions import Asked
from rag.evaluation.records import read_run
from rag.evaluation.suite import Names, Suite


def test_what_a_peer_found_becomes_a_run_that_can_be_compared(tmp_path: Path) -> None:
    questions = tuple(
        Asked.model_validate({"id": id_, "question": "?", "phrases": "led by Zeta", "relevance": {"doc": 1}})
        for id_ in ("hit", "miss")
    )
    right, wrong = {"article": "a1", "text": "It was led by Zeta."}, {"article": "a2", "text": "Nothing."}
    write(
        tmp_path / FOUND,
        [{"id": "hit", "ms": 1.26, "passages": [right, wrong]}, {"id": "miss", "ms": 1, "passages": [wrong]}],
    )
    names, titles = Names({"doc": "a1"}), {"a1": "Acme", "a2": "Bolt"}
    for _ in ("the first time", "again"):
        measured(Suite("s", questions), names, titles, tmp_path, tmp_path / "run", {"suite": "s", "questions": 2})
    run = read_run(tmp_path / "run")
    assert run.finished
    assert run.about["characters a passage"] == 12
    hit, miss = run.records["hit"].measures, run.records["miss"].measures
    assert (hit["nDCG@10"], hit["evidence@5"], hit["search ms"]) == (1, 1, 1.3)
    assert (miss["nDCG@10"], miss["evidence@10"]) == (0, 0)


def test_a_section_tells_of_the_peers_that_were_measured_alone(tmp_path: Path) -> None:
    questions = (
        Asked.model_validate({"id": "hit", "question": "?", "phrases": "led by Zeta", "relevance": {"doc": 1}}),
    )
    write(tmp_path / FOUND, [{"id": "hit", "ms": 1, "passages": [{"article": "a1", "text": "It was led by Zeta."}]}])
    suite, names = Suite("s", questions), Names({"doc": "a1"})
    runs = [
        measured(suite, names, {"a1": "Acme"}, tmp_path, tmp_path / name, {"suite": "s", "questions": 1})
        for name in ("ours", "peer")
    ]

    told = section(suite, runs[0], {"LangChain": runs[1]}, "`command`.")

    assert "RecursiveCharacterTextSplitter" in told
    assert "Haystack" not in told
    assert "| evidence@10 | 1.000 | 1.000 | 1 (0 better, 0 worse) |" in told
