# All set-up happens inside the targets, once: a second call of any of them finds it done.
#
#   make up          deploy the program to the embedded AWS, and import every layer in a function
#   make test-unit   the tests that need no engine and no package index
#   make test        lint, types, all tests
#   make down        destroy what `make up` made, and stop the embedded AWS

SUPPORTED := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$python -c '$(SUPPORTED)' 2>/dev/null; then echo $$python; break; fi; done)
VENV := .venv/bin/python

# Some machines set it. Our own modules would then be compiled at each of the many starts of Python.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help venv setup up test test-unit test-wide fuzz lint down bench

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r target does; do \
		printf '  make %-9s %s\n' "$$target" "$$does"; done

venv:
	@if [ -z '$(PYTHON)' ]; then \
		echo 'error: Python 3.11 or newer is needed, and PATH has none that runs. Install one.' >&2; exit 1; fi
	@$(PYTHON) local_aws/make_venv.py

setup: venv ## make the tools: .venv, Pulumi, the embedded AWS
	@$(VENV) -m local_aws setup

up: venv ## deploy to the embedded AWS, and import every layer in a function
	@$(VENV) -m local_aws up

down: venv ## destroy what `make up` made, and stop the embedded AWS
	@$(VENV) -m local_aws down

lint: venv ## check style and types
	$(VENV) -m ruff check
	$(VENV) -m ruff format --check
	$(VENV) -m mypy

test-wide: setup ## compare with pip over many real wheels
	$(VENV) -m pytest -m wide

test-unit: venv ## run the tests that need no engine and no package index
	$(VENV) -m pytest -n auto --dist loadfile -m "not e2e and not index"

FUZZ ?= 500000
fuzz: venv ## change wheels at random: what is accepted must unpack alike elsewhere
	PYTHON_LAYERS_MUTATIONS=$(FUZZ) $(VENV) -m pytest -q -s tests/builder_lambda/distributions/test_mutated_wheels.py

test: lint setup ## lint, then every test, on the engine and the embedded AWS too; print the slowest
	$(VENV) -m pytest -n auto --dist loadfile --durations=20

ifneq ($(wildcard benchmarks/__main__.py),)
bench: setup ## compare this product with other tools
	$(VENV) -m benchmarks
endif
