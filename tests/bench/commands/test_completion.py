"""What the shell offers at the Tab key, through click's own protocol; it loads no library of numbers for that."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from flopwatt import configs
from flopwatt.bench.cli import cli
from flopwatt.bench.commands import completion
from flopwatt.kernels import engines
from flopwatt.kernels.quantities import MODEL

HEAVY = ("numpy", "numba", "pint", "scipy", "pyarrow", "xarray", "rich", "pydantic")


def offered(*args: str) -> list[str]:
    *typed, begun = args
    complete = ShellComplete(cli, {}, "flopwatt", "_FLOPWATT_COMPLETE")
    return [item.value for item in complete.get_completions(typed, begun) if item.type == "plain"]


@pytest.mark.parametrize(
    ("args", "value"),
    [
        (["ini"], "init"),
        (["run", "qu"], "quick"),
        (["plan", "front"], "frontier-run"),
        (["run", "quick", "--engine", "numba-"], "numba-cuda"),
        (["run", "quick", "--set", "pu"], "pue="),
        (["run", "quick", "--set", "run_ti"], "run_time="),
        (["run", "quick", "--question", "chea"], "cheapest"),
        (["run", "quick", "--out", "answers.x"], "answers.xlsx"),
        (["report", "qu"], "quick"),
        (["report", "quick", "--question", "chea"], "cheapest"),
        (["estimate", "--model", "llama-3.1-4"], "llama-3.1-405b"),
        (["estimate", "--chip", "H100-s"], "h100-sxm-80gb"),
        (["estimate", "--country", "fr"], "france"),
        (["init", "x", "--chip", "h100-sxm-80gb,b200"], "h100-sxm-80gb,b200-sxm"),
        (["estimate", "--framework", "torcht"], "torchtitan"),
        (["estimate", "--benchmark", "llama31_8"], "llama31_8b"),
        (["estimate", "--like", "met"], "Meta"),
        (["show", "hard"], "hardware"),
        (["show", "hardware", "gb200"], "gb200-nvl72"),
        (["show", "quantities", "site_en"], "site_energy"),
        (["show", "studies", "qu"], "quick"),
    ],
)
def test_what_is_typed_is_completed(args: list[str], value: str) -> None:
    assert value in offered(*args)


def test_every_engine_table_and_quantity_is_offered() -> None:
    assert set(offered("run", "quick", "--engine", "")) == {"auto", "all", *engines.NAMES}
    assert set(offered("show", "")) >= {*configs.tables(), "studies", "quantities"}
    names = {name.removesuffix("=") for name in offered("run", "quick", "--set", "")}
    names -= {"model", "chip"}  # the study's axes of facts
    assert names == {name for name in MODEL.quantities if not name.startswith(("mfu_", "practice_")) or name in names}
    assert offered("run", "quick", "--set", "pue=") == []
    assert "chip=" in offered("run", "quick", "--set", "chi")
    assert set(offered("show", "hardware", "")) == set(configs.load("hardware").rows)


def test_a_study_that_is_none_offers_no_questions() -> None:
    assert offered("run", "no-such-study.toml", "--question", "") == []


def test_it_is_quick_since_it_loads_no_library_of_numbers() -> None:
    words = "flopwatt estimate --chip h100-s"
    loaded = f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    code = f"import sys; from flopwatt.bench.cli import cli\ntry: cli(prog_name='flopwatt')\nfinally: {loaded}"
    env = {**os.environ, "_FLOPWATT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": "3"}
    result = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert result.stdout.splitlines()[0] == "plain,h100-sxm-80gb"
    assert result.stderr == "[]\n"


def test_names_stand_beside_keys() -> None:
    items = completion.chips("gb200", None)  # type: ignore[arg-type]
    assert [(item.value, item.help) for item in items] == [("gb200-nvl72", "GB200 NVL72")]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("run qu", "quick"),
        ("report nv", "nvidia-openai-10gw"),
        ("diff qu", "quick"),
        ("diff quick --question chea", "cheapest"),
        ("estimate --model llama-3.1-405", "llama-3.1-405b"),
        ("estimate --currency E", "EUR"),
        ("run quick --currency g", "GBP"),
        ("show model dee", "deepseek-v3"),
        ("run quick --set chip = h", "h100-sxm-80gb"),
        ("run quick --set chip =", "a100-sxm-80gb"),
        ("run quick --set chip = h100-sxm-80gb,b20", "h100-sxm-80gb,b200-sxm"),
        ("run quick --engine = nump", "numpy"),
        ("run quick --out answers.p", "answers.parquet"),
        ("run no-such-stu", ""),
    ],
)
def test_bash_is_left_with_the_names(tmp_path: Path, words: str, name: str) -> None:
    program = tmp_path / "flopwatt"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m flopwatt "$@"\n')
    program.chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    typed = ["flopwatt", *words.split()]
    script = """
        source /dev/stdin <<< "$(_FLOPWATT_COMPLETE=bash_source flopwatt)"
        compopt() { :; }  # only a terminal has it
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
        _flopwatt_completion flopwatt
        printf '%s\n' "${COMPREPLY[@]}"
    """
    result = subprocess.run(["bash", "-c", script, "bash", *typed], env=env, capture_output=True, text=True, check=False)
    assert name in result.stdout.split("\n")
    assert result.stderr == ""
