"""Files of cases to findings, each kind of file by its own predictions."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from ..errors import InputError
from .case_names import told_apart
from .results import Findings, LeftOut
from .row_checks import sound_rows, unread_cell
from .rows import CaseRow, Cases, read, shipped
from .scores import with_hindsight

DRAWS = 2**12
# What is validated where no file is named.
SHIPPED = (
    "training_runs", "mlperf_power", "fleets", "step_times", "time_to_train", "bridge_perf", "serving", "services",
    "post_training",
)  # fmt: skip
_OF_A_STEP = ("source", "accelerator", "model", "gpus", "global_batch", "measured_step_s", "time_to_train_min")


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
        Where a file or a row is wrong, or a file is named twice.
    """
    _check_once(paths)
    findings = Findings()
    for cases in [read(path) for path in paths] or list(_shipped_once()):
        kind = kind_of(cases)
        rows, wrong = sound_rows(cases.rows) if paths and not unusual else (cases.rows, [])
        of_file = kind.predict(rows, draws)
        if not of_file.predicted and (error := unread_cell(rows)):
            raise error
        findings.left_out += wrong
        findings.add(of_file)
    return with_hindsight(told_apart(_finite(findings)))


def _check_once(paths: Sequence[Path]) -> None:
    """Raise InputError where a file is named twice, whose cases would count twice."""
    places = [str(path.resolve()) for path in paths]
    for path, place in zip(paths, places, strict=True):
        if places.count(place) > 1:
            raise InputError("is named twice; its cases would count twice", where=str(path))


def _shipped_once() -> Iterator[Cases]:
    """Read the cases that come with flopwatt; what stands in two files with a step is taken from the first."""
    seen: set[tuple[str, ...]] = set()
    for name in SHIPPED:
        cases = shipped(name)
        known = {
            row.where: tuple(row.text(column) for column in _OF_A_STEP) for row in cases.rows if row.text("measured_step_s")
        }
        yield replace(cases, rows=tuple(row for row in cases.rows if known.get(row.where) not in seen))
        seen |= set(known.values())


def _finite(findings: Findings) -> Findings:
    """Move predictions that overflowed to what is left out."""
    reason = "the prediction is no finite number above 0: a figure of the row is beyond anything real"
    finite, overflowed = [], []
    for case in findings.predicted:
        if case.predicted > 0 and math.isfinite(case.relative_error):
            finite.append(case)
        else:
            overflowed.append(LeftOut(case.name, case.quantity, reason, case.where))
    return Findings(finite, [*findings.left_out, *overflowed])


class Kind(Protocol):
    """A kind of cases: the columns that tell it, and how its rows are predicted."""

    @property
    def name(self) -> str:
        """What the kind is called, for a person."""
        ...

    @property
    def needs(self) -> frozenset[str]:
        """The columns that a file of this kind has; what has those of several kinds is predicted alike by all of them."""
        ...

    def predict(self, rows: Sequence[CaseRow], draws: int) -> Findings:
        """Predict rows; ``draws`` is how many joint draws an interval is taken from."""
        ...


def kinds() -> tuple[Kind, ...]:
    """List every kind of cases. A new kind is a module of its own with an object like these, and one more entry here."""
    from .fleets import FLEETS
    from .serving_cases import SERVING
    from .step_times import BRIDGE_PERF, STEP_TIMES, TIMES_TO_TRAIN
    from .training_runs import TRAINING_RUNS
    from .tuned_runs import POST_TRAINING
    from .whole_services import SERVICES

    return (TRAINING_RUNS, FLEETS, STEP_TIMES, TIMES_TO_TRAIN, BRIDGE_PERF, SERVING, SERVICES, POST_TRAINING)


def kind_of(cases: Cases) -> Kind:
    """Tell the kind of some cases by their columns. Raises InputError that names what each kind needs and lacks."""
    fitting = [kind for kind in kinds() if kind.needs <= cases.columns]
    if len({type(kind) for kind in fitting}) == 1:
        return fitting[0]
    needs = "; ".join(f"{kind.name} need {', '.join(sorted(kind.needs))}{_lacking(kind, cases)}" for kind in kinds())
    raise InputError(f"its columns do not say what it holds: {needs}", where=str(cases.path))


def _lacking(kind: Kind, cases: Cases) -> str:
    """Say which columns are not there of a kind that some are there of."""
    lacking = sorted(kind.needs - cases.columns)
    return f" (no {' and no '.join(lacking)})" if 0 < len(lacking) < len(kind.needs) else ""
