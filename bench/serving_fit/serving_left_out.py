"""Constants of serving fitted without one model, one source or one chip at a time: what predicts rows not seen.

A row that was fitted on is predicted by the constants without its model; which of the fits that is, its name alone says.
"""

import functools
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ... import configs
from ...kernels.validation.validator import Validator
from ..terminal.numbers import significant
from ..terminal.toml_text import start_document
from .serving_constants import ConstantFit
from .serving_rows import ServingCase

Floats = NDArray[np.float64]
LEFT_OUT = configs.FOLDER / "prior" / "serving_left_out.toml"
BY_MODEL, BY_SOURCE, BY_CHIP = "model", "family", "chip"  # fields of a case
_STORED = (BY_MODEL, BY_SOURCE)
Fits = Mapping[str, Mapping[str, float]]
_FORM = Validator[dict[str, dict[str, dict[str, float]]]](dict[str, dict[str, dict[str, float]]])
_HEAD = """\
# The constants of serving as fitted without one model at a time, and without one source. Written by
# `python -m flopwatt.bench.serving_fit --rows FILE.csv --write`.
"""


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


def render(fits: Mapping[str, Fits]) -> str:
    """Write configs/prior/serving_left_out.toml as text.

    Parameters
    ----------
    fits
        By the field that is left out, those of each of its values.
    """
    import tomlkit

    document = start_document(_HEAD)
    for by, own in fits.items():
        table = tomlkit.table(is_super_table=True)
        for group, constants in own.items():
            table[group] = {name: significant(value, 4) for name, value in constants.items()}
        document[by] = table
    return tomlkit.dumps(document)


@functools.cache
def stored_fits() -> Mapping[str, Fits]:
    """Read configs/prior/serving_left_out.toml: by what is left out, then by its value. Raises FactError."""
    document = configs.read_toml(LEFT_OUT)
    configs.check_form(_FORM, document, LEFT_OUT)
    return {
        by: {group: {name: float(value) for name, value in constants.items()} for group, constants in own.items()}
        for by, own in document.items()
    }


def was_fitted_on(case: ServingCase) -> bool:
    """Tell whether the constants were fitted to rows like one: of its benchmark, model and chip."""
    return case.model in stored_fits()[BY_MODEL]
