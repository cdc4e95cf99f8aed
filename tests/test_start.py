"""What a command loads before it answers: nothing that it was not asked for, on an empty cache and on a full one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("altair", "jinja2", "numba", "pandas", "pyarrow", "pycountry", "pydantic", "scipy.stats", "tomlkit", "xarray")
ONCE = ("importlib.metadata", "numpy.ma", "scipy")  # what is kept of them is enough the second time
COMMANDS = {
    "run": ["run", "quick", "--engine", "numpy"],
    "estimate": ["estimate", "--model", "llama-3.1-405b", "--chip", "h100-sxm-80gb", "--chips", "16384", "--tokens", "15.6e12"],
    "serve": ["serve", "--model", "llama-3.1-405b", "--chip", "h100-sxm-80gb", "--chips", "64", "--interactivity", "20"],
}


def loaded_by(arguments: list[str], cache: Path) -> set[str]:
    """List the modules that a command loads, packages' own and those within them."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "flopwatt", *arguments],
        env={**os.environ, "FLOPWATT_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_loads_what_it_needs(name: str, tmp_path: Path) -> None:
    first = loaded_by(COMMANDS[name], tmp_path)
    assert not first.intersection(HEAVY)
    second = loaded_by(COMMANDS[name], tmp_path)
    assert not second.intersection((*HEAVY, *ONCE))
    assert "numpy" in second


def test_help_loads_no_arrays(tmp_path: Path) -> None:
    assert not loaded_by(["--help"], tmp_path).intersection((*HEAVY, *ONCE, "numpy", "rich"))
