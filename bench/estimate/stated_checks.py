"""Refuse what a user states twice, what another stated value leaves without effect, and counts that cannot both be."""

from collections.abc import Iterable, Mapping, Sequence

from ...kernels.model import units
from ..errors import InputError, Parameter
from .scenario import Scenario, evaluate
from .source import SourceKind

_COUNTS = ("active_parameters", "parameters")  # the first is a part of the second
_ROUNDING = 1e-9
_OTHERWISE_USED = frozenset((*_COUNTS, "year"))  # by what no formula says too: the memory of a model, what is drawn


def check_stated_once(stated: Mapping[str, str], sets: Sequence[str]) -> None:
    """Refuse a quantity that is stated twice: by two ``name=value``, or by one and a parameter of its own.

    Parameters
    ----------
    stated
        Quantities to text, each stated by its own parameter.
    sets
        Further quantities, as ``name=value``.

    Raises
    ------
    InputError
        Names the quantity and both values.
    """
    values: dict[str, str] = {}
    for text in sets:
        name, _, value = (part.strip() for part in text.partition("="))
        if name in stated:
            own = Parameter(name, stated[name])
            raise InputError(f"{name}={value} states {name} again, beside ", own, "; leave one out", where=Parameter("sets"))
        if name in values:
            raise InputError(f"{name} is stated twice, {values[name]} and {value}; leave one out", where=Parameter("sets"))
        values[name] = value


def check_effect(scenario: Scenario, targets: Iterable[str]) -> None:
    """Refuse a stated value that changes nothing, since something that would follow from it is stated too.

    Parameters
    ----------
    scenario
        The run.
    targets
        What is estimated of it.

    Raises
    ------
    InputError
        Names both quantities.
    """
    model, targets = scenario.model, set(targets)
    held = {*scenario.fixed, *scenario.drawn}
    solved = {"run_time"} if scenario.solve else set()
    needed = set(model.inputs(targets | solved, held - solved)) | targets | solved
    options = {name: held.source.option for name, held in scenario.fixed.items() if held.source.kind is SourceKind.STATED}
    stated = {name: option for name, option in options.items() if option is not None and option.name in (name, "sets")}
    effective = {option for name, option in options.items() if name in needed}  # --params states several quantities at once
    for name, option in stated.items():
        if name in needed or name in _OTHERWISE_USED:
            continue
        after = [other for other in stated if not model[other].given and name in model.inputs([other], held - {other})]
        if after and (option.name == "sets" or option not in effective):
            wrong = (
                f"{name} changes nothing, since {after[0]}, which would follow from it, is stated too; leave one of them out"
            )
            raise InputError(wrong, where=option)
    if any(name in stated and stated[name].name == "sets" for name in _COUNTS):
        _check_counts(scenario)


def _check_counts(scenario: Scenario) -> None:
    """Refuse more active parameters than there are."""
    problem = scenario.medians()
    held = problem.held()
    if set(scenario.model.inputs(_COUNTS, held)) <= held:
        values = evaluate(problem, _COUNTS)
        active, total = (float(units.from_base(values[name].reshape(-1)[0], scenario.model[name].unit)) for name in _COUNTS)
        if active > total * (1 + _ROUNDING):
            wrong = f"active_parameters ({active:.4g}) are above parameters ({total:.4g}), of which they are a part; set both"
            raise InputError(wrong, where=Parameter("sets"))
