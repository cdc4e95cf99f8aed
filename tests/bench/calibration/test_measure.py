"""Measuring a device that is made up: its bandwidth, launches and power, what it lacks, and which chip it is."""

import pytest
from made_gpu import CHIP, DATE, MadeGpu, made_system

from flopwatt import configs
from flopwatt.bench.calibration import cublaslt
from flopwatt.bench.calibration.measure import chip_of, measure
from flopwatt.bench.errors import InputError


def test_bandwidth_launches_and_power_are_those_of_the_device() -> None:
    given = made_system().given
    assert given["memory_share"] == pytest.approx(0.9)
    assert given["launch_time"] == pytest.approx(80e-6)
    assert given["load"] == pytest.approx(0.96)


def test_a_driver_that_tells_no_power_gives_no_load() -> None:
    class Silent(MadeGpu):
        def load_watts(self, kind: str, size: int, seconds: float) -> None:
            return None

    system = measure(Silent(), CHIP, DATE, quick=True)
    assert system.watts is None
    assert "load" not in system.given


def test_a_quick_measurement_takes_four_squares_of_each_kind() -> None:
    products = measure(MadeGpu(), CHIP, DATE, quick=True).products
    assert [item.shape.m for item in products if item.precision == "BF16"] == [512, 1024, 2048, 4096]
    assert all(item.shape.m == item.shape.n == item.shape.k for item in products)


def test_a_precision_that_is_not_there_says_why() -> None:
    system = made_system()
    assert "no kernel" in system.absent["NVFP4"]
    assert "fp4_share" not in system.given
    assert {item.precision for item in system.products} == {"BF16", "FP8", "MXFP8"}


def test_without_any_product_there_is_nothing() -> None:
    class Broken(MadeGpu):
        def product_seconds(self, kind: str, shape: cublaslt.GemmShape, repeats: int) -> list[float]:
            raise cublaslt.CublasError("no")

    with pytest.raises(cublaslt.CublasError):
        measure(Broken(), CHIP, DATE)


@pytest.mark.parametrize(
    ("device", "key"),
    [("NVIDIA H100 80GB HBM3", "h100-sxm-80gb"), ("NVIDIA H200", "h200-sxm"), ("NVIDIA A100-SXM4-80GB", "a100-sxm-80gb"),
     ("NVIDIA B200", "b200-sxm"), ("NVIDIA GB200", "gb200-nvl72"), ("NVIDIA GB300", "gb300-nvl72"),
     ("NVIDIA A100-SXM4-40GB", "a100-sxm-40gb"), ("NVIDIA A800-SXM4-80GB", "a800-sxm-80gb")],
)  # fmt: skip
def test_the_chip_is_told_from_the_devices_name(device: str, key: str) -> None:
    assert chip_of("", device).key == key


def test_an_unknown_device_wants_the_flag() -> None:
    for device in ("Voodoo 5", "NVIDIA H200 NVL", "NVIDIA DGX Spark"):
        with pytest.raises(InputError, match="name one with the argument chip"):
            chip_of("", device)
    with pytest.raises(configs.FactError, match="'H1000' names no chip of the hardware table; did you mean 'h100'"):
        chip_of("H1000", "Voodoo 5")
    assert chip_of("H100", "Voodoo 5").key == "h100-sxm-80gb"
