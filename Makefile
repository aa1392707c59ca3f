# make demo    set everything up and run the whole chain on pictures that it draws itself
# make test    set everything up, then lint, types, layers and tests
PYTHON ?= python3.11
VENV   := .venv
PY     := $(VENV)/bin/python
export OMP_NUM_THREADS ?= 1

.PHONY: demo test browser check lint docs venv clean
.DEFAULT_GOAL := test

venv: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $@

demo: venv
	$(VENV)/bin/latelier demo demo

lint: venv
	$(PY) -m ruff check src tests benchmarks docs
	$(PY) -m ruff format --check src tests benchmarks docs
	$(VENV)/bin/lint-imports --no-cache
	$(PY) -m mypy

# the map's page is tried in a browser; where there is none and nobody may install one, that is skipped
browser:
	@command -v chromium >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null \
		|| (apt-get update -qq && apt-get install -y -qq chromium) >/dev/null 2>&1 || true

test: lint browser
	$(PY) -m pytest -n 2

check: test

docs: venv
	$(PY) docs/build_reference.py

clean:
	rm -rf $(VENV) demo build dist
