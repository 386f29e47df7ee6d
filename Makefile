# The targets a person and CI use. `make help` lists them.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
TORCH ?= torch==2.13.0
# What torch needs beside itself; torch is installed apart from the lock, so the lock has to name them.
TORCH_NEEDS := filelock typing-extensions setuptools sympy networkx jinja2 fsspec
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install serve test check format bench lock clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed  ## create .venv with the command `dossier` in it

# --no-deps everywhere: the lock is complete, and nothing may pull in a CUDA build behind its back.
$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --no-deps "$(TORCH)"
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

lock:  ## resolve the dependencies again, into the two lock files
	printf '%s\n' $(TORCH_NEEDS) | $(BIN)/uv pip compile pyproject.toml - --python-version 3.11 --generate-hashes --quiet \
		--custom-compile-command "make lock" --output-file requirements.lock
	printf '%s\n' $(TORCH_NEEDS) | $(BIN)/uv pip compile pyproject.toml - --group dev --all-extras --python-version 3.11 \
		--generate-hashes --quiet --constraints requirements.lock --custom-compile-command "make lock" --output-file requirements-dev.lock
