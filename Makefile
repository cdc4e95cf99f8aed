# Everything a checkout needs. PYTHON chooses the interpreter that makes the environment.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run check test gpu driver lint house clean

run: .venv/core
	$(BIN)/flopwatt run nvidia-openai-10gw --save results --report results/nvidia-openai-10gw.html

# Compiled tests and modules are kept, whatever the environment says: to compile them anew costs each worker some seconds.
check: export PYTHONDONTWRITEBYTECODE =
check: lint
	$(BIN)/pytest -n 2 -m "not slow and not alone"

test: .venv/test
	$(BIN)/pytest -n 2 -m "not alone"
	$(BIN)/pytest -m alone

# On a machine with an NVIDIA GPU: everything there, or STAGE=check and so on alone. WHEELS=folder where no index can be reached.
ifdef WHEELS
export PIP_NO_INDEX := 1
export PIP_FIND_LINKS := $(abspath $(WHEELS))
endif
gpu: .venv/gpu
	@$(BIN)/python tests/gpu/session.py $(STAGE)

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

# Said before anything is installed: where no driver is, or no such stage.
driver:
	@$(PYTHON) tests/gpu/session.py --extra $(STAGE) >/dev/null

# The extra for the driver's CUDA; that of the tests would bring the compilers of CUDA 13.
.venv/gpu: pyproject.toml | driver
	@extra=$$($(PYTHON) tests/gpu/session.py --extra) && $(PYTHON) -m venv .venv && \
	  { $(BIN)/pip install -q --disable-pip-version-check -e ".[test-cpu,$$extra]" || { $(PYTHON) tests/gpu/session.py --needs; exit 1; }; }
	touch .venv/core $@

clean:
	rm -rf .venv build src/*.egg-info .mypy_cache .ruff_cache .pytest_cache
