# Each target sets itself up from a clean checkout: python3 >= 3.11, make and PyPI are all it needs.
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-warn-script-location
LOG := $(VENV)/install.log
.PHONY: demo test lint docs bench clean

# The output of the installer is kept in a file, and shown only when it fails.
define install
	@echo "setting up $(VENV): $(1)"
	@$(PY) -m venv $(VENV)
	@$(PIP) -e '.[$(1)]' > $(LOG) 2>&1 || { cat $(LOG); exit 1; }
endef

$(VENV)/.demo: pyproject.toml
	$(call install,report)
	@echo "compiling the engine"
	@$(BIN)/sojourn simulate china-us --replicates 1 --quiet
	@touch $@

$(VENV)/.dev: pyproject.toml
	$(call install,dev)
	@touch $@

demo: $(VENV)/.demo
	@$(BIN)/sojourn demo

test: $(VENV)/.dev
	@echo "tests"
	@$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/check_style.py
	$(BIN)/python tools/check_docstrings.py

docs: $(VENV)/.dev
	@echo "documentation"
	@$(BIN)/python -m sphinx --fail-on-warning --keep-going --jobs auto --quiet docs docs/_build/html
	@echo "open docs/_build/html/index.html"

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build dist docs/_build
