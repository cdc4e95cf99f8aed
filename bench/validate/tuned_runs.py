"""Published times of post-training, predicted: fine-tuning, adapters, reinforcement learning and single steps of it.

A case states quantities of its run in their own units; what else a time depends on is drawn, as an estimate draws it. Where a
source leaves out too much, the case says what, and is not predicted. Steps that what software adds was fitted to (``fitted``)
are predicted by what those of other models say of it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
from .rows import CaseRow, UnpredictableError

COLUMNS = frozenset({"post_training", "task", "published"})
_TIME = "run_time"
_QUANTITIES = {"rl": "rl_time", "sft": "tuning_time"}
_APART = "rl_apart"


@dataclass(frozen=True)
class PostTrainingKind:
    """Files of post-training."""

    name: str = "post-training"
    needs: frozenset[str] = COLUMNS

    def predict(self, rows: Sequence[CaseRow], draws: int) -> Findings:
        """Predict each time from what its case states, with so many draws."""
        findings = Findings()
        runs: list[_Run] = []
        for row in rows:
            name, quantity = row.text("post_training"), _QUANTITIES.get(row.text("task"), row.text("task"))
            try:
                runs.append(_run(row))
            except InputError as error:
                findings.left_out.append(LeftOut(name, quantity, error.message, row.where))
            except UnpredictableError as error:
                findings.left_out.append(LeftOut(name, quantity, str(error), row.where))
        fits = _left_out_fits(runs)
        for run in runs:
            own = fits.get(run.row.text("model")) if run.fitted else None
            findings.predicted.append(_predicted(run, own.of(run.scenario) if own is not None else run.scenario, draws))
        return findings


POST_TRAINING = PostTrainingKind()


@dataclass(frozen=True)
class _Run:
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


def _run(row: CaseRow) -> _Run:
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
    return _Run(row, run_of(request, (_TIME,)).scenario, apart)


def _left_out_fits(runs: Sequence[_Run]) -> dict[str, RlPace]:
    """Fit what software adds without each model, by its name."""
    fitted = sorted((run for run in runs if run.fitted), key=lambda run: run.row.text("post_training"))  # in whatever order
    steps = [(run.row.text("model"), run.step()) for run in fitted]
    models = dict.fromkeys(model for model, _ in steps)
    others = {model: [step for name, step in steps if name != model] for model in models}
    return {model: fit_pace(own) for model, own in others.items() if own}


def fit_of_all(rows: Sequence[CaseRow]) -> RlPace:
    """Fit what software adds to all steps that it is fitted to: what configs/defaults.toml holds."""
    return fit_pace([_run(row).step() for row in rows if row.cells.get("fitted")])


def _predicted(run: _Run, scenario: Scenario, draws: int) -> Predicted:
    row = run.row
    unit, time = row.text("unit"), spreads_alone(scenario, (_TIME,), draws)[_TIME]
    factor = units.factor(time.quantity.unit) / units.factor(unit)
    low, middle, high = (end * factor if end is not None else math.nan for end in (time.low, time.median, time.high))
    labels = case_labels(find("hardware", row.text("chip"), "chip"), source=row.text("source"))
    return Predicted(
        row.text("post_training"), _QUANTITIES[row.text("task")], unit, row.positive("published"), middle, low, high,
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
