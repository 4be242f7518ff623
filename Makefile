# `make help` lists what there is. Everything sets itself up in .venv and build/, with Python 3.11 or newer, git and make.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && exit; \
	done; echo python3)
BIN := .venv/bin
TESTS ?= tests

.DEFAULT_GOAL := help

.PHONY: help
help: ## What can be made
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## Run the main job on the worked example in this repository
	@$(PYTHON) tools/prepare.py run
	@$(BIN)/python tools/demo.py

.PHONY: test
test: check ## Everything that must pass: check, then the tests (TESTS=path for some of them)
	@$(PYTHON) tools/prepare.py wheelhouse
	$(BIN)/python -m pytest -q -n auto --dist loadgroup $(TESTS)

.PHONY: check
check: ## Lint, format, types and floors, without the tests
	@$(PYTHON) tools/prepare.py test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tools benchmarks
	$(BIN)/lint-imports

.PHONY: format
format: ## Format the code and mend what the linter can mend
	@$(PYTHON) tools/prepare.py test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: bench
bench: ## Measure against the peers and write the table in README.md
	@$(PYTHON) tools/prepare.py bench
	$(BIN)/python -m benchmarks

.PHONY: clean
clean: ## Remove what was made here
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
