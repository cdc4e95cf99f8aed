"""One ``[[questions]]`` to a Question. Each kind has one entry in FORMS: a new kind is added there and nowhere else."""

from collections.abc import Callable, Mapping
from typing import Any

from ...kernels.model import questions as q
from ...kernels.model import units
from ...kernels.model.quantity import Model
from ...kernels.text import nearest
from ..errors import StudyError
from . import conditions
from .schema import KIND_KEYS, QuestionSpec, dotted


class AskError(StudyError):
    """A question is not valid; the message starts with the key."""


def build(spec: QuestionSpec, number: int, model: Model, axes: list[str]) -> q.Question:
    """The question; ``number`` counts from 1 and names it in errors. Raises AskError."""
    place = ("questions", f"[{number}]")
    keys = [key for key in KIND_KEYS if getattr(spec, key) is not None]
    if len(keys) != 1:
        found = f"asks {' and '.join(keys)} at once" if keys else "asks nothing"
        raise AskError(f"{dotted(place)}: {found}; give one of {', '.join(FORMS)}")
    key = keys[0]
    if key not in FORMS:
        raise AskError(f"{dotted((*place, key))}: this version has no {key} question; it has {', '.join(FORMS)}")
    allowed, form = FORMS[key]
    for extra in ("at", "bins"):
        if getattr(spec, extra) is not None and extra not in allowed:
            raise AskError(f"{dotted((*place, extra))}: does not go with {key}")
    named = getattr(spec, key)
    for name in [named] if isinstance(named, str) else named:
        if name not in model:
            raise AskError(f"{dotted((*place, key))}: unknown quantity {name!r}{nearest(name, model.quantities)}")
    common: dict[str, Any] = {
        "name": spec.name or _default_name(key, named),
        "by": _by(spec.by, axes, place),
        "where": _where(spec.where, model, place),
    }
    if key == "table" and spec.by:
        raise AskError(f"{dotted((*place, 'by'))}: does not go with table, which has a row for each scenario")
    return form(spec, place, common)


def _default_name(key: str, named: str | list[str]) -> str:
    return f"{key} {named if isinstance(named, str) else ', '.join(named)}"


def _by(by: list[str], axes: list[str], place: tuple[str, ...]) -> tuple[str, ...]:
    here = (*place, "by")
    for name in by:
        if name not in axes:
            there = nearest(name, axes) or (f"; there are {', '.join(axes)}" if axes else "; the study has none")
            raise AskError(f"{dotted(here)}: there is no axis {name!r}{there}")
    if len(set(by)) != len(by):
        raise AskError(f"{dotted(here)}: names an axis twice")
    return tuple(by)


def _where(clauses: list[str], model: Model, place: tuple[str, ...]) -> tuple[q.Condition, ...]:
    try:
        return tuple(conditions.parse(text, model) for text in clauses)
    except conditions.ClauseError as error:
        raise AskError(f"{dotted((*place, 'where'))}: {error}") from None


def _minimize(spec: QuestionSpec, place: tuple[str, ...], common: Mapping[str, Any]) -> q.Question:
    return q.Best(objective=str(spec.minimize), **common)


def _maximize(spec: QuestionSpec, place: tuple[str, ...], common: Mapping[str, Any]) -> q.Question:
    return q.Best(objective=str(spec.maximize), maximize=True, **common)


def _summary(spec: QuestionSpec, place: tuple[str, ...], common: Mapping[str, Any]) -> q.Question:
    return q.Summary(quantity=str(spec.summary), **common)


def _quantiles(spec: QuestionSpec, place: tuple[str, ...], common: Mapping[str, Any]) -> q.Question:
    here = dotted((*place, "at"))
    if spec.at is None:
        return q.Quantiles(quantity=str(spec.quantiles), **common)
    if not spec.at:
        raise AskError(f"{here}: is empty; give shares such as [0.05, 0.5, 0.95]")
    try:
        at = tuple(units.parse(share, "") for share in spec.at)
    except units.UnitError as error:
        raise AskError(f"{here}: {error}") from None
    for share in at:
        if not 0 <= share <= 1:
            raise AskError(f"{here}: {share:g} is not between 0 and 1")
    if len(set(at)) != len(at):
        raise AskError(f"{here}: names a share twice")
    return q.Quantiles(quantity=str(spec.quantiles), at=at, **common)


def _histogram(spec: QuestionSpec, place: tuple[str, ...], common: Mapping[str, Any]) -> q.Question:
    if spec.bins is None:
        return q.Histogram(quantity=str(spec.histogram), **common)
    if not 1 <= spec.bins <= MAX_BINS:
        raise AskError(f"{dotted((*place, 'bins'))}: must be from 1 to {MAX_BINS}, not {spec.bins}")
    return q.Histogram(quantity=str(spec.histogram), bins=spec.bins, **common)


def _sensitivity(spec: QuestionSpec, place: tuple[str, ...], common: Mapping[str, Any]) -> q.Question:
    return q.Sensitivity(quantity=str(spec.sensitivity), **common)


def _pareto(spec: QuestionSpec, place: tuple[str, ...], common: Mapping[str, Any]) -> q.Question:
    names = _several(spec.pareto, (*place, "pareto"))
    if len(names) != 2:
        raise AskError(f"{dotted((*place, 'pareto'))}: takes two quantities, not {len(names)}")
    return q.Pareto(quantities=(names[0], names[1]), **common)


def _table(spec: QuestionSpec, place: tuple[str, ...], common: Mapping[str, Any]) -> q.Question:
    return q.Table(quantities=_several(spec.table, (*place, "table")), **common)


def _several(names: list[str] | None, place: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        raise AskError(f"{dotted(place)}: is empty; name at least one quantity")
    if len(set(names)) != len(names):
        raise AskError(f"{dotted(place)}: names a quantity twice")
    return tuple(names)


MAX_BINS = 4096
Form = Callable[[QuestionSpec, tuple[str, ...], Mapping[str, Any]], q.Question]

# key in the study -> (further keys that it takes, what makes the question of it)
FORMS: dict[str, tuple[tuple[str, ...], Form]] = {
    "minimize": ((), _minimize),
    "maximize": ((), _maximize),
    "summary": ((), _summary),
    "quantiles": (("at",), _quantiles),
    "histogram": (("bins",), _histogram),
    "sensitivity": ((), _sensitivity),
    "pareto": ((), _pareto),
    "table": ((), _table),
}
