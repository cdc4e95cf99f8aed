"""Published step times as kinds of cases for ``flopwatt validate``: step_time of each row, memory where it was measured."""

from collections.abc import Sequence
from dataclasses import dataclass

from ... import configs
from ..facts.cells import RowError
from ..step_time import left_out, predict
from ..step_time.rows import BRIDGE_COLUMNS, STEP_COLUMNS, case
from .case_labels import case_labels
from .results import Findings, LeftOut, Predicted
from .rows import CaseRow
from .training_times import COLUMN, find_times, states_time_alone


@dataclass(frozen=True)
class StepKind:
    """Rows with measured step times, times to train or both; what was fitted on is predicted without its source.

    Intervals are of the quantity ``step_time_spread``, so ``draws`` are not used.
    """

    name: str
    needs: frozenset[str]

    def predict(self, rows: Sequence[CaseRow], draws: int) -> Findings:
        """Predict every row that can be; the others are listed with the reason."""
        findings, cases, places = Findings(), [], []
        for row in rows:
            findings.add(find_times(row).read_from(row.where))
            if states_time_alone(row):
                continue
            try:
                cases.append(case(row.cells))
                places.append(row.where)
            except RowError as error:
                findings.left_out.append(LeftOut(_name(row), "step_time", str(error), row.where))
        for item, where in zip(left_out.predict_unseen(cases), places, strict=True):
            findings.add(Findings(_figures(item)).read_from(where))
        return findings


def _name(row: CaseRow) -> str:
    """Name a row whose step cannot be predicted by what it says of itself."""
    chips = " ".join(filter(None, (row.text("gpus"), row.text("accelerator") or row.text("system"))))
    return " on ".join(filter(None, (row.text("model"), chips))) or row.where


def _figures(item: predict.Prediction) -> list[Predicted]:
    low, high = predict.interval(item)
    peers = {} if item.case.peer_seconds is None else {_tool(item.case.peer): item.case.peer_seconds}
    note = "; ".join(item.case.notes)
    chip = configs.load("hardware").rows[item.case.chip]
    labels = case_labels(chip, precision=item.case.precision, framework=item.case.framework, source=item.case.source)
    figures = [Predicted(item.case.name, "step_time", "s", item.case.seconds, item.seconds, low, high, peers, note, labels)]
    if item.case.memory is not None:
        figures.append(Predicted(item.case.name, "memory_per_chip", "byte", item.case.memory, item.memory, labels=labels))
    return figures


def _tool(text: str) -> str:
    """Name the tool by the first word of who predicted: ``calculon caa4b11, system ...`` is calculon."""
    return text.split()[0].rstrip(",") if text else "another tool"


STEP_TIMES = StepKind("step times", STEP_COLUMNS)
TIMES_TO_TRAIN = StepKind("times to train", frozenset({"accelerator", "gpus", COLUMN}))
BRIDGE_PERF = StepKind("Megatron-Bridge throughput", BRIDGE_COLUMNS)
