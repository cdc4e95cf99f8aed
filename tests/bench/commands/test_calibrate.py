"""``flopwatt calibrate``, and the file that it writes as ``run`` and ``estimate`` take it by --system."""

import json
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from made_gpu import MadeGpu, made_system

from flopwatt.bench.calibration.render import render
from flopwatt.bench.cli import cli
from flopwatt.bench.facts import system_file
from flopwatt.kernels import engines


def test_the_command_writes_a_file_that_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "availability", lambda _: SimpleNamespace(available=True))
    monkeypatch.setitem(sys.modules, "flopwatt.bench.calibration.gpu", SimpleNamespace(CupyGpu=lambda *_: MadeGpu()))
    path = tmp_path / "system.toml"
    done = CliRunner().invoke(cli, ["calibrate", "--quick", "--machine", 'a"b\\c', "--out", str(path)])
    assert done.exit_code == 0, done.output
    assert tomllib.loads(path.read_text())["machine"]["name"] == 'a"b\\c'
    assert system_file.read(path).chip == "h100-sxm-80gb"


def test_without_a_gpu_it_says_what_is_missing() -> None:
    if engines.availability("cupy").available:
        pytest.skip("this machine has a GPU")
    result = CliRunner().invoke(cli, ["calibrate"])
    assert result.exit_code == 2
    assert "needs an NVIDIA GPU and CuPy" in result.output
    assert "Traceback" not in result.output


