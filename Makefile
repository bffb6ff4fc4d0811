# Two commands: `make serve` runs the whole service here, `make test` proves it. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
UV := .tools/bin/uv
BIN := .venv/bin
STAMP := .venv/.locked
AREA ?=
WORKERS ?= 2# halves of the whole test run, side by side, each with a PostgreSQL of its own
ARGS ?=

# The CLI and the tests find these by name. The port is checked before anything starts.
export PORT ?= 8000
export HOST ?= 127.0.0.1
export SHOUWANG_MODE ?= demo
export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := 1

# What is imported is compiled once, on first use: compiling all of it at installation takes ten times as long.
unexport PYTHONDONTWRITEBYTECODE

# pip's settings hold for uv too: a closed network names its mirror once, for pip. uv reads no pip
# configuration of its own. Several indexes are safe to mix: every file is checked by its hash.
define INDEX_SETTINGS
setting() { local value="$${!1:-}"; [ -n "$$value" ] || value="$$($(PYTHON) -m pip config get "global.$$2" 2>/dev/null || true)"; echo "$$value"; }; \
main="$$(setting PIP_INDEX_URL index-url)"; more="$$(setting PIP_EXTRA_INDEX_URL extra-index-url)"; links="$$(setting PIP_FIND_LINKS find-links)"; \
if [ -n "$$main" ]; then export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$main}"; fi; \
if [ -n "$$more" ]; then export UV_INDEX="$${UV_INDEX:-$$more}" UV_INDEX_STRATEGY=unsafe-best-match; fi; \
if [ -n "$$links" ]; then export UV_FIND_LINKS="$${UV_FIND_LINKS:-$$(echo $$links | tr ' ' ',')}"; fi
endef

.PHONY: help
help: ## This list
	@echo "守望 Shouwang"; echo
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name text; do printf '  make %-9s %s\n' "$$name" "$$text"; done

.PHONY: install
install: $(STAMP) ## Build .venv from the hashed requirements.lock (done by the others when needed)

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更高版本 / Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "需要 pip / pip is needed (Debian: apt-get install python3-pip)" >&2; exit 1; }
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-warn-script-location --target .tools --upgrade 'uv>=0.9'

$(STAMP): requirements.lock | $(UV)
	@$(INDEX_SETTINGS); \
	[ -x $(BIN)/python ] || $(UV) venv --quiet --python "$$(command -v $(PYTHON))" .venv; \
	$(UV) pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	@touch $@

.PHONY: serve
serve: $(STAMP) ## Database, migrations, demo county, API and jobs in one process group; Ctrl-C stops all (PORT=8001)
	@exec env SHOUWANG_PARENT_PID=$$PPID $(BIN)/python -m api.cli serve $(ARGS)  # kill -9 of make ends all, too

.PHONY: token
token: $(STAMP) ## A fresh token of a demo caller, of a running serve: make token NAME=village_worker
	@$(BIN)/python -m api.cli token $(or $(NAME),$(error make token NAME=... - the names stand in .shouwang/demo-callers.json))

.PHONY: verify
verify: $(STAMP) ## Check the sealed history against the roots kept outside the database
	@$(BIN)/python -m api.cli seal verify $(ARGS)

.PHONY: test
test: $(STAMP) ## All tests; one part of the house: make test AREA=people
	@$(BIN)/python -m pytest $(if $(AREA),,-n $(WORKERS) --dist loadfile) $(if $(AREA),$(or $(sort $(wildcard tests/*/$(AREA) tests/*/$(AREA).py tests/*/test_$(AREA)*.py tests/*/*/$(AREA) tests/*/*/test_$(AREA)*.py)),$(error no tests of $(AREA) under tests/)),tests) $(ARGS)

.PHONY: check
check: $(STAMP) ## Lint, format, types, import contracts, migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --check .; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest -q tests/architecture
	@echo "check: 通过 / passed"

.PHONY: bench
bench: $(STAMP) ## Speed against the goals and against bare SQL (minutes): ROUNDS=5 PEOPLE=200000
	@$(BIN)/python -m bench $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(PEOPLE),--people $(PEOPLE)) $(ARGS)

.PHONY: prove
prove: $(STAMP) ## Every guarantee with the tests that prove it, run now
	@$(BIN)/python -m pytest -q tests/security tests/contract tests/architecture $(ARGS)
	@$(BIN)/python -m pytest -q -m prove tests $(ARGS)

.PHONY: export
export: $(STAMP) ## Write the contract to openapi/ (OpenAPI, GraphQL schema, problems, access matrix)
	@$(BIN)/python -m api.cli export $(ARGS)

.PHONY: rehearse
rehearse: $(STAMP) ## Go through the Dockerfile's steps without a container engine
	@$(INDEX_SETTINGS); .ci/rehearse-image

.PHONY: lock
lock: | $(UV) ## Renew requirements.lock from pyproject.toml: hashed, universal, without the address of any index
	@$(INDEX_SETTINGS); \
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV) pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --quiet -o requirements.lock $(ARGS)

.PHONY: clean
clean: ## Remove caches and the demo database; keeps .venv and .tools
	@if [ -f .shouwang/running ] && [ -s .shouwang/running ]; then echo "请先停止 make serve / stop make serve first" >&2; exit 1; fi
	@rm -rf .shouwang .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .schemathesis bench/out
	@find . -name __pycache__ -not -path './.venv/*' -not -path './.tools/*' -prune -exec rm -rf {} +
