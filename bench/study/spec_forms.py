"""Tables of a study read into frozen objects: which keys there are, and what kind of value each takes.

A form is a dataclass whose fields say by `read_by` what reads them. All that is wrong with a table is gathered and the first of
it told, an unknown key before the rest: a misspelt key comes before what is missing for want of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, TypeVar

from ...kernels.errors import FlopwattError
from ...kernels.validation.type_parts import Place
from ...kernels.validation.wording import described, unknown_key


@dataclass(frozen=True)
class Fault:
    """What is wrong with a key: where it stands, and what would be right."""

    place: Place
    problem: str
    unknown: bool = False


Faults = list[Fault]
Reader = Callable[[Any, Place, Faults], Any]  # a value, where it stands, and what gathers faults; returns what the value means


class FormError(FlopwattError, ValueError):
    """A table does not have its form.

    Attributes
    ----------
    fault
        The first thing that is wrong.
    """

    def __init__(self, fault: Fault):
        super().__init__(fault.problem)
        self.fault = fault


@dataclass(frozen=True, kw_only=True)
class Form:
    """A table of a study: a key that it has no field for is an error.

    Attributes
    ----------
    written
        The keys that the file has, in its order.
    """

    written: tuple[str, ...] = ()

    @classmethod
    def keys(cls) -> list[str]:
        """List the keys that the table may have."""
        return list(_keys(cls))


Spec = TypeVar("Spec", bound=Form)


def read_by(reader: Reader, key: str = "") -> dict[str, Any]:
    """Make the metadata of a form's field: what reads its value, and its key where that is another than the field's name."""
    return {"read": reader, "key": key}


def read_form(kind: type[Spec], value: Any) -> Spec:
    """Read a table. Raises FormError for the first thing that is wrong with it."""
    faults: Faults = []
    result: Spec = table_of(kind)(value, (), faults)
    if faults:
        raise FormError(min(faults, key=lambda fault: not fault.unknown))
    return result


def plain(check: Callable[[Any], Any]) -> Reader:
    """Make a reader of what takes one look: ``check`` returns what the value means, or raises ValueError."""

    def read(value: Any, place: Place, faults: Faults) -> Any:
        try:
            return check(value)
        except ValueError as error:
            faults.append(Fault(place, str(error)))
            return None

    return read


def list_of(item: Reader, problem: str = "must be a list, not {value}") -> Reader:
    """Make a reader of lists; ``problem`` says what is wrong with anything else, ``{value}`` and ``{key}`` put in."""

    def read(value: Any, place: Place, faults: Faults) -> Any:
        if isinstance(value, list):
            return [item(part, (*place, i), faults) for i, part in enumerate(value)]
        faults.append(Fault(place, problem.format(value=described(value), key=place[-1])))
        return None

    return read


def tables(kind: type[Form]) -> Reader:
    """Make a reader of lists of tables, ``[[KEY]]``."""
    several, one = list_of(table_of(kind)), list_of(table_of(kind), "must be a list of tables; write [[{key}]], not [{key}]")
    return lambda value, place, faults: (one if isinstance(value, dict) else several)(value, place, faults)


def by_name(item: Reader) -> Reader:
    """Make a reader of tables whose keys are names."""

    def read(value: Any, place: Place, faults: Faults) -> Any:
        if not _is_table(value, place, faults):
            return None
        return {name: item(part, (*place, name), faults) for name, part in value.items()}

    return read


def table_of(kind: type[Spec], empty: str = "") -> Reader:
    """Make a reader of tables of a form; ``empty`` is what is wrong with one without keys, if anything is."""

    def read(value: Any, place: Place, faults: Faults) -> Any:
        if not _is_table(value, place, faults):
            return None
        if empty and not value:
            faults.append(Fault(place, empty))
            return None
        before = len(faults)
        read_values = _read_keys(kind, value, place, faults)
        return kind(**read_values, written=tuple(value)) if len(faults) == before else None

    return read


def _read_keys(kind: type[Form], table: Mapping[str, Any], place: Place, faults: Faults) -> dict[str, Any]:
    """Read what stands under a form's keys, by the fields' names."""
    keys, values, known_keys = _keys(kind), dict[str, Any](), set[str]()
    for name, item in keys.items():
        here = name if name in table else item.name  # which stands for the key too, where the key itself is not there
        known_keys.add(here)
        if here not in table:
            if item.default is MISSING and item.default_factory is MISSING:
                faults.append(Fault((*place, name), "is missing"))
        elif table[here] is not None or item.default is not None:
            values[item.name] = item.metadata["read"](table[here], (*place, here), faults)
    unknown = [name for name in table if name not in known_keys]
    faults.extend(Fault((*place, name), unknown_key(name, keys), unknown=True) for name in unknown)
    return values


def _keys(kind: type[Form]) -> dict[str, Field[Any]]:
    """Map a form's keys to its fields."""
    return {item.metadata["key"] or item.name: item for item in fields(kind) if item.metadata}


def _is_table(value: Any, place: Place, faults: Faults) -> bool:
    if isinstance(value, dict):
        return True
    faults.append(Fault(place, f"must be a table, not {described(value)}"))
    return False
