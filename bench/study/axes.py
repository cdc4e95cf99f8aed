"""One ``[axes.NAME]`` to the columns it brings: from a facts table, a range, columns side by side, or joint distributions."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...kernels.model.quantity import Model, Quantity
from ...kernels.model.units import from_base
from ...kernels.text import nearest
from ..prior.draw_sources import DrawnFrom, stated_words
from ..prior.drawn_inputs import DEVIATION, known_inputs
from ..stats import distributions
from . import ranges
from .facts_axis import plan_facts
from .fields import key_text
from .planned_axis import AxisColumns, AxisError, Floats, PlannedAxis, check_labels, find_quantity
from .schema import MAX_AXIS_POINTS, AxisSpec, ColumnSpec, parse_column
from .weighting import KEYS, check_uncertain, column_quantity, is_uncertain, weigh

PRIOR = "run"


def plan_axis(name: str, spec: AxisSpec, model: Model, folder: Path) -> PlannedAxis:
    """Check the form of an axis and find its length.

    Parameters
    ----------
    name, spec
        The axis's name and its keys.
    model
        The quantities that it may bring.
    folder
        Where a facts file of the user's own is looked for.

    Raises
    ------
    AxisError, RangeError
        Where keys do not go together, or a name or a number is not valid.
    """
    place = ("axes", name)
    _check_keys(spec, place)
    check_uncertain(spec, place)
    return weigh(_plan_form(name, spec, model, folder), spec, model, place)


def _plan_form(name: str, spec: AxisSpec, model: Model, folder: Path) -> PlannedAxis:
    if spec.source is not None:
        return plan_facts(name, spec, model, folder)
    if spec.prior is not None:
        return _plan_prior(name, spec, model)
    if spec.draws is not None:
        return _plan_draws(name, spec, model)
    if spec.columns is not None:
        return _plan_side_by_side(name, spec, model)
    return _plan_range(name, spec, model)


def _check_keys(spec: AxisSpec, place: tuple[str, ...]) -> None:
    """Refuse keys that belong to another kind of axis."""
    forms = [form for form in ranges.FORMS if getattr(spec, form) is not None]
    if spec.source is not None:
        kind, allowed = "from", {"from", "rows", "columns", "labels", "names"}
    elif spec.prior is not None:
        kind, allowed = "prior", {"prior", "only", "except", "draws", "seed", "columns"}
    elif spec.draws is not None:
        kind, allowed = "draws", {"draws", "seed", "columns"}
    elif spec.columns is not None:
        kind, allowed = "columns", {"columns", "labels", "names"}
    else:
        kind, allowed = (forms or ["values"])[0], {*ranges.FORMS, "num", "quantity", "labels", "names"}
    for key in spec.written:
        if key not in allowed | KEYS:
            hints = {"rows": "; from = 'hardware' says of which table", "seed": "; draws = 1024 makes draws"} | dict.fromkeys(
                ("only", "except"), "; prior = 'run' draws what is known of a run"
            )
            raise AxisError(f"{key_text((*place, key))}: does not go with {kind}{hints.get(key, '')}")


# --- ranges -----------------------------------------------------------------------------------------------------------


def _plan_range(name: str, spec: AxisSpec, model: Model) -> PlannedAxis:
    place = ("axes", name)
    quantity = spec.quantity or name
    where = (*place, "quantity") if spec.quantity else place
    hint = "" if spec.quantity else "; quantity = '...' says which quantity the axis holds"
    item = find_quantity(quantity, model, where, hint)
    length, form = ranges.length(spec, item, place), ranges.form_of(spec, place)
    if length < 1:
        raise AxisError(f"{key_text((*place, form))}: is empty; give it at least one value")

    def make() -> AxisColumns:
        values = ranges.numbers(spec, item, place)
        if form == "values" and spec.labels is None and not is_uncertain(spec):
            _refuse_repeated(spec.values or [], values, (*place, form))
        notes: tuple[str, ...] = ()
        if len(values) < length:
            notes = (f"axes.{name}: {length} values were asked for, of which {len(values)} differ as whole numbers",)
        return AxisColumns(name, {quantity: values}, check_labels(spec.labels, len(values), place), notes=notes)

    return PlannedAxis(length, make, key_text((*place, "num" if spec.num is not None else form)))


# --- columns side by side, and joint draws ----------------------------------------------------------------------------


def parse_columns(spec: AxisSpec, model: Model, place: tuple[str, ...]) -> dict[str, tuple[Quantity, ColumnSpec]]:
    """Read an axis's ``columns``: of each what it says, and the quantity that it holds.

    Parameters
    ----------
    spec, model
        The axis's keys, and the quantities that it may bring.
    place
        Where the axis stands: errors start with that.

    Raises
    ------
    AxisError, SchemaError
        Where there are none, or one is of no quantity or of another form.
    """
    here = (*place, "columns")
    if not isinstance(spec.columns, dict) or not spec.columns:
        raise AxisError(f"{key_text(here)}: must be a table such as columns.mfu = {{ uniform = [0.3, 0.5] }}")
    result = {}
    for name, raw in spec.columns.items():
        item = column_quantity(name, spec, model, (*here, name))
        result[name] = (item, parse_column(raw, (*here, name)))
    return result


def _refuse_repeated(written: Sequence[Any], values: Floats, place: tuple[str, ...]) -> None:
    """Refuse a value that is listed twice; draws may be alike, and points that labels tell apart."""
    before: dict[float, Any] = {}
    for text, value in zip(written, values.tolist(), strict=True):
        if value in before:
            first = "" if before[value] == text else f", as {before[value]!r} too"
            raise AxisError(f"{key_text(place)}: has {text!r} twice{first}")
        before[value] = text


def _plan_side_by_side(name: str, spec: AxisSpec, model: Model) -> PlannedAxis:
    place = ("axes", name)
    columns = parse_columns(spec, model, place)
    lengths = {}
    for key, (item, column) in columns.items():
        here = (*place, "columns", key)
        drawn = [d for d in distributions.DISTRIBUTIONS if getattr(column, d) is not None]
        if drawn:
            raise AxisError(f"{key_text((*here, drawn[0]))}: draws need a number of draws; add draws = 1024 to [axes.{name}]")
        lengths[key] = ranges.length(column, item, here)
    if len(set(lengths.values())) != 1:
        counts = ", ".join(f"{key} {length}" for key, length in lengths.items())
        raise AxisError(f"{key_text((*place, 'columns'))}: the columns vary together and must be of one length, not {counts}")
    length = next(iter(lengths.values()))
    if length < 1:
        raise AxisError(f"{key_text(place)}: is empty; give its columns at least one value")

    def make() -> AxisColumns:
        numbers = {key: ranges.numbers(column, item, (*place, "columns", key)) for key, (item, column) in columns.items()}
        short = [key for key, values in numbers.items() if len(values) != length]
        if short:
            raise AxisError(f"{key_text((*place, 'columns', short[0]))}: has equal values once it is rounded to whole numbers")
        return AxisColumns(name, numbers, check_labels(spec.labels, length, place))

    return PlannedAxis(length, make, key_text((*place, "columns")), len(columns))


def _plan_draws(name: str, spec: AxisSpec, model: Model) -> PlannedAxis:
    place = ("axes", name)
    count, seed = check_draws(spec, place)
    if spec.columns is None:
        raise AxisError(
            f"{key_text((*place, 'columns'))}: is missing; say what is drawn, as columns.mfu = {{ uniform = [0.3, 0.5] }}"
        )
    columns = parse_columns(spec, model, place)
    check_distributions(columns, place)

    def make() -> AxisColumns:
        points = distributions.sobol(count, len(columns), seed)
        draws = {
            key: draw_column(column, item, points[:, i], (*place, "columns", key))
            for i, (key, (item, column)) in enumerate(columns.items())
        }
        return AxisColumns(name, draws, drawn=drawn_words(columns))

    return PlannedAxis(count, make, key_text((*place, "draws")), len(columns))


def _plan_prior(name: str, spec: AxisSpec, model: Model) -> PlannedAxis:
    """Check draws from the prior: its own columns are there, what the prior adds to them hangs on all else in the study."""
    place = ("axes", name)
    if spec.prior != PRIOR:
        raise AxisError(f"{key_text((*place, 'prior'))}: must be {PRIOR!r}, what is known of a run, not {spec.prior!r}")
    if spec.draws is None:
        raise AxisError(f"{key_text((*place, 'draws'))}: is missing; say how many, as draws = 1024")
    count, _ = check_draws(spec, place)
    if spec.weights is not None:
        raise AxisError(f"{key_text((*place, 'weights'))}: does not go with prior, whose draws are equally likely")
    if spec.only is not None and not spec.only:
        raise AxisError(f"{key_text((*place, 'only'))}: is empty; name what is drawn, or leave it out")
    known = ["mfu", *known_inputs()]
    for key, names in (("only", spec.only), ("except", spec.excluded)):
        for input_name in names or ():
            if input_name not in known:
                hint = nearest(input_name, known) or f"; it knows {', '.join(known)}"
                raise AxisError(f"{key_text((*place, key))}: the prior knows no {input_name!r}{hint}")
    if spec.only is not None and spec.excluded is not None:
        raise AxisError(f"{key_text((*place, 'except'))}: does not go with only; name what is drawn or what is not")
    own = {} if spec.columns is None else parse_columns(spec, model, place)
    check_distributions(own, place)
    chosen = {DEVIATION if name == "mfu" else name for name in spec.only or known} - {
        DEVIATION if name == "mfu" else name for name in spec.excluded or ()
    }

    def make() -> AxisColumns:
        return AxisColumns(name, {key: np.zeros(count) for key in own}, prior=frozenset(chosen))

    return PlannedAxis(count, make, key_text((*place, "draws")), len(own) + len(known_inputs()))


def drawn_words(columns: Mapping[str, tuple[Quantity, ColumnSpec]]) -> dict[str, DrawnFrom]:
    """Say what a study's own columns are drawn from; ``columns`` is what `parse_columns` reads."""
    return {key: DrawnFrom(_distribution_words(column, item)) for key, (item, column) in columns.items()}


