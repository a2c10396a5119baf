# The way in: `make sla` on a fresh machine. For everything else see `stackproof --help` and `tox list`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help venv setup test sla drills chaos contract nightly lint rules clean down

VENV := .venv
STAMP := $(VENV)/.installed
STACKPROOF := $(VENV)/bin/stackproof
TOX := $(VENV)/bin/tox
# Compiled modules are kept: without them every start takes a second longer.
export PYTHONDONTWRITEBYTECODE :=
EVERYTHING := lint,types,unit,engine,health,contract,sla,chaos,bench,report
# More options of a suite, for example: make sla ARGS='--with-fault "down public_net/mime-server:65432"'
ARGS ?=
# The options of a suite are in suites/NAME.args, for tox too. Unlike tox, this uses the environment that exists already.
prove = @$(STACKPROOF) prove @suites/$(1).args $(if $(findstring suites/$(1),$(ARGS)),,$(2)) $(3)

help: ## show this
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: $(STAMP) ## create .venv with stackproof and tox, from the lock file

setup: venv ## install what this machine lacks: container engine, base image, our images
	@$(STACKPROOF) setup

test: setup ## prove everything: lint, types, unit and engine tests, and the suites on the real stack
	$(TOX) run -e $(EVERYTHING)

sla: venv ## start the stack, load it, judge its service levels, drill its alerts, write the report
	$(call prove,sla,suites/sla,$(ARGS))
	$(call prove,drills,suites/sla/test_drills.py)

drills: venv ## make every alert fire by a real fault, and follow it to its receiver: an hour in a minute
	$(call prove,drills,suites/sla/test_drills.py,$(ARGS))

chaos: venv ## break the stack in every way, and judge what happens to files, users and probes
	$(call prove,chaos,suites/chaos,$(ARGS))

contract: venv ## try what services promise each other and their clients, with generated input; then the policy
	$(call prove,contract,suites/contract,$(ARGS))
	@$(TOX) run -q -e policy

nightly: export STACKPROOF_PROFILE := nightly
nightly: setup ## the same as test, in the long forms that take the time to decide every objective
	$(TOX) run -e $(EVERYTHING)

lint: venv ## style, rooms and types
	$(TOX) run -e lint,types

rules: setup ## generate the alerting rules of stack/slo again, and their tests
	@$(VENV)/bin/python -m stack.monitoring.generate docker run --rm -i \
	  "$$($(VENV)/bin/python -c 'from stackproof.engine.docker.images.build import TOOLS, image_name, local_images; print(image_name(TOOLS, local_images()))')" sloth

down: venv ## remove every container, network and volume of ours
	$(STACKPROOF) down --all

clean: ## remove what was installed and written here; reports and their history stay
	rm -rf $(VENV) .tox .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .benchmarks

$(STAMP): requirements.lock pyproject.toml .ci/make-venv
	@.ci/make-venv $(VENV)
	@touch $@
