"""Constants of serving fitted without one model, one source or one chip at a time: what predicts rows not seen.

A row of a benchmark, model and chip that were fitted on is predicted by the constants without its model; any other row, of a
fitted model on another chip too, by those of all rows, which did not see it.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ... import configs
from ...kernels.validation.plain_tests import NO_OTHER_KEYS
from ...kernels.validation.validator import Validator
from ..terminal.numbers import significant
from ..terminal.toml_text import start_document
from .serving_constants import ConstantFit
from .serving_rows import OTHER_FAMILY, ServingCase

Floats = NDArray[np.float64]
LEFT_OUT = configs.FOLDER / "prior" / "serving_left_out.toml"
BY_MODEL, BY_SOURCE, BY_CHIP = "model", "family", "chip"  # fields of a case
Fits = Mapping[str, Mapping[str, float]]
FittedOn = Mapping[str, Mapping[str, Sequence[str]]]  # benchmark -> model -> chips
_HEAD = """\
# The constants of serving as fitted without one model at a time, and without one source. fitted_on says which chips each
# benchmark's rows of a model, that were fitted to, were on. Written by
# `python -m flopwatt.bench.serving_fit --rows FILE.csv --write`.
"""


@dataclass(frozen=True)
class _LeftOutFits:
    """What configs/prior/serving_left_out.toml holds."""

    fitted_on: FittedOn
    model: Fits
    family: Fits
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


_FORM = Validator[_LeftOutFits](_LeftOutFits)


def fits_without(fit: ConstantFit, by: str, start: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Fit once without the rows of each model, source or chip.

    Parameters
    ----------
    fit
        All rows.
    by
        The field of a case that is left out at a time.
    start
        Constants to look from: those of all rows.
    """
    groups = _groups(fit.cases, by)
    return {group: fit.fit(groups != group, start) for group in dict.fromkeys(groups.tolist())}


def off_without(fit: ConstantFit, by: str, fits: Fits) -> Floats:
    """Compute the logarithm of measured over predicted of every row by the fit without its model, source or chip.

    Parameters
    ----------
    fit, by
        As in `fits_without`.
    fits
        What it found.
    """
    groups, result = _groups(fit.cases, by), np.empty(len(fit.cases))
    for group, constants in fits.items():
        mask = groups == group
        result[mask] = fit.off(constants)[mask]
    return result


def _groups(cases: Sequence[ServingCase], by: str) -> NDArray[np.str_]:
    return np.array([str(getattr(case, by)) for case in cases])


def chips_fitted_on(fit: ConstantFit) -> FittedOn:
    """Collect by benchmark, then by model, the chips of the rows that constants were fitted to.

    Parameters
    ----------
    fit
        All rows.
    """
    used = {(c.family, c.model, c.chip) for c, kept in zip(fit.cases, fit.fitted_on, strict=True) if kept}
    result: dict[str, dict[str, list[str]]] = {}
    for family, model, chip in sorted(used):
        result.setdefault(family, {}).setdefault(model, []).append(chip)
    return result


def render(fits: Mapping[str, Fits], fitted_on: FittedOn) -> str:
    """Write configs/prior/serving_left_out.toml as text.

    Parameters
    ----------
    fits
        By the field that is left out, those of each of its values.
    fitted_on
        As `chips_fitted_on` collects it.
    """
    import tomlkit

    document = start_document(_HEAD)
    document["fitted_on"] = {family: dict(models) for family, models in fitted_on.items()}
    for by, own in fits.items():
        table = tomlkit.table(is_super_table=True)
        for group, constants in own.items():
            table[group] = {name: significant(value, 4) for name, value in constants.items()}
        document[by] = table
    return tomlkit.dumps(document)


@functools.cache
def _stored() -> _LeftOutFits:
    return configs.checked(_FORM, configs.read_toml(LEFT_OUT), LEFT_OUT)


def stored_fits() -> Mapping[str, Fits]:
    """Read the constants of configs/prior/serving_left_out.toml: by what is left out, then by its value. Raises FactError."""
    return {BY_MODEL: _stored().model, BY_SOURCE: _stored().family}


def was_fitted_on(case: ServingCase) -> bool:
    """Tell whether the constants were fitted to rows like one: of its benchmark, model and chip.

    A row that names no benchmark that is known may be of any.
    """
    fitted_on = _stored().fitted_on
    benchmarks = fitted_on if case.family == OTHER_FAMILY else {case.family} & set(fitted_on)
    return any(case.chip in fitted_on[family].get(case.model, ()) for family in benchmarks)