def _distribution_words(column: ColumnSpec, item: Quantity) -> str:
    kind = next(form for form in (*distributions.DISTRIBUTIONS, *ranges.FORMS) if getattr(column, form) is not None)
    if kind in ranges.FORMS:
        return "one of the values that the study lists, all equally likely"
    parameters = _parameters(column, kind, item, ())
    carries = distributions.DISTRIBUTIONS[kind][1]
    own = [float(from_base(p, item.unit)) if carried else p for p, carried in zip(parameters, carries, strict=True)]
    return stated_words(kind, own, item.unit)


def _parameters(column: ColumnSpec, kind: str, item: Quantity, here: tuple[str | int, ...]) -> list[float]:
    """Read a distribution's parameters, in base units."""
    carries = distributions.DISTRIBUTIONS[kind][1]
    raw = getattr(column, kind)
    return [ranges.parse(value, item.unit if i >= len(carries) or carries[i] else "", here) for i, value in enumerate(raw)]


def check_draws(spec: AxisSpec, place: tuple[str, ...]) -> tuple[int, int]:
    """Check how many draws an axis asks for and their seed, and return both.

    Parameters
    ----------
    spec
        The axis's keys, ``draws`` among them.
    place
        Where the axis stands: errors start with that.

    Raises
    ------
    AxisError
        Where one of them cannot be.
    """
    count = spec.draws or 0
    if count < 1:
        raise AxisError(f"{key_text((*place, 'draws'))}: must be at least 1, not {count}")
    if count > MAX_AXIS_POINTS:
        raise AxisError(
            f"{key_text((*place, 'draws'))}: at most {MAX_AXIS_POINTS:,} fit on one axis, not {ranges.count_text(count)}"
        )
    seed = 0 if spec.seed is None else spec.seed
    if seed < 0:
        raise AxisError(f"{key_text((*place, 'seed'))}: must be at least 0, not {seed}")
    return count, seed


