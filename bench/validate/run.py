"""Files of cases to findings, and findings against stored bounds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from ... import configs
from ...kernels.validation.plain_tests import NO_OTHER_KEYS
from ...kernels.validation.validator import Validator
from ..errors import InputError
from .results import ErrorSummary, Findings, LeftOut, summaries
from .row_checks import sound_rows, unread_cell
from .rows import CaseRow, Cases, read, shipped

DRAWS = 2**12

# key in a bounds file -> (field of a summary, whether the bound is the least allowed, in words)
BOUNDS = {
    "least_n": ("n", True),
    "median": ("median_absolute_relative_error", False),
    "mean": ("mean_absolute_relative_error", False),
    "greatest": ("greatest_absolute_relative_error", False),
    "least_coverage": ("coverage", True),
    "most_coverage": ("coverage", False),
}


def validate(paths: Sequence[Path], draws: int = DRAWS, unusual: bool = False) -> Findings:
    """Predict the cases of these files, or of those that come with flopwatt.

    Parameters
    ----------
    paths
        Files of cases.
    draws
        How many joint draws each interval is taken from.
    unusual
        Whether figures of the files may be far from all that is published, or contradict one another.

    Raises
    ------
    InputError
        Where a file or a row is wrong.
    """
    findings = Findings()
    for cases in [read(path) for path in paths] or [shipped(name) for name in SHIPPED]:
        kind = kind_of(cases)
        rows, wrong = sound_rows(cases.rows) if paths and not unusual else (cases.rows, [])
        of_file = kind.predict(rows, draws)
        if not of_file.predicted and (error := unread_cell(rows)):
            raise error
        findings.left_out += wrong
        findings.add(of_file)
    return _finite(findings)


def _finite(findings: Findings) -> Findings:
    """Move predictions that overflowed to what is left out."""
    finite = [case for case in findings.predicted if case.predicted > 0 and math.isfinite(case.relative_error)]
    reason = "the prediction is no finite number above 0: a figure of the row is beyond anything real"
    overflowed = [LeftOut(case.name, case.quantity, reason) for case in findings.predicted if case not in finite]
    return Findings(finite, [*findings.left_out, *overflowed])


def beyond(findings: Findings, path: Path) -> list[str]:
    """Write a line for each bound that a summary does not keep. Raises InputError where the file is wrong.

    The file has a table per quantity: ``[chip_hours]`` with ``median = 0.14``, ``least_n = 20`` and so on. A quantity that
    is bounded and was not predicted at all is beyond its bounds.
    """
    try:
        bounds = configs.checked(_BOUNDS_FORM, configs.read_toml(path), path)
    except configs.FactError as error:
        raise InputError(str(error)) from None
    summary = summaries(findings.predicted)
    lines = []
    for quantity, table in bounds.items():
        for key, bound in table.written().items():
            line = _beyond(quantity, summary.get(quantity), key, bound)
            lines += [line] if line else []
    return lines


@dataclass(frozen=True)
class _Bounds:
    """The bounds of a quantity as a file has them: the keys of BOUNDS."""

    least_n: float | None = None
    median: float | None = None
    mean: float | None = None
    greatest: float | None = None
    least_coverage: float | None = None
    most_coverage: float | None = None
    __pydantic_config__: ClassVar = NO_OTHER_KEYS

    def written(self) -> dict[str, float]:
        """Return those that the file has, by key."""
        return {key: bound for key in BOUNDS if (bound := getattr(self, key)) is not None}


_BOUNDS_FORM = Validator[dict[str, _Bounds]](dict[str, _Bounds])


def _beyond(quantity: str, summary: ErrorSummary | None, key: str, bound: float) -> str:
    if summary is None:
        return f"{quantity}: nothing was predicted, and {key} is bounded"
    field, least = BOUNDS[key]
    value = getattr(summary, field)
    if value is None:
        return f"{quantity}: no {field.replace('_', ' ')}, and {key} is bounded"
    if (value < bound) if least else (value > bound):
        return (
            f"{quantity}: {field.replace('_', ' ')} is {value:.4g}, {'at least' if least else 'at most'} {bound:g} is asked for"
        )
    return ""


SHIPPED = ("training_runs", "fleets", "step_times", "bridge_perf")  # what is validated where no file is named


class Kind(Protocol):
    """A kind of cases: the columns that tell it, and how its rows are predicted."""

    @property
    def name(self) -> str:
        """What the kind is called, for a person."""
        ...

    @property
    def needs(self) -> frozenset[str]:
        """The columns that a file of this kind has, and no other kind's has all of."""
        ...

    def predict(self, rows: Sequence[CaseRow], draws: int) -> Findings:
        """Predict rows; ``draws`` is how many joint draws an interval is taken from."""
        ...


def kinds() -> tuple[Kind, ...]:
    """List every kind of cases. A new kind is a module of its own with an object like these, and one more entry here."""
    from .fleets import FLEETS
    from .step_times import BRIDGE_PERF, STEP_TIMES
    from .training_runs import TRAINING_RUNS

    return (TRAINING_RUNS, FLEETS, STEP_TIMES, BRIDGE_PERF)


def kind_of(cases: Cases) -> Kind:
    """Tell the kind of some cases by their columns. Raises InputError that names what each kind needs."""
    fitting = [kind for kind in kinds() if kind.needs <= cases.columns]
    if len(fitting) == 1:
        return fitting[0]
    needs = "; ".join(f"{kind.name} need {', '.join(sorted(kind.needs))}" for kind in kinds())
    raise InputError(f"its columns do not say what it holds: {needs}", where=str(cases.path))
