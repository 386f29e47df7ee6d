# What a person and CI do with Dossier. `make help` lists it.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
LIBRARY ?= library
# One exact version: a range, or no version, takes a CUDA build of several GB.
TORCH := torch==2.13.0
# What torch itself asks for. It is installed apart from the lock, so the lock has to name them.
TORCH_NEEDS := filelock typing-extensions setuptools sympy networkx jinja2 fsspec
SOURCES := rag ingest tests benchmarks
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install serve test check format bench eval peers lock chromium clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed  ## create .venv with the command `dossier` in it

serve: $(LIBRARY)/.sample-corpus  ## set up, ingest the sample corpus, serve on http://127.0.0.1:8000
	$(BIN)/dossier serve --library $(LIBRARY)

# A process for each core, file by file; the end-to-end tests, which take longest, come first. ARGS="-n0" for one process.
test: $(VENV)/.installed-dev chromium  ## set up and run all tests; ARGS="-k name" for some
	$(BIN)/pytest --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/.installed-dev  ## lint, formatting, types
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy

format: $(VENV)/.installed-dev  ## put the code into its form
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

eval: $(VENV)/.installed-dev  ## measure answers over the sample corpus against the recorded figures
	$(BIN)/dossier eval --suite corpus --guard benchmarks/recorded.json

bench: $(VENV)/.installed-dev  ## measure; ARGS="--write" keeps the figures in benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks.run $(ARGS)

peers: .venv-peers/.installed  ## set up what `python -m benchmarks.peers` compares with, apart from .venv

# --no-deps: the locks are complete, and nothing may bring a CUDA build behind their back.
$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --no-deps "$(TORCH)"
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

.venv-peers/.installed: benchmarks/peers/requirements.lock
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/pip install --quiet --no-deps "$(TORCH)"
	.venv-peers/bin/pip install --quiet --no-deps --require-hashes -r benchmarks/peers/requirements.lock
	@touch $@

# The folder is named beside its files, so that a file that came or went counts as a change.
$(LIBRARY)/.sample-corpus: $(VENV)/.installed docs_corpus $(wildcard docs_corpus/*.md)
	$(BIN)/dossier ingest docs_corpus --library $(LIBRARY)
	@touch $@

chromium:
	@command -v chromium >/dev/null || if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
	else \
		echo "The tests of the page need the program chromium: install it, or run \`make test\` as root." >&2; exit 1; \
	fi

lock:  ## resolve the dependencies again, into the two lock files (needs uv in .venv)
	printf '%s\n' $(TORCH_NEEDS) | $(BIN)/uv pip compile pyproject.toml - --python-version 3.11 --generate-hashes --quiet \
		--custom-compile-command "make lock" --output-file requirements.lock
	printf '%s\n' $(TORCH_NEEDS) | $(BIN)/uv pip compile pyproject.toml - --group dev --all-extras --python-version 3.11 \
		--generate-hashes --quiet --constraints requirements.lock --custom-compile-command "make lock" \
		--output-file requirements-dev.lock
	printf '%s\n' $(TORCH_NEEDS) | $(BIN)/uv pip compile benchmarks/peers/requirements.in - --python-version 3.11 \
		--generate-hashes --quiet --custom-compile-command "make lock" --output-file benchmarks/peers/requirements.lock

clean:  ## remove what was made here, the library excepted
	rm -rf $(VENV) .venv-peers build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
