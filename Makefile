# Every target sets itself up: nothing needs to be installed but git, make and Python 3.11-3.13.
PROVINCE ?=
JOBS ?= 2
LANGUAGE ?= en
export PYTHON

ifndef PYTHON
PYTHON := $(shell for p in python3.11 python3.12 python3.13 python3; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& { command -v "$$p"; break; }; done)
endif
ifeq ($(strip $(PYTHON)),)
PYTHON := python3
endif

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
HELPERS := $(BIN)/python -m helpers

ifeq ($(PROVINCE),)
WHICH :=
else ifeq ($(PROVINCE),all)
WHICH := --all
else
WHICH := --province "$(PROVINCE)"
endif

.PHONY: setup figures site verify pack workshop test test-slow lab bench clean

setup:
	@"$(PYTHON)" src/setup_venv.py

figures: setup
	@$(HELPERS) run $(WHICH) --jobs $(JOBS) --language $(LANGUAGE)

site: setup
	@$(HELPERS) site --jobs $(JOBS)

verify: setup
	@$(HELPERS) verify --jobs $(JOBS)

workshop: setup
	@$(BIN)/python -m helpers.workshop

pack: setup
	@$(HELPERS) pack --jobs $(JOBS)

test: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -m "not slow" -n $(JOBS)
	$(BIN)/python -m pytest --nbval --nbval-sanitize-with tests/nbval.cfg -p no:cacheprovider notebooks

test-slow: setup
	$(BIN)/python -m pytest -m slow

lab: setup
	$(BIN)/jupyter lab --notebook-dir=. notebooks/explore.ipynb

bench: setup
	$(BIN)/python tests/bench/read_bulletins.py
	$(BIN)/python tests/bench/read_speed.py
	$(BIN)/python tests/bench/reconcile_speed.py
	$(BIN)/python tests/bench/slips.py
	$(BIN)/python tests/bench/edits_localise.py
	$(BIN)/python tests/bench/edits_adjust.py
	$(BIN)/python tests/bench/tree_speed.py
	$(BIN)/python tests/bench/official_population.py
	$(BIN)/python tests/bench/forecast_speed.py
	$(BIN)/python tests/bench/forecast_scores.py
	$(BIN)/python tests/bench/bulk_runs.py
	$(BIN)/python tests/bench/cluster.py
	$(BIN)/python tests/bench/site_build.py
	$(BIN)/python tests/bench/workshop.py
	$(BIN)/python tests/bench/commands.py

clean:
	rm -rf build _site .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find data/processed -type f ! -name README.md -delete
	find figures -mindepth 1 ! -name manifest.csv ! -name released.zip -delete
