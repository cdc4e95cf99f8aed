"""Fit the constants of serving to measured throughput, latency, power and energy, and write them as facts.

Method: the most likely constants a posteriori. A measured value is the predicted one times a lognormal error, wide for few
rows (soft L1); a constant's logarithm is normal around its guess (configs/prior/serving.toml). All is minimised together by
SciPy's trust-region least squares, each prediction being the model's own. Rows of one benchmark, model, chip, precision and
quantity say much the same: n of them weigh as the square root of n. Rows with a limit of latency are left out, since how much
load their submitters dared is theirs to choose, and energies where throughput and power are measured too. Software differs in
what each sequence of a step costs; all else is one set for all.
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
from .measured import ServedFigure
from .serving_predict import Served, measured_values
from .serving_rows import OTHER_SOFTWARE, ServingCase

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
PRIOR = configs.FOLDER / "prior" / "serving.toml"
RESULT = configs.FOLDER / f"{configs.SERVING_EFFICIENCY}.toml"
SOFTWARE = configs.FOLDER / "serving_software.toml"
SEQUENCE = "serving_sequence_overhead"
_POWER = (ServedFigure.CHIP_POWER, ServedFigure.WALL_POWER)
_ENERGY = (ServedFigure.CHIP_ENERGY, ServedFigure.WALL_ENERGY, ServedFigure.DECODE_ENERGY, ServedFigure.PREFILL_ENERGY)


@dataclass(frozen=True)
class ConstantBelief:
    """What is held likely of a constant beforehand: lognormal, ``spread`` the standard deviation of its logarithm."""

    guess: float
    spread: float
    why: str
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


@dataclass(frozen=True)
class SoftwareBelief:
    """The same of what each sequence of a step costs software of a name."""

    name: str
    guess: float
    spread: float
    why: str
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


@dataclass(frozen=True)
class _Beliefs:
    noise: Mapping[str, float]
    parameters: Mapping[str, ConstantBelief]
    software: Mapping[str, SoftwareBelief]
    spread: Mapping[str, ConstantBelief]
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


_FORM = Validator[_Beliefs](_Beliefs)


def beliefs() -> _Beliefs:
    """Read configs/prior/serving.toml: noise by kind of quantity, constants, software, the spread. Raises FactError."""
    return configs.checked(_FORM, configs.read_toml(PRIOR), PRIOR)


class ConstantFit:
    """Measured rows, ready to be fitted to, all of them or some.

    Parameters
    ----------
    cases
        The rows.
    """

    def __init__(self, cases: Sequence[ServingCase]):
        self.cases, known = tuple(cases), beliefs()
        self.programs = [case.software for case in cases]
        self.names = (*known.parameters, *(f"{SEQUENCE}.{key}" for key in known.software))
        held = [(own.guess, own.spread) for own in known.parameters.values()]
        held += [(own.guess, own.spread) for own in known.software.values()]
        self.middle, self.spread = np.log([guess for guess, _ in held]), np.array([spread for _, spread in held])
        self.served = Served(cases, (*known.parameters, SEQUENCE))
        self.logs = np.log(measured_values(cases))
        measured = [case.counted.measured for case in cases]
        kinds = ["power" if one in _POWER else "energy" if one in _ENERGY else "time" for one in measured]
        noise = np.array([known.noise[kind] for kind in kinds])
        keys = [(c.family, c.model, c.chip, c.precision, c.counted.measured) for c in cases]
        count = Counter(keys)
        self.weights = np.array([count[key] ** -0.5 for key in keys])
        self._scales = np.sqrt(self.weights) / noise
        own = {(c.name, c.counted.measured) for c in cases}
        twice = [one is ServedFigure.CHIP_ENERGY and (c.name, ServedFigure.CHIP_POWER) in own
                 and (c.name, ServedFigure.THROUGHPUT) in own for one, c in zip(measured, cases, strict=True)]  # fmt: skip
        limited = np.isfinite(self.served.limit) | np.isfinite(self.served.first)
        self.fitted_on: Mask = ~(limited | np.array(twice, dtype=bool))

    def values(self, logs: Floats) -> dict[str, Any]:
        """Turn logarithms into constants by name, what each sequence costs as a column by row."""
        constants = dict(zip(self.names, np.exp(logs).tolist(), strict=True))
        return self.columns(constants)

    def columns(self, constants: Mapping[str, float]) -> dict[str, Any]:
        """Turn constants by name into what rows are predicted from: what each sequence costs, by the row's software."""
        plain = {name: value for name, value in constants.items() if not name.startswith(f"{SEQUENCE}.")}
        return plain | {SEQUENCE: np.array([constants[f"{SEQUENCE}.{key}"] for key in self.programs])}

    def fit(self, keep: Mask | None = None, start: Mapping[str, float] | None = None) -> dict[str, float]:
        """Fit the most likely constants, by name, in base units.

        Parameters
        ----------
        keep
            The rows to fit to; None for all.
        start
            Where to look from; without, from the beliefs.
        """
        from scipy.optimize import least_squares

        first = self.middle if start is None else np.log([start[name] for name in self.names])
        used = self.fitted_on if keep is None else self.fitted_on & keep
        batch = self.served.batch(self.values(first))

        def residuals(x: Floats) -> Floats:
            off = (np.log(self.served.predict(self.values(x), batch)) - self.logs) * self._scales
            return np.concatenate([off[used], (x - self.middle) / self.spread])

        optimum = least_squares(residuals, first, x_scale=self.spread, loss="soft_l1", max_nfev=40)
        return dict(zip(self.names, np.exp(optimum.x).tolist(), strict=True))

    def off(self, constants: Mapping[str, float]) -> Floats:
        """Compute the logarithm of measured over predicted, by row."""
        return np.asarray(self.logs - np.log(self.served.predict(self.columns(constants))))

    def uncertainty(self, constants: Mapping[str, float]) -> dict[str, float]:
        """Compute each constant's standard error (of its logarithm) from the curvature at the optimum."""
        x, values = np.log([constants[name] for name in self.names]), []
        batch = self.served.batch(self.columns(constants))

        def off(point: Floats) -> Floats:
            return np.asarray(np.log(self.served.predict(self.values(point), batch)) * self._scales)[self.fitted_on]

        for i in range(len(x)):
            step = np.zeros_like(x)
            step[i] = 1e-4
            values.append((off(x + step) - off(x - step)) / 2e-4)
        curvature = np.array(values) @ np.array(values).T + np.diag(self.spread**-2.0)
        return dict(zip(self.names, np.sqrt(np.diag(np.linalg.inv(curvature))).tolist(), strict=True))


