"""What `flopwatt show` lists: each facts table, the studies, the quantities, the engines and the sources."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ... import configs
from ...kernels import engines
from ...kernels.model import units
from ...kernels.model.quantity import Model, Quantity
from ...kernels.text import nearest
from ..errors import InputError
from ..facts.named_rows import row_named
from ..facts.sources import shown_value
from ..terminal import numbers
from ..terminal.listing import Cell, Listing
from .table_views import VIEWS, FactsView

_SHOWN_QUESTIONS = 6  # of a study, in the list of all
_OWN_WORDS = {
    "hardware": "Chips: peaks, memory, power, prices",
    "models": "Language models: parameters, tokens, year",
    "currencies": "What a dollar is in other currencies",
    "studies": "Studies that come with flopwatt",
    "quantities": "Everything that is computed or given, with its unit",
    "defaults": "Values of inputs that a study does not give",
    "engines": "What computes studies, and whether it is here",
    "sources": "Where every figure comes from",
}


class Shown(Protocol):
    """A list that can be printed, or turned into what JSON has of it."""

    def print(self) -> None:
        """Print it on stdout."""
        ...

    def plain(self) -> Any:
        """Return it as JSON has it: rows, or one document."""
        ...


def list_words(name: str) -> str:
    """Say what a list is of: the title of a facts table, else a few words."""
    return _OWN_WORDS.get(name) or str(configs.read_toml(configs.FOLDER / f"{name}.toml")["title"])


def makers() -> Mapping[str, Callable[[str | None], Shown]]:
    """Return what makes each list, by the list's name.

    Returns
    -------
    Mapping
        Functions of an entry's name, which list that entry alone and upright; of None, which list all.
    """
    facts: dict[str, Callable[[str | None], Shown]] = {name: _facts_maker(name) for name in configs.tables()}
    own = {"studies": _studies, "quantities": _quantities, "defaults": _defaults, "engines": _engines}
    return facts | own | {"sources": _sources}


def _text(value: str) -> Cell:
    return value, value


def _number(value: float, unit: str, preferred: str = "") -> Cell:
    if value != value:
        return None, "-"
    return value, numbers.show_unit(value, unit, preferred)


# --- facts ------------------------------------------------------------------------------------------------------------


def _facts_maker(table: str) -> Callable[[str | None], Listing]:
    return lambda name: _facts(configs.load(table), name)


def _facts(table: configs.FactTable, name: str | None) -> Listing:
    if name is not None:
        return _fact(table, row_named(table, name))
    view = VIEWS.get(table.name, FactsView({}))
    dated = ("date",) if "date" in view.titles else ()
    headings = ("key", "name", *table.columns, *dated)
    rows = []
    for row in table.rows.values():
        cells = (_text(row.key), _text(row.name), *(_value(table, row, column) for column in table.columns))
        cells += (_text(row.date),) * len(dated)
        rows.append(tuple(view.shown(heading, cell, row) for heading, cell in zip(headings, cells, strict=True)))
    words = {column: title.replace("_", " ") for column, title in _titles(table).items()}
    titles = {**{column: column.replace("_", " ") for column in table.columns}, **words, **view.titles}
    rest = f"flopwatt show {table.name} KEY"
    order = (*view.titles, *(heading for heading in headings if heading not in view.titles))
    return Listing(
        table.title, headings, tuple(rows), rest=rest, titles=titles, order=order, narrow=view.narrow, essential=view.essential
    )


def _value(table: configs.FactTable, row: configs.FactRow, column: str) -> Cell:
    unit, top = table.columns[column], _top(table, column)
    value, shown = _number(units.from_base(row.values[column], unit), unit)
    if column.endswith("_date") and value is not None:
        shown = f"{value:g}"
    if top and value is not None:
        shown = _range_text(value, units.from_base(row.values[top], unit), unit)
    return value, shown


def _top(table: configs.FactTable, column: str) -> str:
    """Return the column with the upper end of the range whose lower end a column has, or nothing."""
    top = f"{column.removesuffix('_low')}_high"
    return top if column.endswith("_low") and top in table.columns else ""


def _titles(table: configs.FactTable) -> dict[str, str]:
    """Name both ends of a range by one title, over the lower end; the upper end is shown with it."""
    ranges = {column: top for column in table.columns if (top := _top(table, column))}
    return {column: column.removesuffix("_low") for column in ranges} | dict.fromkeys(ranges.values(), "")


def _range_text(low: float, high: float, unit: str) -> str:
    """Write a range as people say it: 30 to 45 thousand USD; one number where both ends are the same."""
    thousand = unit == "USD" and 1e3 <= low < 1e6
    ends = [f"{numbers.number(x / 1e3)} thousand USD" if thousand else numbers.show_unit(x, unit) for x in (low, high)]
    return ends[0] if low == high else numbers.join_range(*ends)


def _fact(table: configs.FactTable, row: configs.FactRow) -> Listing:
    cells: dict[str, Cell] = {"key": _text(row.key), "name": _text(row.name)}
    cells["aliases"] = list(row.aliases), ", ".join(row.aliases) or "-"
    for column in table.columns:
        value, shown = _value(table, row, column)
        told = [] if value is None else _told(row, column, _top(table, column))
        cells[column] = value, f"{shown} ({'; '.join(told)})" if told else shown
    cells["source"] = row.source, f"{row.source} ({row.date})" if row.date else row.source
    cells["notes"] = _text(row.notes)
    lacking = tuple(name for name in table.columns if row.values[name] == table.otherwise.get(name) == 0)
    entry = (tuple(cells.values()),)
    return Listing(table.title, tuple(cells), entry, upright=True, titles=_titles(table), folded=lacking)


def _told(row: configs.FactRow, column: str, top: str) -> list[str]:
    """Say where a figure comes from, of when and whose, where the row says nothing of it; of both ends where they differ."""
    texts = [_standing(row, name) for name in (column, top) if name]
    if len(texts) == 2 and texts[0] != texts[1]:
        return [f"from: {texts[0]}", f"to: {texts[1]}"]
    return [text for text in texts[:1] if text]


def _standing(row: configs.FactRow, column: str) -> str:
    source = row.fact_source(column)
    dated = source.date if column in row.dates or column in row.sources else ""
    whose = "" if source.primary else "secondary"
    return ", ".join(filter(None, (row.sources.get(column, ""), dated, source.method, whose)))


# --- studies, quantities, defaults, sources, engines -----------------------------------------------------------------------


def _studies(name: str | None) -> Listing:
    paths = configs.studies()
    if name is not None and name not in paths:
        raise InputError(f"there is no study {name!r}{nearest(name, paths)}", where="show studies")
    rows = []
    for key, path in paths.items():
        if name in (None, key):
            document = configs.read_toml(path)
            asked = [str(question.get("name", "")) for question in document.get("questions", [])]
            shown = ", ".join(asked[:_SHOWN_QUESTIONS] if name is None else asked)
            more = f" and {len(asked) - _SHOWN_QUESTIONS} more" if name is None and len(asked) > _SHOWN_QUESTIONS else ""
            rows.append((_text(key), _text(str(document.get("title", ""))), (asked, shown + more), _text(str(path))))
    headings = ("name", "title", "questions", "path")
    if name is None:
        return Listing(
            "Studies: flopwatt run NAME; all about one: flopwatt show studies NAME",
            headings[:3],
            tuple(row[:3] for row in rows),
        )
    return Listing("Study", headings, tuple(rows), upright=True)


def _model() -> Model:
    from ...kernels.quantities import MODEL

    return MODEL


def _quantities(name: str | None) -> Listing:
    model = _model()
    if name is not None:
        if name not in model:
            raise InputError(f"unknown quantity {name!r}{nearest(name, model.quantities)}", where="show quantities")
        return _quantity(model[name], model)
    ordered = sorted(model.quantities.values(), key=lambda item: (not item.given, item.name))
    headings, rows = ("name", "kind", "unit", "meaning"), []
    for item in ordered:
        kind, meaning = "input" if item.given else "computed", _line(item.doc)
        told = f"{meaning.rstrip('.')} ({item.unit})" if item.unit else meaning
        rows.append((_text(item.name), _text(kind), _text(item.unit), (meaning, told)))
    title = "Quantities, inputs first; one with its formula: flopwatt show quantities NAME"
    return Listing(title, headings, tuple(rows), order=("name", "meaning"))


def _line(doc: str) -> str:
    return " ".join(doc.split("\n\n")[0].split())


def _quantity(item: Quantity, model: Model) -> Listing:
    cells: dict[str, Cell] = {"name": _text(item.name), "unit": _text(item.unit), "meaning": _text(" ".join(item.doc.split()))}
    if item.given:
        default = configs.defaults().get(item.name)
        cells["range"] = _text(_range(item))
        value, shown = (None, "none: a study must give it")
        if default is not None:
            value = units.from_base(default.value, item.unit)
            shown = f"{numbers.show(value, item)} ({default.source})"
        cells["default"] = value, shown
    else:
        cells["source"] = _text(item.source)
        cells["needs"] = list(item.parameters), ", ".join(item.parameters)
        cells["formula"] = _text(_formula(item))
    needed_by = [other.name for other in model.quantities.values() if item.name in other.parameters]
    cells["needed by"] = needed_by, ", ".join(needed_by) or "-"
    return Listing("Quantity", tuple(cells), (tuple(cells.values()),), upright=True)


def _range(item: Quantity) -> str:
    low = f"{'above' if item.low_open else 'at least'} {item.low:g}"
    high = f", at most {item.high:g}" if item.high != float("inf") else ""
    return f"{low}{high}{' ' + item.unit if item.unit else ''}{', whole' if item.whole else ''}"


def _formula(item: Quantity) -> str:
    """Return the source of what the quantity's function computes, without its docstring."""
    import ast
    import inspect
    import textwrap

    assert item.function is not None
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(item.function)))
    except (OSError, SyntaxError):
        return "its source is not there"
    body = tree.body[0].body  # type: ignore[attr-defined]
    return "\n".join(
        ast.unparse(line) for line in body if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
    )


