"""What the answer to a decision holds: the decision, statistics by the names they are asked by, and shares of the draws.

A name is what a study would write to ask for the number: ``P50(cost)``, ``share(run_time <= 120 day)``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from ...kernels.model import units
from ...kernels.model.condition import Condition
from ...kernels.model.promises import at_confidences, comparisons
from ...kernels.model.quantity import Model
from ...kernels.model.questions import Decision, Result
from ...kernels.model.statistics import AnyPromise, Measure, Promise, SharePromise, Statistic
from ...kernels.reductions.decisions import SPREAD
from ..terminal import numbers
from .column import Array, Column, Maker
from .parts import Nearest, Parts


def spread_of(question: Decision) -> tuple[Statistic, ...]:
    """List the quantiles of the objective's quantity that are told beside it; none where no draw changes it."""
    if question.objective.measure is Measure.VALUE:
        return ()
    return tuple(Statistic(question.objective.quantity, Measure.QUANTILE, share) for share in SPREAD)


def condition_text(condition: Condition, model: Model) -> str:
    """Write a condition as a study does, its number exact: ``run_time <= 120 day``."""
    if isinstance(condition.value, str):
        return f"{condition.quantity} {condition.op} {condition.value}"
    return f"{condition.quantity} {condition.op} {_number_text(condition.value, condition.quantity, model)}"


def _number_text(value: float, name: str, model: Model) -> str:
    """Write a number (base units) in the unit that people read, where that says all of it; else in the quantity's own."""
    item = model[name]
    if item.show in units.RATIOS:  # a share stays the number that it is, so that answers of all versions have one name for it
        item = replace(item, show="")
    own = float(units.from_base(value, item.unit))
    number, _, unit = numbers.show(own, item).replace(",", "").partition(" ")
    unit = next((one for one in (item.unit, item.show) if unit == f"{one}s"), unit)
    try:
        exact = " " not in unit and units.parse(f"{number} {unit}", item.unit) == value  # digits, and no word such as million
    except units.UnitError:
        exact = False
    return f"{number} {unit}".rstrip() if exact else f"{own:.15g} {item.unit}".rstrip()


def share_name(conditions: Iterable[Condition], model: Model) -> str:
    """Name the share of the draws that meet some conditions at once: ``share(run_time <= 120 day and cost <= 1e+07 USD)``."""
    return f"share({' and '.join(dict.fromkeys(condition_text(condition, model) for condition in conditions))})"


def promised_name(promise: AnyPromise, model: Model) -> str:
    """Name what a promise is about: ``P80(run_time)``, or a share of the draws."""
    return str(promise.statistic) if isinstance(promise, Promise) else share_name(promise.conditions, model)


def met_name(promise: AnyPromise, model: Model) -> str:
    """Name the share of the draws that meet a promise's conditions."""
    return share_name(promise.on_a_draw(), model)


def met_all_name(question: Decision, model: Model) -> str:
    """Name the share of the draws that meet the conditions of every promise at once; empty where nothing is promised."""
    conditions = [condition for promise in question.promises for condition in promise.on_a_draw()]
    return share_name(conditions, model) if conditions else ""


def comparison_text(comparison: Condition | AnyPromise, model: Model) -> str:
    """Write a condition or a promise as a study does, its number exact: ``P80(run_time) <= 120 day``."""
    if isinstance(comparison, Condition):
        return condition_text(comparison, model)
    if isinstance(comparison, SharePromise):
        return f"{promised_name(comparison, model)} {comparison.op} {100 * float(comparison.share):g}%"
    written = condition_text(comparison.on_a_draw()[0], model)
    return str(comparison.statistic) + written.removeprefix(comparison.statistic.quantity)


def failed_names(question: Decision, model: Model) -> list[str]:
    """Write each condition that decisions may miss by a little, in the order in which engines count those that fail it."""
    return [_held_text(comparison, question, model) for comparison in comparisons(at_confidences(question)[0], soft=True)]


def _held_text(comparison: Condition | AnyPromise, question: Decision, model: Model) -> str:
    if question.confidences and isinstance(comparison, SharePromise):
        return f"{promised_name(comparison, model)} >= confidence"
    return comparison_text(comparison, model)


def decision(maker: Maker, question: Decision, result: Result) -> Parts:
    """Put the decisions of all groups into columns.

    Parameters
    ----------
    maker
        Of the columns.
    question
        What was decided.
    result
        What an engine decided, in base units.
    """
    index = np.asarray(result.values["index"])
    objective = question.objective
    values = {str(objective): maker.column(objective.quantity, np.asarray(result.values["objective"]))}
    values |= _new(values, _conditions(maker, question, index, np.asarray(result.values["promised"])))
    for i, statistic in enumerate(spread_of(question)):
        column = maker.column(objective.quantity, np.asarray(result.values["spread"])[..., i])
        values |= _new(values, {str(statistic): column})
    values |= _new(values, _shares(maker, question, np.asarray(result.values["met"])))
    if name := met_all_name(question, maker.problem.model):
        values |= _new(values, {name: Column(np.asarray(result.values["met_all"]))})
    confidences = {"confidence": Column(np.array([float(share) for share in question.confidences]))}
    at = maker.coordinates_at(question, index, uncertain=False)
    return Parts(confidences if question.confidences else {}, values, at, _nearest(maker, question, result))


def _new(columns: Mapping[str, Column], more: Mapping[str, Column]) -> dict[str, Column]:
    """Leave out what there is already: the median that is asked for is the median of the spread, too."""
    return {name: column for name, column in more.items() if name not in columns}


def _conditions(maker: Maker, question: Decision, index: Array, promised: Array) -> dict[str, Column]:
    """Tell what is promised of decisions, by their flat index, and the quantities that conditions are about."""
    model, columns = maker.problem.model, {}
    for i, promise in enumerate(question.promises):
        data = promised[..., i]
        columns[promised_name(promise, model)] = (
            maker.column(promise.statistic.quantity, data) if isinstance(promise, Promise) else Column(data)
        )
    quantities = [name for condition in question.where for name in condition.names()]
    bounds = [promise.value for promise in question.promises if isinstance(promise, Promise) and isinstance(promise.value, str)]
    return columns | maker.quantities_at([*dict.fromkeys([*quantities, *bounds])], index)


def _shares(maker: Maker, question: Decision, met: Array) -> dict[str, Column]:
    model = maker.problem.model
    return {met_name(promise, model): Column(met[..., i]) for i, promise in enumerate(question.promises)}


def _nearest(maker: Maker, question: Decision, result: Result) -> Nearest | None:
    """Tell the nearest decisions; None where every group has an answer."""
    if (np.asarray(result.values["index"]) >= 0).all():
        return None
    index = np.asarray(result.values["nearest"])
    values = _conditions(maker, question, index, np.asarray(result.values["nearest_promised"]))
    values |= _new(values, _shares(maker, question, np.asarray(result.values["nearest_met"])))
    failed = np.asarray(result.values["failed"])
    return Nearest(
        maker.coordinates_at(question, index, uncertain=False),
        values,
        Column(np.asarray(result.values["excess"])),
        {name: Column(failed[..., i]) for i, name in enumerate(failed_names(question, maker.problem.model))},
        Column(np.asarray(result.values["considered"])),
    )
