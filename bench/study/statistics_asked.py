"""Statistics that stand where a quantity can: read as quantities of the study, named as they are asked for."""

from collections.abc import Sequence

from ...kernels.model.condition import Condition
from ...kernels.model.quantity import Model, Quantity
from ...kernels.model.statistic_quantity import StatisticQuantity, share_quantity, statistic_quantity
from ...kernels.model.statistics import ShareOfDraws, SharePromise
from . import conditions, statistic_text
from .statistic_text import SHARE, StatisticError, split_call


def read_quantity(text: str, model: Model) -> Quantity:
    """Read a quantity's name, or a statistic as the quantity that it is.

    Parameters
    ----------
    text
        Such as ``cost``, ``P50(cost)`` or ``share(run_time <= 120 day)``.
    model
        The quantities that it may name.

    Raises
    ------
    StatisticError
        Where it is not understood.
    """
    call = split_call(text)
    if call is None or call.name != SHARE:
        statistic = statistic_text.parse_objective(text, model)
        return model[text] if call is None else statistic_quantity(statistic, model)
    share = _share(call.argument, text, model)
    if call.rest:
        raise StatisticError(
            f"{text!r}: nothing goes behind share(...), but {call.rest!r} does; a condition stands under where"
        )
    return share


def read_condition(text: str, model: Model) -> tuple[Condition, StatisticQuantity | None]:
    """Read a clause as a condition on a quantity, and the statistic that this quantity is, where it is one.

    Parameters
    ----------
    text
        Such as ``run_time <= 120 day`` or ``P80(run_time) <= 120 day``.
    model
        The quantities that it may name.

    Raises
    ------
    ConditionError
        Where it is not understood.
    """
    clause = conditions.parse_clause(text, model)
    if isinstance(clause, Condition):
        return clause, None
    if isinstance(clause, SharePromise):
        call = split_call(text)
        assert call is not None
        share = share_quantity(ShareOfDraws(clause.conditions), _share_name(call.argument))
        return Condition(share.name, clause.op, float(clause.share)), share
    statistic = statistic_quantity(clause.statistic, model)
    return Condition(statistic.name, clause.op, clause.value), statistic


def quantities_in(named: Sequence[str], where: Sequence[str], model: Model) -> dict[str, Quantity]:
    """List the statistics among what a question names and its clauses, by name; what is not understood is left out.

    Parameters
    ----------
    named
        Quantities and statistics.
    where
        Clauses.
    model
        The quantities that they may name.
    """
    result: dict[str, Quantity] = {}
    for read, texts in ((read_quantity, named), (lambda text, of: read_condition(text, of)[1], where)):
        for text in texts:
            try:
                item = read(text, model)
            except StatisticError:
                continue
            if isinstance(item, StatisticQuantity):
                result[item.name] = item
    return result


def _share(argument: str, text: str, model: Model) -> StatisticQuantity:
    return share_quantity(ShareOfDraws(conditions.parse_joined(argument, text, model)), _share_name(argument))


def _share_name(argument: str) -> str:
    """Name a share of draws as it is written, but for spaces."""
    return f"{SHARE}({' '.join(argument.split())})"
