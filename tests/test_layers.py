"""Imports go one way (see the design): ingest to rag, and inside rag from the outside in."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

# From the inside out. A module may import what is of its own layer or further in.
LAYERS = [
    [
        "rag.errors",
        "rag.settings",
        "rag.log",
        "rag.dates",
        "rag.sentences",
        "rag.injection",
        "rag.display",
        "rag.documents",
        "rag.answer",
        "rag.likeness",
        "rag.addresses",
        "rag.names",
    ],
    ["rag.embedding", "rag.catalog", "rag.indexes", "rag.models", "rag.inbox", "rag.retagging", "rag.testing"],
    [
        "rag.spelling",
        "rag.periods",
        "rag.rounds",
        "rag.descriptions",
        "rag.asked_names",
        "rag.conversation",
        "rag.ellipses",
        "rag.follow_ups",
        "rag.question",
        "rag.parts",
        "rag.copies",
        "rag.retrieval",
        "rag.reranking",
        "rag.fusion",
        "rag.checking",
        "rag.answering",
        "rag.quotable",
        "rag.supporting",
        "rag.citations",
        "rag.screening",
        "rag.refusals",
        "rag.comparing",
        "rag.draft",
    ],
    ["rag.assistant"],
    ["rag.library", "rag.evaluation"],
    ["rag.web", "rag.cli", "rag"],
    ["ingest"],
]
FILES = sorted(path for package in ("rag", "ingest") for path in (REPOSITORY / package).rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> Iterator[str]:
    """Every module a file imports, also inside functions; what only the type checker reads is left out."""
    waiting: list[ast.AST] = [ast.parse(path.read_text())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively"
            assert node.module
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full.startswith(("rag.", "ingest.")) and is_module(full) else node.module
        waiting += ast.iter_child_nodes(node)


def is_module(name: str) -> bool:
    path = REPOSITORY.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def layer_of(module: str) -> int:
    found = [
        (len(prefix), number)
        for number, layer in enumerate(LAYERS)
        for prefix in layer
        if module == prefix or (prefix != "rag" and module.startswith(f"{prefix}."))
    ]
    assert found, f"{module} has no place among the layers"
    return max(found)[1]


def files_importing(package: str) -> set[str]:
    return {module_of(path) for path in FILES if any(name.split(".")[0] == package for name in imports_of(path))}


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_a_module_imports_nothing_that_lies_further_out(path: Path) -> None:
    here = layer_of(module_of(path))
    ours = [name for name in imports_of(path) if name.split(".")[0] in ("rag", "ingest")]
    assert [name for name in ours if layer_of(name) > here] == []


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        ("chromadb", {"rag.indexes.dense"}),
        ("tantivy", {"rag.indexes.lexical"}),
        ("onnxruntime", {"rag.embedding.exported", "rag.embedding.export"}),
        ("filelock", {"rag.indexes.follower", "rag.embedding.exported"}),
        ("ssrfguard", {"ingest.fetch.addresses"}),
        ("httpcore2", {"ingest.fetch.connections"}),
        ("feedparser", {"ingest.feed_reader"}),
    ],
)
def test_one_place_imports(package: str, expected: set[str]) -> None:
    assert files_importing(package) == expected


def test_only_the_catalog_speaks_sql() -> None:
    elsewhere = {module for module in files_importing("sqlite3") if not module.startswith("rag.catalog.")}
    assert elsewhere == {"rag.indexes.wiping"}  # which has Chroma's own file written anew, and reads nothing of it


def test_torch_is_imported_by_the_embedding_alone_and_never_at_the_start() -> None:
    heavy = files_importing("torch") | files_importing("sentence_transformers") | files_importing("transformers")
    assert heavy == {"rag.embedding.export", "rag.embedding.torch_model", "rag.embedding.cross_encoder"}


def test_only_the_settings_read_the_environment() -> None:
    """Two modules set variables for a library they are about to load; that is told where it happens."""
    reading: set[str] = set()
    setting: set[str] = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb"):
                (setting if _is_set(path, node) else reading).add(module_of(path))
    assert reading == {"rag.settings"}
    assert setting <= {"rag.embedding.export", "rag.models.local"}


def _is_set(path: Path, node: ast.Attribute) -> bool:
    line = path.read_text().splitlines()[node.lineno - 1]
    return "environ.setdefault(" in line or "environ[" in line.partition(" = ")[0]
