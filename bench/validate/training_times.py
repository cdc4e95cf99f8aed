"""Published times to train of MLPerf: predicted from the measured step, where there is one, and from the model's own step."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ... import configs
from ..estimate import strategy_search
from ..estimate.convergence import TrainTime, benchmark, names, train_time
from ..estimate.submission_habits import UsualPrecision, usual_batch, usual_precision, usual_step
from ..facts import cells
from ..facts.cells import RowError
from ..facts.chips import match_chip
from ..step_time import left_out
from ..step_time.predict import P90, Prediction, predict
from ..step_time.rows import StepCase, case
from .case_labels import case_labels
from .results import Findings, LeftOut, Predicted
from .rows import CaseRow

COLUMN = "time_to_train_min"
OWN, GIVEN_STEP = "time_to_train", "time_to_train_given_step"
_STRATEGY = ("tp", "pp", "cp")
_ROUND = re.compile(r"\bMLPerf Training (v\d\.\d)", re.IGNORECASE)
_OF_RULES = {"seq": "sequence_length", "vocab": "vocabulary_size"}  # what the benchmark rules where a row does not state it
_MINUTE = 60.0


@dataclass(frozen=True)
class _Run:
    """What a row says of its run: the benchmark's rules, the chips, the batch."""

    rules: configs.FactRow
    chips: float
    batch: float


def find_times(row: CaseRow) -> Findings:
    """Predict the time to train that a row publishes; nothing where it publishes none.

    Parameters
    ----------
    row
        A row with the columns of step times.
    """
    low = {str(column).lower(): cell for column, cell in row.cells.items()}
    name = f"{cells.text(low, 'model')} on {cells.text(low, 'gpus')} {cells.text(low, 'accelerator')}"
    try:
        if cells.stated(low, COLUMN) is None:
            return Findings()
        run, measured = _run(low), cells.stated(low, "measured_step_s")
    except RowError as error:
        return Findings([], [LeftOut(name, OWN, str(error))])
    findings = Findings([], [])
    if measured is not None:
        labels = case_labels(_chips(low), source=cells.text(low, "source"))
        findings.predicted.append(_figure(low, GIVEN_STEP, (name, labels), train_time(run.rules, run.batch, measured)))
    try:
        step = _own_step(low, run)
    except RowError as error:
        findings.left_out.append(LeftOut(name, OWN, str(error)))
        return findings
    time = train_time(run.rules, run.batch, step.seconds, step.spread)
    labels = case_labels(
        _chips(low), precision=step.case.precision, framework=step.case.framework, source=cells.text(low, "source")
    )
    findings.predicted.append(_figure(low, OWN, (name, labels), time, step.case.notes))
    return findings


def states_time_alone(row: CaseRow) -> bool:
    """Tell whether a row publishes a time to train and no step."""
    return bool(row.text(COLUMN)) and not row.text("measured_step_s")


def _run(row: Mapping[str, object]) -> _Run:
    """Read benchmark, chips and batch. Raises RowError where no benchmark of its name is known."""
    source, model = cells.text(row, "source"), cells.text(row, "model")
    named = re.search("|".join(sorted(names(), key=len, reverse=True)), source) or None
    mlperf_round = _ROUND.search(source)
    key = named[0] if named else _of_model(model)
    if not key:
        raise RowError(f"its benchmark is not known; known are {', '.join(names())}")
    rules, chips = benchmark(key, mlperf_round[1].lower() if mlperf_round else ""), cells.whole(row, "gpus")
    batch = usual_batch(rules, chips) if cells.blank(cells.text(row, "global_batch")) else cells.whole(row, "global_batch")
    return _Run(rules, chips, batch)


def _of_model(model: str) -> str:
    """Name the benchmark that trains a model of this name; empty where there is none."""
    plain = re.sub(r"[^a-z0-9]", "", model.lower())
    rows = configs.load("benchmarks").rows
    return next((key for key in names() if re.sub(r"[^a-z0-9]", "", rows[key].shown.lower()) == plain), "")


def _figure(
    row: Mapping[str, object],
    quantity: str,
    case_of: tuple[str, Mapping[str, str]],
    time: TrainTime,
    notes: tuple[str, ...] = (),
) -> Predicted:
    name, labels = case_of
    factor, minutes = math.exp(P90 * time.spread), time.seconds / _MINUTE
    note = "; ".join(filter(None, (*notes, time.convergence.note)))
    published = cells.number(row, COLUMN)
    return Predicted(name, quantity, "min", published, minutes, minutes / factor, minutes * factor, note=note, labels=labels)


# --- the model's own step ---------------------------------------------------------------------------------------------


def _own_step(row: Mapping[str, object], run: _Run) -> Prediction:
    """Predict the step of a row, by the best strategy where it states none.

    Raises
    ------
    RowError
        Where a step of that model, chip or precision cannot be predicted, or no strategy fits.
    """
    stated = {**row, "measured_step_s": 1.0, "global_batch": run.batch}
    for column, rule in _OF_RULES.items():
        if cells.blank(cells.text(row, column)):
            stated[column] = run.rules.values[rule]
    usual = _usual_precision(row) if cells.blank(cells.text(row, "precision")) else None
    if usual is not None:
        stated["precision"] = usual.option
    if any(not cells.blank(cells.text(row, part)) for part in _STRATEGY):
        return left_out.predict_unseen([_computed_in(case(stated), usual)])[0]
    step = case({**stated, "global_batch": run.chips})  # one replica a chip, before a search
    best = predict([_searched(_computed_in(step, usual), run.batch)])[0]
    seconds, spread = usual_step(best.seconds, best.spread)
    return replace(best, seconds=seconds, spread=spread)


def _computed_in(step: StepCase, usual: UsualPrecision | None) -> StepCase:
    """Put the precision of submissions in a step's place, and note that it is not stated; as it is where it is stated."""
    if usual is None:
        return step
    notes = (*step.notes, f"{usual.name}, as no precision is stated")
    return replace(step, inputs={**step.inputs, **usual.peaks}, precision=usual.name, notes=notes)


def _searched(step: StepCase, batch: float) -> StepCase:
    """Put the best strategy in place of one replica a chip. Raises RowError where none fits."""
    known = {name: value for name, value in step.inputs.items() if name not in strategy_search.PARTS}
    try:
        best = strategy_search.best_strategy(known | {"batch_size": batch})
    except strategy_search.NoStrategyError as error:
        raise RowError(f"no strategy is stated, and {error}") from None
    return replace(
        step, inputs={**step.inputs, **best.inputs}, notes=(*step.notes, "about the best strategy, as none is stated")
    )


def _usual_precision(row: Mapping[str, object]) -> UsualPrecision:
    """Take the precision of submissions on the row's chip. Raises RowError where the chip is not known."""
    chip = match_chip(cells.text(row, "accelerator")).row
    if chip is None:
        raise RowError(f"no such chip in the hardware table: {cells.text(row, 'accelerator')!r}")
    return usual_precision(chip)


def _chips(row: Mapping[str, object]) -> configs.FactRow | tuple[configs.FactRow, ...]:
    return match_chip(cells.text(row, "accelerator")).row or ()
