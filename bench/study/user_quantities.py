"""Quantities of the user's own, from Python files that a study names. Loaded only where the user allows it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from ...kernels import reading
from ...kernels.graph.tracing import compile_alone
from ...kernels.model import units
from ...kernels.model.dimensions import misfit
from ...kernels.model.quantity import Model, ModelError, Quantity, collecting
from ...kernels.text import nearest
from ..errors import UserCodeError
from .user_code import code_of, guarded, guarded_formula


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
            with guarded(folder / file):
                wrong = misfit(item, lambda name: extended[name].unit) if not item.given else None
            notes += [f"{file}: the units of {item.name} do not fit: {wrong}"] if wrong else []
    own_quantities = [(_guard(item, folder / file), name) for file, own in defined.items() for name, item in own.items()]
    return extended.extended({name: item for item, name in own_quantities}), tuple(notes)


def _guard(item: Quantity, path: Path) -> Quantity:
    return item if item.function is None else replace(item, function=guarded_formula(item.function, path))


def _check_quantity(item: Quantity, model: Model, extended: Model, path: Path) -> None:
    """Raise UserCodeError for a quantity that does not go with the others or that no engine can compute."""
    code = code_of(item.function) if item.function is not None else None
    place = f"{path} line {code.co_firstlineno}" if code is not None else str(path)
    if item.name in model and units.dimension(item.unit) != units.dimension(model[item.name].unit):
        raise UserCodeError(f"{place}: {item.name} is in {model[item.name].unit or 'plain numbers'}, and formulas rely on that")
    for name in item.parameters:
        if name not in extended:
            raise UserCodeError(f"{place}: {item.name} needs an unknown quantity {name!r}{nearest(name, extended.quantities)}")
    with guarded(path):
        try:
            compile_alone(item)
            return
        except ModelError as error:
            fault = str(error)
    raise UserCodeError(f"{place}: {fault}")


def _load(path: Path) -> Mapping[str, Quantity]:
    if path.suffix != ".py":
        raise UserCodeError(f"{path} is no Python file")
    try:
        source = reading.read_bytes(path)
    except reading.ReadingError as error:
        raise UserCodeError(f"{path}: {error}") from error
    module = ModuleType(f"flopwatt_user_{path.stem}")
    module.__file__ = str(path)
    with collecting() as own, guarded(path):
        # compiled each time: kept bytecode goes by a file's time in seconds and its size, and an edit may change neither
        exec(compile(source, str(path), "exec", dont_inherit=True), module.__dict__)
    if not own:
        raise UserCodeError(f"{path} defines no quantity; put @quantity(unit=..., source=...) above a function")
    return own
