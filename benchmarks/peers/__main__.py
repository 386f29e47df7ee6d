"""`python -m benchmarks.peers`: Dossier and its peers on one suite, one after the other, compared by question."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from benchmarks.command_line import build_parser, made_by, publish, tell
from benchmarks.peers.measured import measured
from benchmarks.peers.suites import first_documents, hand_over
from benchmarks.peers.table import section
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
    parser = build_parser("peers", "Sets Dossier beside its peers on one suite, question by question.")
    parser.add_argument("--suite", default="corpus", help="as for `dossier eval`")
    parser.add_argument(
        "--data", type=Path, metavar="DATA_DIR", help="the folder that holds scifact/ and multihop-rag/"
    )
    parser.add_argument("--documents", type=int, metavar="N", help="only the collection's first N documents")
    parser.add_argument("--peer", action="append", choices=PEERS, help="only this one; may be given again")
    given = parser.parse_args(arguments)
    if not PYTHON.exists():
        print("The peers have an environment of their own: run `make peers` first.", file=sys.stderr)
        return 2
    try:
        suite = read_suite(given.suite, given.data, EVALUATIONS)
        if given.documents:
            suite = first_documents(suite, given.documents, EVALUATIONS)
        made = made_by("peers", arguments, given.data)
        ours, peers = compared(suite, given.peer or list(PEERS))
    except DossierError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    publish(f"peers-{suite.name}", section(suite, ours, peers, made), write=given.write)
    return 0


def compared(suite: Suite, peers: Sequence[str]) -> tuple[Run, dict[str, Run]]:
    """Our run over a suite, and those of these peers over what our library holds."""
    base = EVALUATIONS / "peers" / suite.name
    settings = library_for(suite, load_settings(), EVALUATIONS, tell)
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
