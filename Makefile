# Everything a checkout needs. PYTHON chooses the interpreter that makes the environment.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run check test lint house clean

run: .venv/core
	$(BIN)/flopwatt run nvidia-openai-10gw --engine all --save results --report results/nvidia-openai-10gw.html

# Compiled tests and modules are kept, whatever the environment says: to compile them anew costs each worker some seconds.
check: export PYTHONDONTWRITEBYTECODE =
check: lint
	$(BIN)/pytest -n 2 -m "not slow and not alone"

test: .venv/test
	$(BIN)/pytest -n 2 -m "not alone"
	$(BIN)/pytest -m alone

lint: .venv/test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

house: .venv/core
	$(BIN)/python tests/house.py

.venv/core: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check -e '.[report]'
	touch $@

.venv/test: .venv/core
	$(BIN)/pip install -q --disable-pip-version-check -e '.[test]'
	touch $@

clean:
	rm -rf .venv build src/*.egg-info .mypy_cache .ruff_cache .pytest_cache
