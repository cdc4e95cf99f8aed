"""Fitting efficiencies to products of a device that is made up: known ones are found again."""

import pytest
from made_gpu import CHIP, DATE, MadeGpu

from flopwatt import configs
from flopwatt.bench.calibration.cublaslt import GemmShape
from flopwatt.bench.calibration.fit import fit_efficiencies
from flopwatt.bench.calibration.measure import SHAPES, SQUARES
from flopwatt.bench.calibration.measured_device import Measured
from flopwatt.bench.step_time.predict import evaluate


def products(*kinds: str) -> list[Measured]:
    device, squares = MadeGpu(), [GemmShape(size, size, size) for size in SQUARES]
    return [
        Measured(kind, shape, tuple(device.product_seconds(kind, shape, 5))) for kind in kinds for shape in (*squares, *SHAPES)
    ]


def test_known_efficiencies_are_found() -> None:
    given, fitted, errors = fit_efficiencies(products("BF16", "FP8", "MXFP8"), CHIP, DATE)
    known = {name: default.value for name, default in configs.defaults().items()} | CHIP.values | {"software_date": DATE}
    rate = float(evaluate({**known, **given}, ("bf16_rate",))["bf16_rate"])
    assert rate == pytest.approx(6.6e14, rel=0.02)
    assert given["tile_depth"] == pytest.approx(0.3, rel=0.15)
    assert given["wave_share"] == pytest.approx(0.7, abs=0.1)
    assert given["fp8_share"] == pytest.approx(0.9, rel=0.02)
    assert set(errors) == {"BF16", "FP8", "MXFP8"}
    assert all(error < 0.03 for error in errors.values())
    for item in fitted:
        assert item.predicted == pytest.approx(item.seconds, rel=0.1)


def test_a_kind_that_was_not_measured_has_no_share_and_no_error() -> None:
    given, fitted, errors = fit_efficiencies(products("BF16"), CHIP, DATE)
    assert not {"fp8_share", "fp4_share"} & set(given)
    assert set(errors) == {"BF16"}
    assert {item.precision for item in fitted} == {"BF16"}