def _defaults(name: str | None) -> Listing:
    defaults = configs.defaults()
    if name is not None and name not in defaults:
        raise InputError(f"there is no default of {name!r}{nearest(name, defaults)}", where="show defaults")
    headings = ("quantity", "value", "source", "note", "words")
    rows = tuple(_default_cells(key, default) for key, default in defaults.items() if name in (None, key))
    title = "Defaults of inputs that a study does not give"
    if name is not None:
        return Listing(title, headings, rows, upright=True, titles={"words": "what it is"})
    titles, order = {"quantity": "name to type", "words": "what it is"}, ("quantity", "value", "words")
    return Listing(title, headings, rows, rest="flopwatt show defaults NAME", titles=titles, order=order)


def _default_cells(quantity: str, default: configs.Default) -> tuple[Cell, ...]:
    stated = units.from_base(default.value, default.unit)
    value = (stated, shown_value(quantity, default.value, default.unit))
    model = _model()
    words = model[quantity].wording if quantity in model else ""
    return _text(quantity), value, _text(default.source), _text(default.note), _text(words)


def _sources(name: str | None) -> Shown:
    from . import source_list

    return source_list.make(name)


def _engines(name: str | None) -> Listing:
    if name is not None and name not in engines.NAMES:
        raise InputError(f"there is no engine {name!r}{nearest(name, engines.NAMES)}", where="show engines")
    states = [engines.availability(engine) for engine in engines.NAMES if name in (None, engine)]
    rows = tuple(
        (_text(state.name), (state.available, "yes" if state.available else "no"), _text(state.device), _text(state.reason))
        for state in states
    )
    return Listing("Engines", ("engine", "here", "device", "why not"), rows)
