"""Published times of post-training, predicted: fine-tuning, adapters, reinforcement learning and single steps of it.

A case states quantities of its run in their own units; what else a time depends on is drawn, as an estimate draws it. Where a
source leaves out too much, the case says what, and is not predicted. Steps that what software adds was fitted to (``fitted``)
are predicted by what shipped steps of other models say of it.
"""

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...kernels.model import units
from ...kernels.quantities import MODEL
from ..errors import InputError
from ..estimate.intervals import spreads_alone
from ..estimate.request import Request, find, run_of
from ..estimate.scenario import Scenario
from ..estimate.training_task import PostTraining
from .case_labels import case_labels
from .results import Findings, LeftOut, Predicted
from .rl_pace import MeasuredStep, RlPace, fit_pace, measured_step
from .rows import CaseRow, UnpredictableError, shipped

COLUMNS = frozenset({"post_training", "task", "published"})
_TIME = "run_time"
_QUANTITIES = {"rl": "rl_time", "sft": "tuning_time"}
_APART = "rl_apart"
_SHIPPED = "post_training"
_UNIT = "min"  # of all: steps of half a minute and runs of days stand in one table
_OF_RESULTS = ("published", "unit")


@dataclass(frozen=True)
class PostTrainingKind:
    """Files of post-training."""

    name: str = "post-training"
    needs: frozenset[str] = COLUMNS

    def predict(self, rows: Sequence[CaseRow], draws: int) -> Findings:
        """Predict each time from what its case states, with so many draws."""
        findings = Findings()
        runs: list[TunedRun] = []
        for row in rows:
            name, quantity = row.text("post_training"), _QUANTITIES.get(row.text("task"), row.text("task"))
            try:
                runs.append(_run(row))
            except InputError as error:
                findings.left_out.append(LeftOut(name, quantity, error.message, row.where))
            except UnpredictableError as error:
                findings.left_out.append(LeftOut(name, quantity, str(error), row.where))
        for run in runs:
            own = _fits_without().get(run.row.text("model")) if run.fitted else None
            findings.predicted.append(_predicted(run, own.of(run.scenario) if own is not None else run.scenario, draws))
        return findings


POST_TRAINING = PostTrainingKind()


@dataclass(frozen=True)
class TunedRun:
    """A case that was read, as a run."""

    row: CaseRow
    scenario: Scenario
    apart: bool

    @property
    def fitted(self) -> bool:
        """Whether what software adds was fitted to it."""
        return bool(self.row.cells.get("fitted"))

    @property
    def seconds(self) -> float:
        """What was published."""
        return self.row.positive("published") * units.factor(self.row.text("unit"))

    def step(self) -> MeasuredStep:
        """Return it as a measured step."""
        return measured_step(self.scenario, self.seconds, self.apart)


def tuned_run(row: CaseRow) -> TunedRun:
    """Read a case as a run.

    Raises
    ------
    UnpredictableError
        Says what the case lacks.
    InputError
        Names what its run cannot be.
    """
    task = row.text("task")
    if task not in _QUANTITIES:
        raise UnpredictableError(f"the task must be {' or '.join(_QUANTITIES)}, not {task!r}")
    if row.text("lacks"):
        raise UnpredictableError(f"not published: {row.text('lacks')}")
    if math.isnan(row.positive("published")):
        raise UnpredictableError("no time is published")
    given = dict(_given(row))
    apart = bool(given.pop(_APART, 0))
    asked = PostTraining(sft=task == "sft", rl=task == "rl", rl_apart=apart, lora=row.text("adapters") or None)
    stated = {name: str(value) for name, value in given.items()} | {"chip_count": row.text("chips")}
    request = Request(row.text("model"), chip=row.text("chip"), stated=stated, unusual=True, task=asked)
    return TunedRun(row, run_of(request, (_TIME,)).scenario, apart)


def _run(row: CaseRow) -> TunedRun:
    """Read a case as a run, which is read already where it is a shipped one that something is fitted to."""
    if row.cells.get("fitted"):
        known = _fitted_runs().get(row.text("post_training"))
        if known is not None and _without_results(known.row) == _without_results(row):
            return replace(known, row=row)
    return tuned_run(row)


def _without_results(row: CaseRow) -> Mapping[str, object]:
    return {name: cell for name, cell in row.cells.items() if name not in _OF_RESULTS}


@functools.cache
def _fitted_runs() -> Mapping[str, TunedRun]:
    """Read the shipped cases that what software adds is fitted to, by name."""
    return {row.text("post_training"): tuned_run(row) for row in shipped(_SHIPPED).rows if row.cells.get("fitted")}


@functools.cache
def _fits_without() -> Mapping[str, RlPace]:
    """Fit what software adds to all shipped steps but those of a model, by its name."""
    steps = [(run.row.text("model"), run.step()) for run in _fitted_runs().values()]
    return {model: fit_pace([step for name, step in steps if name != model]) for model in dict(steps)}


def _predicted(run: TunedRun, scenario: Scenario, draws: int) -> Predicted:
    row, time = run.row, spreads_alone(scenario, (_TIME,), draws)[_TIME]
    factor = units.factor(time.quantity.unit) / units.factor(_UNIT)
    low, middle, high = (end * factor if end is not None else math.nan for end in (time.low, time.median, time.high))
    labels = case_labels(find("hardware", row.text("chip"), "chip"), source=row.text("source"))
    return Predicted(
        row.text("post_training"), _QUANTITIES[row.text("task")], _UNIT, run.seconds / units.factor(_UNIT), middle, low, high,
        note=row.text("assumptions"), labels=labels, where=row.where,
    )  # fmt: skip


def _given(row: CaseRow) -> Mapping[str, float]:
    table = row.cells.get("given", {})
    if not isinstance(table, Mapping):
        raise UnpredictableError("given must be a table of quantities")
    unknown = next((name for name in table if name not in MODEL), None)
    if unknown is not None:
        raise UnpredictableError(f"given.{unknown} is no quantity")
    return table
