# The whole way in: `make sla` on a fresh machine. Everything else is `stackproof --help` and `tox list`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help venv setup test sla nightly lint clean down

VENV := .venv
STAMP := $(VENV)/.installed
STACKPROOF := $(VENV)/bin/stackproof
TOX := $(VENV)/bin/tox
EVERYTHING := lint,types,unit,engine,health,sla,bench,report
# What follows `--` of the suites, for example: make sla ARGS='--with-fault "down public_net/mime-server:65432"'
ARGS ?=

help: ## show this
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: $(STAMP) ## make .venv with stackproof and tox, from the lock file

setup: venv ## make all that this machine lacks: container engine, base image, our images
	@$(STACKPROOF) setup

test: setup ## prove everything: lint, types, unit and engine tests, and the suites against the real stack
	$(TOX) run -e $(EVERYTHING)

sla: setup ## stand the stack up, put it under load, judge its service levels, write the report
	$(TOX) run -e sla -- $(ARGS)

nightly: export STACKPROOF_PROFILE := nightly
nightly: setup ## the same as test, in the long forms that have the time to decide the objectives
	$(TOX) run -e $(EVERYTHING)

lint: venv ## style, rooms and types
	$(TOX) run -e lint,types

down: venv ## remove every container, network and volume of ours
	$(STACKPROOF) down --all

clean: ## remove what was installed and written here; reports and their history stay
	rm -rf $(VENV) .tox .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .benchmarks

$(STAMP): requirements.lock pyproject.toml .ci/make-venv
	@.ci/make-venv $(VENV)
	@touch $@
