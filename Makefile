# laborvoice needs Python 3.11 or newer and make; everything else is installed into .venv from requirements.lock.
PYTHON ?= python3
BIN := .venv/bin
MADE := .venv/.made
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help setup demo check test attack faults fuzz browser bench bench-web gates screenshots openapi web vendor bundles js lock sbom audit soak

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(MADE) ## make .venv, hashes checked; done again only when the lock or pyproject.toml changed

$(MADE): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "laborvoice needs Python 3.11 or newer: make PYTHON=/path/to/python")'
	@$(PYTHON) -c 'import ensurepip' || { echo "This Python cannot make environments: install its venv package (Debian: python3-venv)."; exit 1; }
	@echo "Installing into .venv (a minute or two the first time) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --editable . --no-deps --no-build-isolation
	@touch $@

demo: setup ## the whole main job on synthetic suppliers: cast, mix, count, score, tell
	@$(BIN)/laborvoice demo

check: setup ## format, lint, both type checkers, the import law, the dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry .
	$(BIN)/mypy
	$(BIN)/basedpyright

test: setup check ## check, every test, the coverage gates
	$(BIN)/pytest -n 2 --cov --cov-report=
	@$(MAKE) --no-print-directory gates

# Branch coverage, room by room: the purer the room, the less may go untried.
PURE := src/laborvoice/domain/*,src/laborvoice/crypto/*,src/laborvoice/anonymize/*,src/laborvoice/scoring/*,src/laborvoice/webhooks/*
VERBS := src/laborvoice/store/*,src/laborvoice/pipeline/*,src/laborvoice/views/*,src/laborvoice/api/*

gates:
	$(BIN)/coverage report --skip-covered --fail-under=100 --include='$(PURE)'
	$(BIN)/coverage report --skip-covered --fail-under=95 --include='$(VERBS)'
	$(BIN)/coverage report --skip-covered --fail-under=85 --omit='$(PURE),$(VERBS)'

attack: setup ## the whole adversary suite: broken neighbours, forensics, statistics (six minutes)
	$(BIN)/pytest tests/attack --all-attacks -n 2

faults: setup ## a hundred kills and other faults at random points (ten minutes); LABORVOICE_TEST_FAULT_SEED repeats one
	$(BIN)/pytest tests/faults --rounds 100 -n 2

browser: setup ## every line of the browser tests; needs Chromium (five minutes)
	$(BIN)/pytest tests/browser --all-browser -n 2

fuzz: setup ## ask both APIs what their contracts allow and forbid, two hundred times an operation (twenty minutes)
	$(BIN)/pytest tests/fuzz --fuzz-examples 200 --timeout 3600

bench-web: setup ## the workers' page on a slow phone and line, then a call for help until it is seen (six minutes); needs Chromium
	$(BIN)/laborvoice bench client
	$(BIN)/laborvoice bench urgent

bench: setup ## every bar with its measured ratio, and whether it holds (half an hour)
	$(BIN)/laborvoice bench all

soak: setup ## ten minutes of load with mixes, a close and deliveries: memory, errors, waiting times
	$(BIN)/python benchmarks/soak.py

screenshots: setup ## take the pictures of the handbook again, from a demo; needs Chromium (three minutes)
	@rm -rf .make/shots && mkdir -p .make
	@$(BIN)/laborvoice demo --keep .make/shots
	@PYTHONPATH=tests $(BIN)/python tests/browser/screenshots.py .make/shots docs/screenshots
	@rm -rf .make/shots

openapi: setup ## write openapi.json and openapi-intake.json from the code
	@$(BIN)/laborvoice openapi > openapi.json
	@$(BIN)/laborvoice openapi --app intake > openapi-intake.json

web: setup ## write the page and the language packs of the workers' client from their sources
	@$(BIN)/python -m laborvoice.web.write

vendor: ## rebuild the browser's cryptography and what phones run, byte for byte; needs Node; then make web
	@cd frontend && npm ci --ignore-scripts --no-audit --no-fund --silent && node build.mjs

bundles: ## build them again elsewhere and compare: the committed bytes are what the sources say; needs Node
	@cd frontend && npm ci --ignore-scripts --no-audit --no-fund --silent && rm -rf ../.make/bundles && node build.mjs ../.make/bundles/
	@cd .make/bundles && for one in */*; do cmp $$one ../../src/laborvoice/web/static/$$one || exit 1; done; echo "the same bytes"

js: ## check the types of our own browser modules; needs Node
	@cd frontend && npm ci --ignore-scripts --no-audit --no-fund --silent && npx --no-install tsc --project tsconfig.json

lock: ## resolve the dependencies again; nothing younger than a week gets in
	@$(PYTHON) -m venv .make/lock
	@.make/lock/bin/python -m pip --disable-pip-version-check --quiet install uv
	.make/lock/bin/uv pip compile pyproject.toml --extra embedded --group dev --universal --python-version 3.11 \
	  --quiet --generate-hashes --no-strip-extras --no-header --no-emit-index-url --no-emit-find-links --output-file requirements.lock \
	  --exclude-newer "$$($(PYTHON) -c 'import datetime as d; print(d.date.today() - d.timedelta(days=7))')"
	.make/lock/bin/uv pip compile pyproject.toml --constraint requirements.lock --universal --python-version 3.11 \
	  --quiet --generate-hashes --no-strip-extras --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	  --output-file deploy/requirements.lock
	@rm -rf .make/lock

sbom: setup ## what is shipped, as CycloneDX, in dist/
	@mkdir -p dist
	@$(BIN)/cyclonedx-py requirements deploy/requirements.lock --pyproject pyproject.toml --output-reproducible \
	  --output-file dist/laborvoice.cdx.json 2>/dev/null && echo dist/laborvoice.cdx.json

audit: setup ## known vulnerabilities of what is shipped; asks PyPI's advisories
	$(BIN)/pip-audit --disable-pip --require-hashes --strict -r deploy/requirements.lock
