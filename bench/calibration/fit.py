"""Fit the efficiencies of the step-time model to measured products.

They are fitted through the model's own formula (kernels/quantities/gemm.py): the rate of large products, the fill and drain of
a tile and the share of an unfilled wave that is not hidden, for BF16; for the other precisions their rate over BF16's. Mean
absolute errors are stated beside them.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ... import configs
from ...kernels.quantities import gemm
from ..facts.precisions import PRECISIONS
from ..step_time import predict
from .measured_device import KINDS, Measured

SHARES = {"FP8": "fp8_share", "NVFP4": "fp4_share"}  # what is fitted of a kind beside BF16

_product_time: Callable[..., Any] = gemm.product_time


def fit_efficiencies(
    measured: Sequence[Measured], chip: configs.FactRow, date: float
) -> tuple[dict[str, float], list[Measured], dict[str, float]]:
    """Fit efficiencies to measured products.

    Parameters
    ----------
    measured
        Products of BF16 and of whichever other kinds could be measured.
    chip
        The chip's row of the hardware table.
    date
        Of the software, as a calendar year and its fraction.

    Returns
    -------
    given
        Efficiencies by the name of the quantity, in base units.
    products
        The same products with what the fitted formula says of them, in seconds.
    errors
        Mean absolute relative errors, by precision.
    """
    from scipy.optimize import least_squares

    facts, units = chip.values, chip.values["compute_units"]
    known = {**{name: d.value for name, d in configs.defaults().items()}, **facts, "software_date": date}
    start = predict.evaluate({**known, "matmul_share": 1.0}, ("bf16_rate",))["bf16_rate"]  # what a share of one means
    groups = {kind: [item for item in measured if item.precision == kind] for kind in KINDS}

    def seconds(items: Sequence[Measured], rate: float, depth: float, wave: float, peak: float) -> Any:
        m, n, k = np.array([item.shape for item in items], float).T
        # row-major m x k by k x n, as the model counts them
        return _product_time(m, k, n, 1.0, rate, depth * peak / facts["memory_bandwidth"], units, wave)

    base = groups["BF16"]
    base_seconds = np.log([item.seconds for item in base])

    def residuals(x: Any) -> Any:
        return np.log(seconds(base, math.exp(x[0]), math.exp(x[1]), x[2], facts["peak_bf16"])) - base_seconds

    guess = [math.log(max(item.rate for item in base)), math.log(known["tile_depth"]), known["wave_share"]]
    x = least_squares(
        residuals, guess, bounds=([0.0, math.log(1e-4), 0.0], [80.0, math.log(100.0), 1.0]), loss="soft_l1", f_scale=0.1
    ).x
    rate, depth, wave = math.exp(x[0]), math.exp(x[1]), float(x[2])
    given = {"matmul_share": rate / float(start), "tile_depth": depth, "wave_share": wave, "software_date": date}
    products, errors = [], {}
    for kind, items in groups.items():
        if not items:
            continue
        peak = facts[PRECISIONS[kind].peak]
        ratios = [item.seconds / s for item, s in zip(items, seconds(items, rate, depth, wave, peak), strict=True)]
        own = rate / float(np.median(ratios)) if kind != "BF16" else rate
        if kind in SHARES:
            given[SHARES[kind]] = own / rate / (peak / facts["peak_bf16"])
            if kind == "FP8":
                given["promotion_share"] = 1.0  # what is measured has it
        predicted = seconds(items, own, depth, wave, peak)
        products += [replace(item, predicted=float(s)) for item, s in zip(items, predicted, strict=True)]
        errors[kind] = float(np.mean([abs(s / i.seconds - 1) for i, s in zip(items, predicted, strict=True)]))
    return given, products, errors
