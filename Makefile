# Doudi: `make demo` and `make test` each do all their own set-up on a machine that has Python 3.11, make and a package
# registry. Set-up is kept in stamp files, so that a second run starts at once.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.ONESHELL:
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || echo python3)
WORKERS ?= 2
# PYTEST_ARGS narrows a run:  make test PYTEST_ARGS="tests/policy -k dates"
PYTEST_ARGS ?=
# BENCH names what `make bench` runs:  make bench BENCH="rules --households 100000"
BENCH ?=

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
PIP := tools/install "$(BIN)/python -m pip" install --quiet --disable-pip-version-check --require-hashes
UV := VIRTUAL_ENV=$(VENV) $(BIN)/uv

.PHONY: help demo test lint bench clean setup setup-test lock reference

help:
	@echo "make demo      build the made-up county, take its files in, determine everyone, print where the results are"
	echo "make test      lint, walls, types and every test, Spark included"
	echo "make lint      ruff, lint-imports and mypy only"
	echo "make bench     list the benchmarks; BENCH=\"rules --households 100000\" runs one"
	echo "make reference write docs/commands.md and docs/facts.md anew"
	echo "make lock      resolve pyproject.toml into the lock files again"
	echo "make clean     remove the virtual environment and everything that was built"

demo: setup
	@tools/need font optional
	$(BIN)/doudi demo --out build/demo

test: setup-test lint
	@tools/need font optional
	$(BIN)/python -m pytest -n $(WORKERS) $(PYTEST_ARGS)

lint: setup-test
	@$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy src/doudi

bench: setup-test
	@$(BIN)/doudi bench $(BENCH)

reference: setup
	@$(BIN)/python -m doudi.cli.reference

clean:
	rm -rf $(VENV) build dist src/doudi.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

setup: $(STAMPS)/package

setup-test: setup $(STAMPS)/spark
	@tools/need java optional

$(STAMPS)/venv:
	@tools/python-is-new-enough $(PYTHON)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
		|| { echo "make: $(PYTHON) could not make a virtual environment in $(VENV); on Debian: apt-get install python3-venv" >&2; exit 1; }
	mkdir -p $(STAMPS)
	touch $@

$(STAMPS)/tools: requirements-tools.lock | $(STAMPS)/venv
	@echo "set-up: uv, which installs the rest"
	$(PIP) --requirement $<
	touch $@

# uv removed by hand is installed again, but only when it is needed: what is set up works without a registry.
$(STAMPS)/packages: requirements.lock $(STAMPS)/tools
	@echo "set-up: the locked packages"
	test -x $(BIN)/uv || $(PIP) --force-reinstall --requirement requirements-tools.lock
	tools/install "env $(UV)" pip install --quiet --require-hashes --no-deps --requirement $<
	touch $@

$(STAMPS)/package: pyproject.toml $(STAMPS)/packages
	@echo "set-up: this package, editable"
	tools/install "$(BIN)/python -m pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# pyspark is published as source only. pip keeps the wheel that it builds; uv would build it again at every install.
$(STAMPS)/spark: requirements-spark.lock $(STAMPS)/tools
	@echo "set-up: Spark (400 MB; built once, which takes half a minute)"
	$(PIP) --no-deps --no-build-isolation --requirement $<
	touch $@

LOCK := pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-annotate --custom-compile-command "make lock"

lock: $(STAMPS)/tools
	@$(UV) $(LOCK) pyproject.toml --extra test --extra bench -o requirements.lock
	sed -n 's/^spark = \["\(pyspark[^"]*\)".*/\1/p' pyproject.toml | $(UV) $(LOCK) - -c requirements.lock -o requirements-spark.lock
	$(UV) $(LOCK) requirements-tools.in -o requirements-tools.lock
