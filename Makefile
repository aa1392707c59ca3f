# make demo    set everything up and run the whole chain on pictures that it draws itself
# make test    set everything up, then lint, types, layers and tests
PYTHON ?= python3.11
VENV   := .venv
PY     := $(VENV)/bin/python
export OMP_NUM_THREADS ?= 1

.PHONY: demo test check lint docs venv clean
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

test: lint
	$(PY) -m pytest -n 2

check: test

docs: venv
	$(PY) docs/build_reference.py

clean:
	rm -rf $(VENV) demo build dist
