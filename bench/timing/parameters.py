"""A test's parameters as text that is the same in every process: objects have no addresses in it, arrays no data."""

import dataclasses
import enum
import functools
import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

from ..records.record import Scalar

MAX_TEXT = 200  # characters; of longer ones the beginning is kept, and a digest of all
MAX_DEPTH = 4  # of what is in each other
MAX_ITEMS = 20  # of a container
ADDRESS = re.compile(r"(?: at)? 0x[0-9a-fA-F]{4,}")


@dataclasses.dataclass
class Parameters:
    """How the parameters of a session's tests are told.

    Attributes
    ----------
    folder
        The project's, as `stable` has it.
    alike
        The node ids of tests that would be told as another is, with other parameters: objects of one class, lambdas.
    """

    folder: PurePath | None = None
    alike: set[str] = dataclasses.field(default_factory=set)

    def note(self, items: Iterable[Any]) -> None:
        """Find the tests that would be told alike among pytest's items."""
        by_text: dict[tuple[str, str], list[str]] = {}
        for item in items:
            params = getattr(getattr(item, "callspec", None), "params", {})
            texts = repr(sorted((name, stable(value, self.folder)) for name, value in params.items()))
            by_text.setdefault((item.nodeid.partition("[")[0], texts), []).append(item.nodeid)
        self.alike = {node_id for node_ids in by_text.values() if len(node_ids) > 1 for node_id in node_ids}

    def of(self, fixture: Any) -> dict[str, Scalar]:
        """Tell a test's parameters; where others are told alike, those that are objects with pytest's own name for them."""
        params = fixture.params or {}
        told = {name: stable(value, self.folder) for name, value in params.items()}
        if fixture.fullname not in self.alike:
            return told
        return {name: text if text is params[name] else f"{text} ({fixture.param})" for name, text in told.items()}


def stable(value: Any, folder: PurePath | None = None) -> Scalar:
    """Return a parameter as a scalar that tells it from others, as far as text can, and never changes between processes.

    Parameters
    ----------
    value
        Anything. Scalars stay as they are, but for NaN and infinities; functions and classes become their qualified names,
        arrays their type and shape, other objects what ``repr`` says without its addresses.
    folder
        The project's folder: paths inside become relative, so that two checkouts have the same.
    """
    if value is None or type(value) is bool or (type(value) is float and math.isfinite(value)):
        return value  # type: ignore[no-any-return]
    if type(value) is int:
        return value if abs(value) < 2**63 else _cut(str(value))
    if type(value) is str:
        return _cut(value)
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "shape", None) == ():  # a NumPy scalar
        return stable(_quietly(item, value), folder)
    return _cut(_Writer(folder).text(value, 0))


def _cut(text: str) -> str:
    if len(text) <= MAX_TEXT:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{text[:MAX_TEXT]}... sha256 {digest}"


def _quietly(function: Any, otherwise: Any) -> Any:
    """Call what belongs to a user's object, which may raise anything."""
    try:
        return function()
    except Exception:
        return _name(type(otherwise))


def _name(named: Any) -> str:
    return f"{named.__module__}.{named.__qualname__}"


@dataclasses.dataclass(frozen=True)
class _Writer:
    folder: PurePath | None

    def text(self, value: Any, depth: int) -> str:
        """Write any value, and what is in it up to ``MAX_DEPTH``."""
        if depth > MAX_DEPTH:
            return "..."
        if isinstance(value, enum.Enum):
            return f"{_name(type(value))}.{value.name}"
        if isinstance(value, PurePath):
            return self._path(value)
        if isinstance(value, functools.partial):
            return f"partial({self._items([value.func, *value.args], depth)}{self._keywords(value.keywords, depth)})"
        if hasattr(value, "__qualname__") and isinstance(getattr(value, "__module__", None), str):
            return _name(value)
        if isinstance(value, (list, tuple, set, frozenset, dict)):
            return self._container(value, depth)
        if dataclasses.is_dataclass(value):
            fields = {field.name: getattr(value, field.name, None) for field in dataclasses.fields(value) if field.repr}
            return f"{type(value).__qualname__}({self._keywords(fields, depth).removeprefix(', ')})"
        return self._object(value)

    def _path(self, path: PurePath) -> str:
        inside = self.folder is not None and path.is_relative_to(self.folder)
        return (path.relative_to(self.folder) if inside and self.folder is not None else path).as_posix()

    def _items(self, items: Any, depth: int) -> str:
        texts = [self.text(item, depth + 1) for item in list(items)[:MAX_ITEMS]]
        return ", ".join([*texts, *(["..."] if len(items) > MAX_ITEMS else [])])

    def _keywords(self, values: Mapping[str, Any], depth: int) -> str:
        return "".join(f", {name}={self.text(value, depth + 1)}" for name, value in values.items())

    def _container(self, value: Any, depth: int) -> str:
        if isinstance(value, dict):
            pairs = [
                f"{self.text(key, depth + 1)}: {self.text(item, depth + 1)}" for key, item in list(value.items())[:MAX_ITEMS]
            ]
            return f"{{{', '.join([*pairs, *(['...'] if len(value) > MAX_ITEMS else [])])}}}"
        if isinstance(value, (set, frozenset)):  # whose order is another in every process
            return f"{{{', '.join(sorted(self.text(item, depth + 1) for item in value))}}}"
        inside = self._items(value, depth)
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"

    def _object(self, value: Any) -> str:
        shape = _quietly(lambda: getattr(value, "shape", None), None)
        if isinstance(shape, tuple) and (hasattr(value, "dtype") or hasattr(value, "dtypes")):  # a data frame has several
            dtype = str(_quietly(lambda: getattr(value, "dtype", ""), None))
            return " ".join(filter(None, (type(value).__qualname__, dtype, str(tuple(map(int, shape))))))
        return ADDRESS.sub("", str(_quietly(lambda: repr(value), value)))
