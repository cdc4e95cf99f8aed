"""Calibration on a device that is made up: known efficiencies are found again, files and records are whole."""

import dataclasses
import json
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from flopwatt import configs
from flopwatt.bench.calibration import cublaslt, fit
from flopwatt.bench.cli import cli
from flopwatt.bench.commands.calibrate import record_of
from flopwatt.bench.errors import InputError
from flopwatt.bench.facts import system_file
from flopwatt.bench.records.store import load, save
from flopwatt.bench.step_time.predict import evaluate
from flopwatt.kernels import engines
from flopwatt.kernels.quantities import gemm

CHIP = configs.load("hardware").find("h100-sxm-80gb")
DATE = 2026.0


class Made:
    """A GPU whose products follow the formula, with noise; FP4 is not there."""

    name, bus, memory_bytes = "NVIDIA H100 80GB HBM3", None, 80 * 10**9

    def __init__(self, noise: float = 0.01):
        self.random, self.noise = np.random.default_rng(1), noise
        self.rate, self.depth, self.wave = 6.6e14, 0.3, 0.7

    def product_seconds(self, kind: str, shape: cublaslt.GemmShape, repeats: int) -> list[float]:
        if kind == "NVFP4":
            raise cublaslt.CublasError("cuBLASLt has no kernel for this product on this chip")
        rate = self.rate * {"BF16": 1.0, "FP8": 1.8, "MXFP8": 1.7}[kind]
        peak = CHIP.values["peak_bf16" if kind == "BF16" else "peak_fp8"]
        fill = self.depth * peak / CHIP.values["memory_bandwidth"]
        m, n, k = shape
        seconds = gemm.product_time(m, k, n, 1.0, rate, fill, 132, self.wave)
        return list(seconds * np.exp(self.random.normal(0, self.noise, repeats)))

    def copy_seconds(self, size: int, repeats: int) -> list[float]:
        return [2 * size / (0.9 * 3.35e12)] * repeats

    def launch_seconds(self, repeats: int) -> list[float]:
        return [4e-6] * repeats

    def load_watts(self, kind: str, size: int, seconds: float) -> float | None:
        return 672.0


@pytest.fixture(scope="module")
def system() -> fit.System:
    return fit.measure(Made(), CHIP, DATE)


def test_known_efficiencies_are_found(system: fit.System) -> None:
    known = {name: default.value for name, default in configs.defaults().items()} | CHIP.values | {"software_date": DATE}
    rate = float(evaluate({**known, **system.given}, ("bf16_rate",))["bf16_rate"])
    assert rate == pytest.approx(6.6e14, rel=0.02)
    assert system.given["tile_depth"] == pytest.approx(0.3, rel=0.15)
    assert system.given["wave_share"] == pytest.approx(0.7, abs=0.1)
    assert system.given["fp8_share"] == pytest.approx(0.9, rel=0.02)
    assert system.given["memory_share"] == pytest.approx(0.9)
    assert system.given["launch_time"] == pytest.approx(80e-6)
    assert system.given["load"] == pytest.approx(0.96)
    assert all(error < 0.03 for error in system.errors.values())


def test_a_precision_that_is_not_there_says_why(system: fit.System) -> None:
    assert "no kernel" in system.absent["NVFP4"]
    assert "fp4_share" not in system.given
    assert {item.precision for item in system.products} == {"BF16", "FP8", "MXFP8"}


def test_without_any_product_there_is_nothing() -> None:
    class Broken(Made):
        def product_seconds(self, kind: str, shape: cublaslt.GemmShape, repeats: int) -> list[float]:
            raise cublaslt.CublasError("no")

    with pytest.raises(cublaslt.CublasError):
        fit.measure(Broken(), CHIP, DATE)


def test_the_file_is_whole_and_is_read_back(system: fit.System, tmp_path: Path) -> None:
    path = tmp_path / "system.toml"
    path.write_text(fit.render(system, "cpu-1x-h100", Made.name, "580.1"))
    document = tomllib.loads(path.read_text())
    assert document["machine"]["chip"] == "h100-sxm-80gb"
    assert len(document["products"]) == len(system.products)
    found = system_file.read(path)
    assert found.chip == "h100-sxm-80gb"
    assert set(found.given) == set(system.given)
    for name, value in system.given.items():
        assert found.values()[name] == pytest.approx(value, rel=1e-3), name


HOSTILE = ('a"b\\c', "it's", "two\nlines", "\ttab \x7f \x01", "[x]\ny = 1 # no", '"""', "\\", "é ∞", "")


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_of_a_machine_is_read_back(name: str, system: fit.System, tmp_path: Path) -> None:
    text = fit.render(dataclasses.replace(system, absent={name: name}), name, name, name)
    document = tomllib.loads(text)
    assert [document["machine"][key] for key in ("name", "gpu", "driver")] == [name] * 3
    assert document["absent"] == {name: name}
    (tmp_path / "system.toml").write_text(text)
    assert system_file.read(tmp_path / "system.toml").chip == "h100-sxm-80gb"


