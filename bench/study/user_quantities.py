"""Quantities of the user's own, from Python files that a study names. Loaded only where the user allows it."""

import importlib.machinery
import importlib.util
import os
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import CodeType

from ...kernels.graph.tracing import compile_alone
from ...kernels.model import units
from ...kernels.model.dimensions import misfit
from ...kernels.model.quantity import Model, ModelError, Quantity, collecting
from ...kernels.text import nearest
from ..errors import UserCodeError


def extend_model(model: Model, files: Sequence[str], folder: Path) -> tuple[Model, tuple[str, ...]]:
    """Add the quantities that files define to the model, and gather notes on them.

    Parameters
    ----------
    model
        What is added to; a quantity of a file takes the place of its namesake.
    files
        Paths of Python files, relative to ``folder``. They are run.
    folder
        Where the study stands.

    Raises
    ------
    UserCodeError
        Where a file does not load, or a formula is none that every engine can compute.
    """
    defined = {file: _load(folder / file) for file in files}
    extended, notes = model, list[str]()
    for own in defined.values():
        extended = extended.extended(own)
    for file, own in defined.items():
        notes += [f"{file}: {name} takes the place of flopwatt's own" for name in own if name in model]
        for item in own.values():
            _check_quantity(item, model, extended, folder / file)
            wrong = misfit(item, lambda name: extended[name].unit) if not item.given else None
            notes += [f"{file}: the units of {item.name} do not fit: {wrong}"] if wrong else []
    return extended, tuple(notes)


def _check_quantity(item: Quantity, model: Model, extended: Model, path: Path) -> None:
    """Raise UserCodeError for a quantity that does not go with the others or that no engine can compute."""
    place = f"{path} line {item.function.__code__.co_firstlineno}" if item.function is not None else str(path)
    if item.name in model and units.dimension(item.unit) != units.dimension(model[item.name].unit):
        raise UserCodeError(f"{place}: {item.name} is in {model[item.name].unit or 'plain numbers'}, and formulas rely on that")
    for name in item.parameters:
        if name not in extended:
            raise UserCodeError(f"{place}: {item.name} needs an unknown quantity {name!r}{nearest(name, extended.quantities)}")
    try:
        compile_alone(item)
    except ModelError as error:
        raise UserCodeError(f"{place}: {error}") from None
    except Exception as error:  # a user's formula may raise anything
        raise UserCodeError(f"{path}{_line(path, error)}: {type(error).__name__}: {error}") from None


class _Source(importlib.machinery.SourceFileLoader):
    """Compiles the file each time: kept bytecode goes by its time in seconds and its size, and an edit may change neither."""

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self.get_data(self.path), self.path)  # type: ignore[no-any-return]


def _load(path: Path) -> Mapping[str, Quantity]:
    if not os.path.isfile(path):
        raise UserCodeError(f"there is no file {path}")
    name = f"flopwatt_user_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path, loader=_Source(name, str(path)))
    if path.suffix != ".py" or spec is None or spec.loader is None:
        raise UserCodeError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    with collecting() as own:
        try:
            spec.loader.exec_module(module)
        except (Exception, SystemExit) as error:
            raise UserCodeError(f"{path}{_line(path, error)}: {type(error).__name__}: {error}") from None
    if not own:
        raise UserCodeError(f"{path} defines no quantity; put @quantity(unit=..., source=...) above a function")
    return own


def _line(path: Path, error: BaseException) -> str:
    """Say which line of the user's file the error came from, as `` line N``, or nothing."""
    if isinstance(error, SyntaxError):
        return f" line {error.lineno}" if error.lineno else ""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if os.path.abspath(frame.filename) == os.path.abspath(path)
    ]
    return f" line {lines[-1]}" if lines else ""