_HEAD = """\
# Constants of serving, written by `python -m flopwatt.bench.serving_fit --rows FILE.csv --write`;
# `flopwatt.bench.serving_fit.serving_constants` has the method, serving_intervals how spreads come about.
#"""


def render(
    constants: Mapping[str, float],
    errors: Mapping[str, float],
    spreads: Mapping[str, float],
    n: int,
    lines: Sequence[str],
    date: str,
) -> str:
    """Write configs/serving_efficiency.toml as text.

    Parameters
    ----------
    constants
        Fitted constants, in base units.
    errors
        The standard error of each one's logarithm.
    spreads
        The parts of the spreads, by the input's name.
    n
        Rows that were fitted on.
    lines
        What to say of the errors, one sentence each.
    date
        Of the newest rows.
    """
    import tomlkit

    document = start_document("\n".join([_HEAD, *(f"# {line}" for line in lines)]))
    for name, belief in beliefs().parameters.items():
        source = f"{_known(n, errors[name])}; believed beforehand {belief.guess:g}: {belief.why}"
        document[name] = {"value": significant(constants[name], 4), "unit": MODEL[name].unit, "source": source, "date": date}
    source = f"that of {beliefs().software[OTHER_SOFTWARE].name}, configs/serving_software.toml"
    document[SEQUENCE] = {
        "value": significant(constants[f"{SEQUENCE}.{OTHER_SOFTWARE}"], 4),
        "unit": "s",
        "source": source,
        "date": date,
    }
    for name, value in spreads.items():
        source = "measured serving, each predicted without its source and without its model: P10 to P90 holds four in five"
        document[name] = {"value": significant(value, 3), "unit": "", "source": source, "date": date}
    return tomlkit.dumps(document)


def _known(n: int, error: float) -> str:
    return f"fitted to {n} measurements of serving, known to {error:.0%}"


_SOFTWARE_HEAD = """\
# Time that software takes for each sequence of a step: sampling, detokenising, bookkeeping. Written by
# `python -m flopwatt.bench.serving_fit --rows FILE.csv --write`."""


def render_software(constants: Mapping[str, float], errors: Mapping[str, float], n: int, date: str) -> str:
    """Write configs/serving_software.toml as text.

    Parameters
    ----------
    constants, errors, n, date
        As in `render`.
    """
    import tomlkit

    document = start_document(_SOFTWARE_HEAD)
    document["title"] = "Serving software"
    document["columns"] = {SEQUENCE: "s"}
    rows = tomlkit.table(is_super_table=True)
    for key, belief in beliefs().software.items():
        name = f"{SEQUENCE}.{key}"
        source = f"{_known(n, errors[name])}; believed beforehand {belief.guess:g}: {belief.why}"
        rows[key] = {"name": belief.name, SEQUENCE: significant(constants[name], 4), "source": source, "date": date}
    document["rows"] = rows
    return tomlkit.dumps(document)
