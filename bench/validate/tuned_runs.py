"""Published times of post-training, predicted: fine-tuning, adapters, reinforcement learning and single steps of it.

A case states quantities of its run in their own units; what else a time depends on is drawn, as an estimate draws it. Where a
source leaves out too much, the case says what, and is not predicted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...kernels.model import units
from ...kernels.quantities import MODEL
from ..errors import InputError
from ..estimate.intervals import spreads_alone
from ..estimate.request import Request, find, run_of
from ..estimate.training_task import PostTraining
from .case_labels import case_labels
from .results import Findings, LeftOut, Predicted
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
        for row in rows:
            name, quantity = row.text("post_training"), _QUANTITIES.get(row.text("task"), row.text("task"))
            try:
                findings.predicted.append(_predicted(row, draws))
            except InputError as error:
                findings.left_out.append(LeftOut(name, quantity, error.message, row.where))
            except UnpredictableError as error:
                findings.left_out.append(LeftOut(name, quantity, str(error), row.where))
        return findings


POST_TRAINING = PostTrainingKind()


def _predicted(row: CaseRow, draws: int) -> Predicted:
    task = row.text("task")
    if task not in _QUANTITIES:
        raise UnpredictableError(f"the task must be {' or '.join(_QUANTITIES)}, not {task!r}")
    if row.text("lacks"):
        raise UnpredictableError(f"not published: {row.text('lacks')}")
    given, unit = dict(_given(row)), row.text("unit")
    adapters = row.text("adapters") or None
    asked = PostTraining(sft=task == "sft", rl=task == "rl", rl_apart=bool(given.pop(_APART, 0)), lora=adapters)
    stated = {name: str(value) for name, value in given.items()} | {"chip_count": row.text("chips")}
    request = Request(row.text("model"), chip=row.text("chip"), stated=stated, unusual=True, task=asked)
    run = run_of(request, (_TIME,))
    time = spreads_alone(run.scenario, (_TIME,), draws)[_TIME]
    factor = units.factor(time.quantity.unit) / units.factor(unit)
    low, middle, high = (end * factor if end is not None else None for end in (time.low, time.median, time.high))
    if middle is None:
        raise UnpredictableError(f"not known: {', '.join(time.missing)}")
    labels = case_labels(find("hardware", row.text("chip"), "chip"), source=row.text("source"))
    return Predicted(
        row.text("post_training"), _QUANTITIES[task], unit, row.positive("published"), middle, low, high,
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
