"""Published times to train of MLPerf: predicted from the measured step, where there is one, and from the model's own step."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ... import configs
from ..estimate import strategy_search
from ..estimate.convergence import TrainTime, benchmark, match_benchmark, names, train_time
from ..estimate.submission_habits import UsualPrecision, usual_batch, usual_precision, usual_step
from ..facts import cells
from ..facts.cells import RowError
from ..facts.chips import match_chip
from ..stats.distributions import lognormal_interval
from ..step_time import left_out
from ..step_time.predict import Prediction, predict
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
    by_column = {str(column).lower(): cell for column, cell in row.cells.items()}
    name = f"{cells.text(by_column, 'model')} on {cells.text(by_column, 'gpus')} {cells.text(by_column, 'accelerator')}"
    try:
        published = cells.stated(by_column, COLUMN)
        if published is None:
            return Findings()
        run, measured = _run(by_column), cells.stated(by_column, "measured_step_s")
    except RowError as error:
        return Findings([], [LeftOut(name, OWN, str(error))])
    case_of = _Case(name, published, _chips(by_column), cells.text(by_column, "source"))
    findings = Findings()
    if measured is not None:
        findings.predicted.append(case_of.of_measured(train_time(run.rules, run.batch, measured)))
    try:
        step = _own_step(by_column, run)
    except RowError as error:
        findings.left_out.append(LeftOut(name, OWN, str(error)))
        return findings
    findings.predicted.append(case_of.of_own(train_time(run.rules, run.batch, step.seconds, step.spread), step.case))
    return findings


def states_time_alone(row: CaseRow) -> bool:
    """Tell whether a row publishes a time to train and no step."""
    return bool(row.text(COLUMN)) and not row.text("measured_step_s")


def _run(row: Mapping[str, object]) -> _Run:
    """Read benchmark, chips and batch. Raises RowError where no benchmark of its name is known."""
    source, model = cells.text(row, "source"), cells.text(row, "model")
    named, mlperf_round = re.search("|".join(sorted(names(), key=len, reverse=True)), source), _ROUND.search(source)
    of_model = match_benchmark(model) or match_benchmark(f"{model} lora" if "lora" in source.lower() else "")
    key = named[0] if named else of_model.key if of_model else ""
    if not key:
        raise RowError(f"its benchmark is not known; known are {', '.join(names())}")
    rules, chips = benchmark(key, mlperf_round[1].lower() if mlperf_round else ""), cells.whole(row, "gpus")
    batch = usual_batch(rules, chips) if cells.blank(cells.text(row, "global_batch")) else cells.whole(row, "global_batch")
    return _Run(rules, chips, batch)


@dataclass(frozen=True)
class _Case:
    """A row's name, the minutes that it publishes, its chips and its source."""

    name: str
    minutes: float
    chips: configs.FactRow | tuple[configs.FactRow, ...]
    source: str

    def of_measured(self, time: TrainTime) -> Predicted:
        """Make the finding of a time that follows from the measured step."""
        return self._finding(GIVEN_STEP, time, case_labels(self.chips, source=self.source))

    def of_own(self, time: TrainTime, step: StepCase) -> Predicted:
        """Make the finding of a time that follows from a predicted step."""
        labels = case_labels(self.chips, precision=step.precision, framework=step.framework, source=self.source)
        return self._finding(OWN, time, labels, step.notes)

    def _finding(self, quantity: str, time: TrainTime, labels: Mapping[str, str], notes: Sequence[str] = ()) -> Predicted:
        predicted = time.seconds / _MINUTE
        low, high = lognormal_interval(predicted, time.spread)
        note = "; ".join(filter(None, (*notes, time.convergence.note)))
        return Predicted(self.name, quantity, "min", self.minutes, predicted, low, high, note=note, labels=labels)


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
    chip = match_chip(cells.text(row, "accelerator")).row
    usual = usual_precision(chip) if chip is not None and cells.blank(cells.text(row, "precision")) else None
    if usual is not None:
        stated["precision"] = usual.name
    if any(not cells.blank(cells.text(row, part)) for part in _STRATEGY):
        return left_out.predict_unseen([_noting(case(stated), usual)])[0]
    step = case({**stated, "global_batch": run.chips})  # one replica a chip, before a search
    best = predict([_searched(_noting(step, usual), run.batch)])[0]
    seconds, spread = usual_step(best.seconds, best.spread)
    return replace(best, seconds=seconds, spread=spread)


def _noting(step: StepCase, usual: UsualPrecision | None) -> StepCase:
    """Note that a step's precision is that of submissions; as it is where it is stated."""
    return step if usual is None else replace(step, notes=(*step.notes, f"{usual.name}, as no precision is stated"))


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


def _chips(row: Mapping[str, object]) -> configs.FactRow | tuple[configs.FactRow, ...]:
    return match_chip(cells.text(row, "accelerator")).row or ()
