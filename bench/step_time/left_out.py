"""Step times predicted without their source: fits that leave out one source at a time, and which rows they are for.

A row is one that was fitted on where every input of the model is that of a published row; what was measured is not looked at.
"""

import functools
from collections.abc import Mapping, Sequence

import numpy as np

from ... import configs
from ...kernels.validation.validator import Validator
from ..terminal.numbers import significant
from ..terminal.toml_text import start_document
from . import fit, predict
from .rows import StepCase

LEFT_OUT = configs.FOLDER / "prior" / "step_time_left_out.toml"

Parameters = Mapping[str, float]
_FORM = Validator[dict[str, dict[str, float]]](dict[str, dict[str, float]])
_HEAD = """\
# The step-time model's parameters as fitted without one source at a time, with which `flopwatt validate` predicts the published
# rows of that source. Written by `python -m flopwatt.bench.step_time --write`.
"""


def fits_without(cases: Sequence[StepCase], by: str = "source") -> dict[str, dict[str, float]]:
    """Fit the model once without the cases of each source.

    Parameters
    ----------
    cases
        Published steps.
    by
        What is left out at a time: ``source``, or another field of a case, such as ``framework``.

    Returns
    -------
    dict
        By source the parameters of the fit to all others, by name, in base units.
    """
    groups = sorted({getattr(case, by) for case in cases})
    return {group: fit.fit([case for case in cases if getattr(case, by) != group]) for group in groups}


def predict_without(cases: Sequence[StepCase], fits: Mapping[str, Parameters], by: str = "source") -> list[predict.Prediction]:
    """Predict every case by the fit without its source.

    Parameters
    ----------
    cases
        Published steps.
    fits
        The fits, as `fits_without` makes them.
    by
        What they leave out, a field of a case.
    """
    return predict.predict_by(cases, [fits[getattr(case, by)] for case in cases])


def render(fits: Mapping[str, Parameters]) -> str:
    """Write configs/prior/step_time_left_out.toml as text."""
    import tomlkit

    document = start_document(_HEAD)
    for source, values in fits.items():
        document[source] = {name: significant(value, 4) for name, value in values.items()}
    return tomlkit.dumps(document)


@functools.cache
def stored_fits() -> Mapping[str, Parameters]:
    """Read the fits of configs/prior/step_time_left_out.toml, by the source that each leaves out. Raises FactError."""
    document = configs.read_toml(LEFT_OUT)
    configs.check_form(_FORM, document, LEFT_OUT)
    return {source: {name: float(value) for name, value in values.items()} for source, values in document.items()}


@functools.cache
def _fitted_rows() -> Mapping[bytes, tuple[str, ...]]:
    """Map the inputs of every published row to the sources that have such a row."""
    published, _ = predict.cases(predict.published_rows())
    result: dict[bytes, tuple[str, ...]] = {}
    for case, key in zip(published, _keys(published), strict=True):
        result[key] = (*result.get(key, ()), case.source)
    return result


def _keys(cases: Sequence[StepCase]) -> list[bytes]:
    """Return what tells cases apart: the inputs that their step time is predicted from."""
    if not cases:
        return []
    table = np.column_stack(list(predict.inputs(cases, ("predicted_step_time",)).values())) + 0.0  # -0 is 0
    return [row.tobytes() for row in table]


def sources_fitted_on(cases: Sequence[StepCase]) -> list[str]:
    """Tell for each case which source's fit to leave out: that of the published row of the same inputs, or none ('')."""
    result = []
    for case, key in zip(cases, _keys(cases), strict=True):
        sources = _fitted_rows().get(key, ())
        result.append(case.source if case.source in sources else sources[0] if sources else "")
    return result


def predict_unseen(cases: Sequence[StepCase]) -> list[predict.Prediction]:
    """Predict every case as one that the fit has not seen: what was fitted on by the fit without its source.

    Their notes say which were.
    """
    from dataclasses import replace

    fits = stored_fits()
    sources = sources_fitted_on(cases)
    told = [
        replace(case, notes=(*case.notes, f"fitted without {source}")) if source else case
        for case, source in zip(cases, sources, strict=True)
    ]
    return predict.predict_by(told, [fits[source] if source else {} for source in sources])