def test_the_command_writes_a_file_that_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "availability", lambda _: SimpleNamespace(available=True))
    monkeypatch.setitem(sys.modules, "flopwatt.bench.calibration.gpu", SimpleNamespace(CupyGpu=lambda *_: Made()))
    path = tmp_path / "system.toml"
    done = CliRunner().invoke(cli, ["calibrate", "--quick", "--machine", 'a"b\\c', "--out", str(path)])
    assert done.exit_code == 0, done.output
    assert tomllib.loads(path.read_text())["machine"]["name"] == 'a"b\\c'
    assert system_file.read(path).chip == "h100-sxm-80gb"


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


@pytest.fixture
def measured(system: fit.System, tmp_path: Path) -> Path:
    path = tmp_path / "system.toml"
    path.write_text(fit.render(system, "cpu-1x-h100", Made.name, "580.1"))
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
        return json.loads(done.stdout)["answers"][0]["values"]["step_mfu"]["data"]

    done = CliRunner().invoke(cli, [*asked, "--system", str(measured)])
    assert done.exit_code == 2
    assert "add --set chip=h100-sxm-80gb" in done.output
    chip = ("--set", "chip=h100-sxm-80gb")
    assert best(*chip, "--system", str(measured)) != best(*chip)


def test_a_study_that_depends_on_none_of_them_refuses_them(measured: Path) -> None:
    asked = ["run", "quick", "--engine", "numpy", "--set", "chip=h100-sxm-80gb", "--system", str(measured)]
    done = CliRunner().invoke(cli, [*asked, "--question", "run time"])
    assert done.exit_code == 2
    assert done.output == f"Error: --system: the study depends on nothing that {measured} holds\n"
    assert CliRunner().invoke(cli, [*asked, "--question", "energy"]).exit_code == 0  # on the power at load


def test_another_chip_is_refused(measured: Path) -> None:
    asked = ["estimate", "--model", "llama-3.1-8b", "--chips", "8", "--chip", "b200", "--system", str(measured)]
    done = CliRunner().invoke(cli, asked)
    assert done.exit_code == 2
    assert done.output == f"Error: --system: {measured} was measured on h100-sxm-80gb, not on b200-sxm\n"


def test_without_a_strategy_an_estimate_takes_the_power_at_load(measured: Path, system: fit.System) -> None:
    asked = ["estimate", "--model", "llama-3.1-8b", "--chip", "h100", "--chips", "8", "--mfu", "0.4", "--json"]

    def energy(*more: str) -> float:
        return float(json.loads(CliRunner().invoke(cli, [*asked, *more]).stdout)["quantities"]["chip_energy"]["median"])

    assert energy("--system", str(measured)) == energy("--set", f"load={system.given['load']:.6g}")
    assert energy("--system", str(measured)) != energy()


def test_the_record_has_every_sample(system: fit.System, tmp_path: Path) -> None:
    record = record_of(system, 0)
    assert len(record.benchmarks) == len(system.products) + 2
    again = load(save(record, tmp_path, "made"))
    assert [b.samples for b in again.benchmarks] == [b.samples for b in record.benchmarks]
    assert len({b.key for b in record.benchmarks}) == len(record.benchmarks)


@pytest.mark.parametrize(
    ("device", "key"),
    [("NVIDIA H100 80GB HBM3", "h100-sxm-80gb"), ("NVIDIA H200", "h200-sxm"), ("NVIDIA A100-SXM4-80GB", "a100-sxm-80gb"),
     ("NVIDIA B200", "b200-sxm"), ("NVIDIA GB200", "gb200-nvl72"), ("NVIDIA GB300", "gb300-nvl72"),
     ("NVIDIA A100-SXM4-40GB", "a100-sxm-40gb"), ("NVIDIA A800-SXM4-80GB", "a800-sxm-80gb")],
)  # fmt: skip
def test_the_chip_is_told_from_the_devices_name(device: str, key: str) -> None:
    assert fit.chip_of("", device).key == key


def test_an_unknown_device_wants_the_flag() -> None:
    for device in ("Voodoo 5", "NVIDIA H100 PCIe", "NVIDIA RTX PRO 6000 Blackwell Server Edition"):
        with pytest.raises(InputError, match="name one with the argument chip"):
            fit.chip_of("", device)
    with pytest.raises(configs.FactError, match="there is no row 'H1000'"):
        fit.chip_of("H1000", "Voodoo 5")
    assert fit.chip_of("H100", "Voodoo 5").key == "h100-sxm-80gb"


def test_without_a_gpu_it_says_what_is_missing() -> None:
    if engines.availability("cupy").available:
        pytest.skip("this machine has a GPU")
    result = CliRunner().invoke(cli, ["calibrate"])
    assert result.exit_code == 2
    assert "needs an NVIDIA GPU and CuPy" in result.output
    assert "Traceback" not in result.output
