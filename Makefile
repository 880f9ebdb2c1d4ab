# Everything a newcomer needs is `make demo` and `make test`; both set up a .venv first.
PYTHON ?= python3
PORT ?= 8400
HOME_DIR ?= demo-home
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

# Tests start hundreds of processes; where nothing may be kept compiled, each of them compiles every library anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test check format lint types contracts fast-tests full-tests sdks spark bench bench-understand pictures lock clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(STAMP) ## a .venv with everything in it

$(STAMP): requirements.txt pyproject.toml
	@echo "Setting up $(VENV) (once; a minute or two) ..."
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Kundskab needs Python 3.11 or newer; give one with PYTHON=...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes --no-deps --no-compile --requirement requirements.txt
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m pip check --disable-pip-version-check
	@touch $(STAMP)
	@echo "Set up."

demo: setup ## invent a company, start everything, print the address and a one-time login (PORT=8400)
	@$(BIN)/kundskab demo --home $(HOME_DIR) --port $(PORT)

# What is on its way at the same time is told one after the other, and all of it even when some of it fails.
TOGETHER := -j --keep-going $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

check: setup ## what every commit passes, under two minutes on two cores
	@$(MAKE) --no-print-directory $(TOGETHER) format lint types contracts fast-tests

format:
	@$(BIN)/ruff format --check --quiet . || (echo "Not formatted; run: $(BIN)/ruff format ." && exit 1)

lint:
	@$(BIN)/ruff check --quiet .

types:
	@$(BIN)/mypy

contracts:
	@$(BIN)/lint-imports

# Workers share the cores already; threads of linear algebra beside them would only wait for each other.
fast-tests full-tests: export OMP_NUM_THREADS = 1
fast-tests full-tests: export OPENBLAS_NUM_THREADS = 1

fast-tests:
	@$(BIN)/pytest -q -n auto --dist loadfile -m "not (slow or $(ALONE))"

# They start servers, browsers and engines of their own, kill them, or fill disks: one at a time.
ALONE := sdk or faults or browser or spark

test: check full-tests ## everything: check, then SDKs, faults and browser

full-tests: setup sdks spark
	@KUNDSKAB_DRAWN=all $(BIN)/pytest -q -n auto --dist loadfile -m "(slow or drawn) and not ($(ALONE))"
	@KUNDSKAB_DRAWN=all $(BIN)/pytest -q -m "$(ALONE)"

sdks: ## the Node clients for the tests, where Node is
	@# Not `npm ci`: it refuses a lock without download addresses. This one keeps to the lock's versions and hashes too.
	@if command -v npm >/dev/null; then cd tests/sdks/node && npm install --no-save --silent --no-audit --no-fund; \
	else echo "!! Node is missing: the Node and browser clients are NOT tested."; fi

spark: setup ## a local Spark for the specs on a second engine, where Java is (450 MB, once)
	@if ! command -v java >/dev/null; then echo "!! Java is missing: the specs are NOT run on Spark."; \
	elif ! $(BIN)/python -c "import pyspark" 2>/dev/null; then \
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes --no-deps --requirement requirements-spark.txt || \
	echo "!! pyspark could not be installed: the specs are NOT run on Spark."; fi

bench: setup ## measure everything; writes docs/performance.md's tables to bench-results/
	@$(BIN)/python -m bench

bench-understand: setup ## segments, predictions, drivers, refresh, beside peers in an environment of their own
	@test -x .peers/bin/python || $(PYTHON) -m venv .peers
	@.peers/bin/python -m pip install --disable-pip-version-check --quiet --requirement bench/understand/peers.txt || echo "!! Not every peer could be installed: its rows are missing."
	@KUNDSKAB_PEERS=.peers $(BIN)/python -m bench.understand

pictures: setup ## the pictures of the pages, at two widths and in two themes
	@$(BIN)/python scripts/pictures.py
	@$(BIN)/python scripts/pictures.py --readme

lock: setup ## renew requirements.txt: hashes, and no download addresses
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet pip-tools
	@$(BIN)/pip-compile --quiet --generate-hashes --extra dev --extra build --strip-extras --no-header --output-file requirements.txt pyproject.toml
	@sed -i '/^--/d' requirements.txt # the lines that would say where to download from; hashes are indented

clean: ## forget the .venv and the demo
	rm -rf $(VENV) $(HOME_DIR)
