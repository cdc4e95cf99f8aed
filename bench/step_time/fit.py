"""Fit the efficiencies of the step-time model to the published step times, and write configs/efficiency.toml.

Method: the most likely parameters a posteriori. A measured time is the predicted one times a lognormal error of standard
deviation ``noise``; a parameter's logarithm is normal around its guess (configs/prior/step_time.toml). Both sums of squares
are minimised together by SciPy's trust-region least squares. Rows of one source, model, chip and precision say much the same:
n of them weigh as the square root of n, so that a long table does not drown others. How well it predicts what it has not seen
is measured by leaving out all rows of one source at a time, and of one framework.
`python -m flopwatt.bench.step_time` does all of it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ... import configs
from ...kernels.quantities import MODEL
from ...kernels.validation.plain_tests import NO_OTHER_KEYS
from ...kernels.validation.validator import Validator
from ..terminal.numbers import significant
from ..terminal.toml_text import start_document
from . import predict
from .rows import StepCase

_SIZES = ("hidden_size", "layers", "vocabulary_size")  # that tell models apart
Floats = NDArray[np.float64]
PRIOR = configs.FOLDER / "prior" / "step_time.toml"
RESULT = configs.FOLDER / f"{configs.EFFICIENCY}.toml"


@dataclass(frozen=True)
class Belief:
    """What is held likely of a parameter beforehand: lognormal, ``spread`` the standard deviation of its logarithm."""

    name: str
    guess: float
    spread: float
    why: str


@dataclass(frozen=True)
class _Guess:
    guess: float
    spread: float
    why: str


@dataclass(frozen=True)
class _PriorFile:
    noise: float
    parameters: Mapping[str, _Guess]
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


_FORM = Validator[_PriorFile](_PriorFile)


def beliefs() -> tuple[float, list[Belief]]:
    """Read the noise of a step time (of its logarithm) and the beliefs from configs/prior/step_time.toml. Raises FactError."""
    file = configs.checked(_FORM, configs.read_toml(PRIOR), PRIOR)
    return file.noise, [Belief(name, row.guess, row.spread, row.why) for name, row in file.parameters.items()]


def weights(cases: Sequence[StepCase]) -> Floats:
    """Weigh each case: n rows of one source, model, chip and precision, which say much the same, weigh as n^(1/2) rows."""
    keys = [(c.source, c.chip, c.precision, *(c.inputs[size] for size in _SIZES)) for c in cases]
    count = Counter(keys)
    return np.array([count[key] ** -0.5 for key in keys])


def fit(cases: Sequence[StepCase]) -> dict[str, float]:
    """Fit the most likely parameters a posteriori, by name, in base units."""
    from scipy.optimize import least_squares

    noise, believed = beliefs()
    middle = np.log([b.guess for b in believed])
    spread = np.array([b.spread for b in believed])
    names = [b.name for b in believed]
    given = predict.inputs(cases, ("predicted_step_time",), names)
    known = _constants(given, names)
    measured, weight = np.log([c.seconds for c in cases]), np.sqrt(weights(cases))

    def residuals(x: Floats) -> Floats:
        seconds = predict.evaluate({**known, **dict(zip(names, np.exp(x), strict=True))}, ("predicted_step_time",))[
            "predicted_step_time"
        ]
        return np.concatenate([weight * (np.log(seconds) - measured) / noise, (x - middle) / spread])

    optimum = least_squares(residuals, middle, x_scale=spread, max_nfev=100)
    return {name: float(value) for name, value in zip(names, np.exp(optimum.x), strict=True)}


def _constants(given: Mapping[str, Floats], free: Sequence[str]) -> dict[str, Any]:
    """Compute, once, every quantity that no free parameter reaches; the inputs come along."""
    values: dict[str, Any] = {name: value for name, value in given.items() if name not in free}
    with np.errstate(all="ignore"):
        for item in MODEL.order(["predicted_step_time"], given):
            if item.name not in values and not item.given and all(p in values for p in item.parameters):
                values[item.name] = item(*(values[p] for p in item.parameters))
    return values


_HEAD = """\
# Efficiencies of the step-time model, written by `python -m flopwatt.bench.step_time --write`;
# `flopwatt.bench.step_time.fit` has the method. The date is that of the newest software among the step times.
#"""


def render(values: Mapping[str, float], cases: Sequence[StepCase], crossed: Sequence[predict.Prediction]) -> str:
    """Write configs/efficiency.toml as text.

    Parameters
    ----------
    values
        Fitted parameters, in base units.
    cases
        The published steps that they were fitted to.
    crossed
        The same steps, each predicted without its source.
    """
    import tomlkit

    _, believed = beliefs()
    seen = predict.summarise(predict.predict(cases, values))
    unseen = predict.summarise(crossed)
    errors = [f"# {s.group}: {s.n} step times, mean absolute error {s.mean_absolute:.1%}" for s in seen]
    errors += [
        f"# {s.group}: each source predicted by a fit to the others, mean absolute error {s.mean_absolute:.1%}" for s in unseen
    ]
    document, date = start_document("\n".join([_HEAD, *errors])), newest(cases)
    for belief in believed:
        source = f"fitted to {len(cases)} published step times; believed beforehand {belief.guess:g}: {belief.why}"
        value = significant(values[belief.name], 4)
        document[belief.name] = {"value": value, "unit": MODEL[belief.name].unit, "source": source, "date": date}
    return tomlkit.dumps(document)


def newest(cases: Sequence[StepCase]) -> str:
    """Return the month of the newest software that steps were taken with, as the facts write dates: ``2026-08``."""
    year, part = divmod(max(case.inputs["software_date"] for case in cases), 1)
    return f"{year:.0f}-{int(12 * part) + 1:02d}"
