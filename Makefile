# The whole way in: `make sla` on a fresh machine. Everything else is `stackproof --help` and `tox list`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help venv setup test sla drills chaos contract nightly lint rules clean down

VENV := .venv
STAMP := $(VENV)/.installed
STACKPROOF := $(VENV)/bin/stackproof
TOX := $(VENV)/bin/tox
# Compiled modules are kept: without them every start would take a second more.
export PYTHONDONTWRITEBYTECODE :=
EVERYTHING := lint,types,unit,engine,health,contract,sla,chaos,bench,report
# What follows `--` of the suites, for example: make sla ARGS='--with-fault "down public_net/mime-server:65432"'
ARGS ?=
# What has a run of its own; pytest-benchmark would ask git and others seven times while the stack comes up.
NOT_HERE := --ignore suites/sla/test_drills.py --ignore suites/sla/test_benchmarks.py -p no:benchmark
# A stack of their own, since service levels are promised in true time.
DRILLS := $(STACKPROOF) prove --suite drills --beside sla --clock 60 suites/sla/test_drills.py

help: ## show this
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: $(STAMP) ## make .venv with stackproof and tox, from the lock file

setup: venv ## make all that this machine lacks: container engine, base image, our images
	@$(STACKPROOF) setup

test: setup ## prove everything: lint, types, unit and engine tests, and the suites against the real stack
	$(TOX) run -e $(EVERYTHING)

# What `tox -e sla` does, in an environment of the same lock file that is there already: it starts a second sooner.
sla: venv ## stand the stack up, put it under load, judge its service levels, drill its alerts, write the report
	@$(STACKPROOF) prove --suite sla --proxies gateway,mime-server suites/sla $(NOT_HERE) $(ARGS)
	@$(DRILLS)

drills: venv ## fire every alert by a real fault, and see it at its receiver: an hour in a minute
	@$(DRILLS) $(ARGS)

chaos: venv ## break the stack in every way, and judge what becomes of files, users and probes
	@$(STACKPROOF) prove --suite chaos $(if $(findstring suites/chaos,$(ARGS)),,suites/chaos) $(ARGS)

contract: venv ## try what services promise each other and their clients, by generated input; then the policy
	@$(STACKPROOF) prove --suite contract --clock 20 $(if $(findstring suites/contract,$(ARGS)),,suites/contract) $(ARGS)
	@$(TOX) run -q -e policy

nightly: export STACKPROOF_PROFILE := nightly
nightly: setup ## test, in the long forms that have the time to decide the objectives
	$(TOX) run -e $(EVERYTHING)

lint: venv ## style, rooms and types
	$(TOX) run -e lint,types

rules: setup ## make the alerting rules of stack/slo anew, and their tests
	@$(VENV)/bin/python -m stack.monitoring.generate docker run --rm -i \
	  "$$($(VENV)/bin/python -c 'from stackproof.engine.docker.images.build import TOOLS, image_name, local_images; print(image_name(TOOLS, local_images()))')" sloth

down: venv ## remove every container, network and volume of ours
	$(STACKPROOF) down --all

clean: ## remove what was installed and written here; reports and their history stay
	rm -rf $(VENV) .tox .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .benchmarks

$(STAMP): requirements.lock pyproject.toml .ci/make-venv
	@.ci/make-venv $(VENV)
	@touch $@
