"""Precisions as people write them, the one table of them, and whose peak counts."""

import math

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.facts.precisions import OPTIONS, PEAKS, PRECISIONS, match_precision, peak_column
from flopwatt.kernels.model.evaluate import evaluate_at
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Problem
from flopwatt.kernels.quantities import MODEL


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("BF16", "BF16"), ("bf16 (assumed)", "BF16"), ("fp16", "BF16"), ("fp16/bf16", "BF16"), ("bfloat16", "BF16"),
        ("FP8", "FP8"), ("FP8-CS", "FP8"), ("fp8 (FP8=True in config)", "FP8"), ("FP8 (BF16 MLA)", "FP8"), ("e4m3", "FP8"),
        ("FP8-MX", "MXFP8"), ("MXFP8", "MXFP8"), ("mx e5m2", "MXFP8"),
        ("int8", "INT8"), ("INT8 (AQT)", "INT8"), ("bf16, int8 optimizer", "BF16"),
        ("NVFP4", "NVFP4"), ("fp4 config", "NVFP4"), ("MXFP4", "NVFP4"), ("FP4/MX4", "NVFP4"),
    ],
)  # fmt: skip
def test_a_precision_as_it_is_written(text: str, name: str) -> None:
    precision = match_precision(text)
    assert precision is not None
    assert precision.name == name


@pytest.mark.parametrize("text", ["", "int3", "int4", "fp32", "tf32", "mixed", "MX", "fp6"])
def test_what_says_no_precision_of_the_table(text: str) -> None:
    assert match_precision(text) is None


def test_what_the_model_takes_of_each() -> None:
    assert {name: tuple(item.inputs.values()) for name, item in PRECISIONS.items()} == {
        "NVFP4": (4, 1), "MXFP8": (8, 1), "FP8": (8, 0), "BF16": (16, 0), "INT8": (8, 0),
    }  # fmt: skip
    assert all(set(item.inputs) == {"precision_bits", "block_scaling"} <= set(MODEL.quantities) for item in PRECISIONS.values())
    assert all(match_precision(name) is item for name, item in PRECISIONS.items())


def test_what_a_user_may_state_is_that_precision() -> None:
    assert OPTIONS == ("bf16", "fp16", "fp8", "fp4")
    for item in PRECISIONS.values():
        assert all(match_precision(option) is item for option in item.options)


@pytest.mark.parametrize("bits", [4.0, 5.0, 6.0, 8.0, 9.0, 16.0])
def test_the_peak_is_the_one_that_the_formula_takes(bits: float) -> None:
    peaks = {name: float(number) for number, name in enumerate(PEAKS.values(), 1)}
    problem = Problem(MODEL, Grid((Axis("precision_bits", {"precision_bits": np.array([bits])}),)), peaks)
    assert evaluate_at(problem, ["peak_flops"], np.array([0]))["peak_flops"][0] == peaks[peak_column(bits)]


def test_the_peaks_are_columns_of_the_hardware_table() -> None:
    table = configs.load("hardware")
    assert set(PEAKS.values()) <= set(table.columns)
    assert table.rows["h100-sxm-80gb"].values[PRECISIONS["MXFP8"].peak] == 1979e12
    assert math.isnan(table.rows["a100-sxm-80gb"].values[PRECISIONS["FP8"].peak])
    tpu = table.rows["tpu-v5e"].values
    (peak,) = PRECISIONS["INT8"].peaks(tpu).values()
    assert 1 / peak == pytest.approx((2 / tpu["peak_int8"] + 1 / tpu["peak_bf16"]) / 3)
    assert not PRECISIONS["FP8"].peaks(tpu)