MACHINE = '[machine]\nchip = "h100-sxm-80gb"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no system file: machine is missing; it needs a [machine]"),
        ("[given]\nmatmul_share = 0.6\n", "is no system file: machine is missing"),
        (MACHINE + "[given]\n", "is no system file: given is empty"),
        (MACHINE + "given = 3\n", "is no system file: given is missing"),
        ("machine = 3\n[given]\nmatmul_share = 0.6\n", "is no system file: machine must be a table with chip, not 3"),
        ('[machine]\nchip = "abacus"\n[given]\nmatmul_share = 0.6\n', "machine.chip must be a key of the hardware table"),
        (MACHINE + '[given]\nnonsense = "1 m"\n', "given.nonsense is no input of the model"),
        (MACHINE + "[given]\nbf16_rate = 1\n", "given.bf16_rate is no input of the model"),
        (MACHINE + '[given]\ntile_depth = "3 s"\n', "given.tile_depth"),
        (MACHINE + "[given]\nmatmul_share = -1\n", "given.matmul_share must"),
        (MACHINE + "[given]\nmatmul_share = []\n", "given.matmul_share must be a number, not a list"),
        (MACHINE + "[given]\nmatmul_share = {}\n", "given.matmul_share must be a number, not a table"),
        (MACHINE + "[given]\nmatmul_share = [true]\n", "given.matmul_share must be a number, not a list"),
        (MACHINE + "[given]\nmatmul_share = 2026-01-02\n", "given.matmul_share must be a number, not a date"),
        ("[given", "TOML"),
    ],
)
@pytest.mark.parametrize("command", [["run", "quick"], ["estimate", "--model", "llama-3.1-8b", "--chip", "h100", "--tp", "1"]])
def test_a_file_of_another_kind_is_refused(command: list[str], text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text(text)
    chips = ["--chips", "8"] if command[0] == "estimate" else []
    done = CliRunner().invoke(cli, [*command, *chips, "--system", str(path)])
    assert done.exit_code == 2
    assert done.output.startswith("Error: --system: ")
    assert says in done.output
    assert str(path) in done.output


@pytest.mark.parametrize("command", [["run", "strategy-deepseek-v3"], ["estimate", "--model", "llama-3.1-8b", "--chips", "8"]])
def test_a_measurement_far_from_all_that_is_known_is_refused(command: list[str], tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text(MACHINE + "[given]\nmemory_bandwidth = 3.35\n")
    chip = ["--set", "chip=h100-sxm-80gb", "--engine", "numpy"] if command[0] == "run" else ["--chip", "h100", "--tp", "1"]
    done = CliRunner().invoke(cli, [*command, *chip, "--system", str(path)])
    assert done.exit_code == 2
    assert "memory_bandwidth is 3.35 byte/s; what is known lies between 819 GB/s and 22 TB/s (hardware); did" in done.output
    assert "3.35 TB/s? --unusual takes it as it is" in done.output


@pytest.fixture
def measured(tmp_path: Path) -> Path:
    path = tmp_path / "made_system().toml"
    path.write_text(render(made_system(), "cpu-1x-h100", MadeGpu.name, "580.1"))
    return path


def test_an_estimate_takes_the_measured_efficiencies(measured: Path) -> None:
    asked = ["estimate", "--model", "llama-3.1-8b", "--chip", "h100", "--chips", "8", "--strategy", "auto", "--json"]

    def mfu(*more: str) -> float:
        done = CliRunner().invoke(cli, [*asked, *more])
        assert done.exit_code == 0, done.output
        return float(json.loads(done.stdout)["quantities"]["mfu"]["median"])

    with_file = mfu("--system", str(measured))
    by_hand = mfu(*(part for text in system_file.read(measured).sets() for part in ("--set", text)))
    assert with_file == by_hand
    assert with_file != pytest.approx(mfu(), rel=1e-6)


def test_a_study_takes_them_for_that_chip_alone(measured: Path) -> None:
    asked = ["run", "strategy-deepseek-v3", "--engine", "numpy", "--question", "best", "--set", "chip_count=256", "--json"]
    for name in ("precision_bits=16", "expert_parallel=8", "zero_stage=1", "context_parallel=1", "microbatch_size=1"):
        asked += ["--set", name]

    def best(*more: str) -> Any:
        done = CliRunner().invoke(cli, [*asked, *more])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)["answers"][0]["values"]["P50(step_mfu)"]["data"]

    done = CliRunner().invoke(cli, [*asked, "--system", str(measured)])
    assert done.exit_code == 2
    assert "add --set chip=h100-sxm-80gb" in done.output
    chip = ("--set", "chip=h100-sxm-80gb")
    assert best(*chip, "--system", str(measured)) != best(*chip)


def test_a_study_that_depends_on_none_of_them_refuses_them(measured: Path) -> None:
    asked = ["run", "quick", "--engine", "numpy", "--set", "chip=h100-sxm-80gb", "--set", "mfu=0.4", "--system", str(measured)]
    done = CliRunner().invoke(cli, [*asked, "--question", "run time"])
    assert done.exit_code == 2
    assert done.output == f"Error: --system: the study depends on nothing that {measured} holds\n"
    assert CliRunner().invoke(cli, [*asked, "--question", "energy"]).exit_code == 0  # on the power at load


def test_another_chip_is_refused(measured: Path) -> None:
    asked = ["estimate", "--model", "llama-3.1-8b", "--chips", "8", "--chip", "b200", "--system", str(measured)]
    done = CliRunner().invoke(cli, asked)
    assert done.exit_code == 2
    assert done.output == f"Error: --system: {measured} was measured on h100-sxm-80gb, not on b200-sxm\n"


def test_without_a_strategy_an_estimate_takes_the_power_at_load(measured: Path) -> None:
    asked = ["estimate", "--model", "llama-3.1-8b", "--chip", "h100", "--chips", "8", "--mfu", "0.4", "--json"]

    def energy(*more: str) -> float:
        return float(json.loads(CliRunner().invoke(cli, [*asked, *more]).stdout)["quantities"]["chip_energy"]["median"])

    assert energy("--system", str(measured)) == energy("--set", f"load={made_system().given['load']:.6g}")
    assert energy("--system", str(measured)) != energy()


LIMITED = ["estimate", "--model", "llama-3.1-8b", "--tokens", "1e12", "--chips", "8", "--chip", "H100 500W"]


@pytest.mark.parametrize(("chip", "fits"), [("h100-sxm-80gb-500w", True), ("h100-sxm-80gb-900w", False), ("H100", False)])
def test_a_system_file_may_be_of_a_chip_under_a_power_limit(chip: str, fits: bool, tmp_path: Path) -> None:
    path = tmp_path / "system.toml"
    path.write_text(f'[machine]\nchip = "{chip}"\n[given]\nload = 0.9\n')
    done = CliRunner().invoke(cli, [*LIMITED, "--system", str(path)])
    assert (done.exit_code == 0) is fits, done.output
    assert fits or "machine.chip must be a key of the hardware table" in done.output
    other = CliRunner().invoke(cli, ["run", "quick", "--engine", "numpy", "--set", "chip=h100 600w", "--system", str(path)])
    assert not fits or f"was measured on {chip}; the study has h100-sxm-80gb-600w" in other.output
