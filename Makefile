# Every verb of this repository. `make help` prints them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help demo test lint fast bench chaos compose-check docs requirements clean

help: ## list every verb
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

demo: $(STAMP) ## start everything with the figures of the five articles; Ctrl-C ends all
	@$(BIN)/python -m tools.demo

test: $(STAMP) ## every test, on real Kafka and PostgreSQL (no Docker needed)
	$(BIN)/python -m pytest --numprocesses 2 --no-loadscope-reorder

fast: $(STAMP) ## the pure tests only: a minute or two
	$(BIN)/python -m pytest tests/unit tests/architecture

lint: $(STAMP) ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP) ## throughput beside its peers, in one run, as ratios
	$(BIN)/python -m benchmarks

chaos: $(STAMP) ## the long chaos run: kills, a restored backup, a storm of every fault, each planted fault
	$(BIN)/python -m pytest tests/chaos --chaos-long -s

compose-check: $(STAMP) ## build the images and run the whole deployment on a Docker engine
	$(BIN)/python -m tools.compose_check

docs: $(STAMP) ## write what is generated: AsyncAPI, JSON Schemas, diagrams
	$(BIN)/python -m tools.generate

requirements: ## pin requirements/*.txt anew from pyproject.toml
	tools/pin-requirements

clean: ## remove the virtual environment and every cache
	rm -rf $(VENV) .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(STAMP): requirements/dev.txt pyproject.toml
	@echo "setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
