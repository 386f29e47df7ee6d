"""`python -m benchmarks.peers`: Dossier and its peers on one suite, one after the other, compared by question."""

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

from benchmarks.machine import this_machine
from benchmarks.peers.measured import measured
from benchmarks.peers.suites import first_documents, hand_over
from benchmarks.peers.table import section
from benchmarks.results import RESULTS, replaced
from ingest.evaluation import library_for, read_suite
from rag.assistant import Assistant
from rag.catalog import Catalog
from rag.errors import DossierError
from rag.evaluation.evaluation import evaluate
from rag.evaluation.records import Run
from rag.evaluation.suite import Suite, names_in
from rag.settings import Settings, load_settings

EVALUATIONS = Path("evaluations")
REPOSITORY = Path(__file__).resolve().parent.parent.parent
PYTHON = REPOSITORY / ".venv-peers" / "bin" / "python"
PEERS = {"LangChain": "langchain_tutorial.py", "Haystack": "haystack_hybrid.py"}


def main(arguments: list[str]) -> int:
    """Measures; prints the section, and with --write puts it into RESULTS.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--suite", default="corpus", help="as for `dossier eval`")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the folder that holds scifact/ and multihop/")
    parser.add_argument("--documents", type=int, metavar="N", help="only the collection's first N documents")
    parser.add_argument("--peer", action="append", choices=PEERS, help="only this one; may be given again")
    parser.add_argument("--write", action="store_true", help="put the section into benchmarks/RESULTS.md")
    given = parser.parse_args(arguments)
    if not PYTHON.exists():
        print("The peers have an environment of their own: run `make peers` first.", file=sys.stderr)
        return 2
    try:
        suite = read_suite(given.suite, given.data, EVALUATIONS)
        if given.documents:
            suite = first_documents(suite, given.documents, EVALUATIONS)
        command = shlex.join(["python", "-m", "benchmarks.peers", *_public(arguments)])
        made = this_machine().line(command, date.today())
        ours, peers = compared(suite, given.peer or list(PEERS))
    except DossierError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    text = section(suite, ours, peers, made)
    print(text)
    if given.write:
        document = RESULTS.read_text(encoding="utf-8")
        RESULTS.write_text(replaced(document, f"peers-{suite.name}", text), encoding="utf-8")
    return 0


def compared(suite: Suite, peers: Sequence[str]) -> tuple[Run, dict[str, Run]]:
    """Our run over a suite, and those of these peers over what our library holds."""
    base = EVALUATIONS / "peers" / suite.name
    settings = library_for(suite, load_settings(), EVALUATIONS, lambda line: print(line, file=sys.stderr))
    ours = own_run(suite, settings, base / "dossier")
    runs = {}
    with closing(Catalog.open(settings.library)) as catalog:
        titles = hand_over(suite, catalog, base)
        names = names_in(suite, catalog)
    for name in peers:
        script = PEERS[name]
        _run(script, base)
        about = {**ours.about, "peer": name}
        runs[name] = measured(suite, names, titles, base, base / Path(script).stem, about)
    return ours, runs


def own_run(suite: Suite, settings: Settings, folder: Path) -> Run:
    """Dossier's run, made anew: an older one would have been timed on another day."""
    for old in ("run.json", "records.jsonl"):
        (folder / old).unlink(missing_ok=True)
    with closing(Assistant.open(settings)) as assistant:
        run = evaluate(replace(suite, answers=False), assistant, folder)
    with closing(Catalog.open(settings.library)) as catalog:
        chunks = catalog.chunks(sorted({id_ for record in run.records.values() for id_ in record.found}))
    lengths = [len(chunks[id_].chunk.text) for record in run.records.values() for id_ in record.found]
    run.about["characters a passage"] = round(sum(lengths) / max(1, len(lengths)))
    return run


def _run(script: str, folder: Path) -> None:
    """One peer, in a process of its own environment. Raises CalledProcessError when it fails."""
    offline = {"HF_HUB_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False", "HAYSTACK_TELEMETRY_ENABLED": "False"}
    away = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    command = [PYTHON, Path(__file__).with_name(script), folder]
    subprocess.run(command, check=True, env=away | offline)


def _public(arguments: list[str]) -> list[str]:
    """The command for others: no folder of this machine, and not what only says where the result goes."""
    shown = [word for word in arguments if word != "--write"]
    if "--data" in shown:
        shown[shown.index("--data") + 1] = "DIR"
    return shown


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