def check_distributions(columns: Mapping[str, tuple[Quantity, ColumnSpec]], place: tuple[str, ...]) -> None:
    """Check that every column of draws names one distribution. Raises AxisError; ``place`` is that of the axis."""
    for key, (_, column) in columns.items():
        _distribution_of(column, (*place, "columns", key))


def _distribution_of(column: ColumnSpec, place: tuple[str, ...]) -> str:
    """Find the one distribution (or form of a range) that a drawn column names."""
    given = [d for d in (*distributions.DISTRIBUTIONS, *ranges.FORMS) if getattr(column, d) is not None]
    if len(given) != 1:
        stated = f"has {' and '.join(given)}" if given else "has no distribution"
        raise AxisError(f"{key_text(place)}: {stated}; give one of {', '.join((*distributions.DISTRIBUTIONS, 'values'))}")
    return given[0]


def draw_column(column: ColumnSpec, item: Quantity, u: Floats, place: tuple[str, ...]) -> Floats:
    """Turn points of the unit interval into draws of a column.

    Parameters
    ----------
    column, item
        What the file says of the column, and the quantity that it holds.
    u
        Cumulative probabilities (0 to 1), one for each draw.
    place
        Where the column stands: errors start with that.

    Returns
    -------
    Floats
        The draws in base units.

    Raises
    ------
    AxisError, RangeError
        Where the distribution's numbers make none, or the quantity cannot have a draw.
    """
    kind = _distribution_of(column, place)
    here = (*place, kind)
    if kind in ranges.FORMS:
        values = ranges.numbers(column, item, place)
        if not len(values):
            raise AxisError(f"{key_text(here)}: is empty; give it at least one value")
        return distributions.choose(values, u)
    parameters = _parameters(column, kind, item, here)
    try:
        distributions.check(kind, parameters)
    except distributions.DrawError as error:
        raise AxisError(f"{key_text(here)}: {error}") from None
    if kind in distributions.BOUNDED:
        ranges.verify(_bounds_of(parameters, item), item, here)
    draws = distributions.inverse(kind, parameters, u)
    if item.whole:
        draws = np.rint(draws)
    try:
        ranges.verify(draws, item, here)
    except ranges.RangeError as error:
        raise AxisError(f"{error} (one of the draws; {' and '.join(distributions.BOUNDED)} have bounds)") from None
    return draws


def _bounds_of(parameters: Sequence[float], item: Quantity) -> Floats:
    """Find the least and the greatest number that a bounded distribution draws; its ends themselves are never drawn."""
    low, high = parameters[0], parameters[-1]
    return np.rint([low, high]) if item.whole else np.array([np.nextafter(low, high), np.nextafter(high, low)])
