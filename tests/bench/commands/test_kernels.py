"""``flopwatt kernels``: the table for people, JSON, and one line where something is wrong or missing."""

import json
import sys

import pytest
from click.testing import CliRunner

from flopwatt.bench.cli import cli
from flopwatt.kernels.analysis import disassembler, resources
from flopwatt.kernels.analysis.compilers import compiler
from flopwatt.kernels.analysis.resources import ENGINES

ONE = ["--engine", "cupy", "--arch", "sm_90", "--dtype", "float32"]


@pytest.mark.slow
@pytest.mark.parametrize("width", [80, 120])
def test_the_command_prints_every_kernel(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("cuda.bindings")
    monkeypatch.setenv("COLUMNS", str(width))
    done = CliRunner().invoke(cli, ["kernels", "quick", *ONE])
    assert done.exit_code == 0, done.output
    for word in ("cheapest", "decide", "counts-wide", "registers", "occupancy", "NVRTC"):
        assert word in done.output
    assert max(map(len, done.output.splitlines())) <= width
    if disassembler.nvdisasm():
        for words in ("a second", "a prediction, no measurement", "132 multiprocessors at 1.98 GHz"):
            assert words in " ".join(done.output.split())


@pytest.mark.slow
def test_without_nvdisasm_a_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("cuda.bindings")
    for module in (disassembler, resources):
        monkeypatch.setattr(module, "nvdisasm", lambda: None)
    done = CliRunner().invoke(cli, ["kernels", "quick", *ONE])
    assert done.exit_code == 0, done.output
    assert "pip install nvidia-cuda-nvdisasm" in " ".join(done.output.split())
    assert "prediction" not in done.output
    assert "registers" in done.output


@pytest.mark.slow
def test_the_command_as_json() -> None:
    pytest.importorskip("cuda.bindings")
    done = CliRunner().invoke(
        cli, ["kernels", "quick", "--engine", "cupy", "--arch", "sm_100", "--dtype", "float64", "--set", "mfu=0.4", "--json"]
    )
    rows = json.loads(done.stdout)["kernels"]
    assert {row["kernel"] for row in rows} >= {"decide", "summary", "range", "counts"}
    assert all(row["registers"] > 0 and row["arch"] == "sm_100" and row["dtype"] == "float64" for row in rows)
    if disassembler.nvdisasm():
        for row in rows:
            assert row["inner_loop"]["instructions"] >= row["inner_loop"]["points"] > 0
            (prediction,) = row["predictions"]
            assert prediction["gpu"] == "B200"
            assert 1e9 < prediction["points_per_second"] < 1e14


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--engine", "numpy"], "there are cupy, numba-cuda"),
        (["--arch", "90"], "write it as sm_90"),
        (["--arch", "sm_99", "--engine", "cupy"], "the compiler knows"),
        (["--dtype", "float16"], "there are float64, float32"),
    ],
)
def test_wrong_flags_are_one_line(arguments: list[str], said: str) -> None:
    pytest.importorskip("cuda.bindings")
    done = CliRunner().invoke(cli, ["kernels", "quick", *arguments])
    assert done.exit_code == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_a_missing_compiler_is_one_line_that_says_what_to_install(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("cuda.bindings")
    compiler(engine)  # numba-cuda that is imported for the first time without its libraries would stay half imported
    for name in ("cuda.bindings.nvrtc", "cuda.bindings.nvjitlink", "cupy", "cupy.cuda"):
        monkeypatch.setitem(sys.modules, name, None)
    done = CliRunner().invoke(cli, ["kernels", "quick", "--engine", engine])
    assert done.exit_code == 2
    assert "pip install 'flopwatt[cuda13]'" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
