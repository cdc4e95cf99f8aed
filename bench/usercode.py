"""Quantities of the user's own, from Python files that a study names. Loaded only where the user allows it."""

import importlib.util
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..kernels.quantity import Model, Quantity, collecting


class UserCodeError(ValueError):
    """A file of quantities could not be loaded; the message names the file, and the line where that is known."""


def extend(model: Model, files: Sequence[str], folder: Path) -> Model:
    """The model with the quantities that the files (relative to ``folder``) define. Raises UserCodeError."""
    for file in files:
        model = model.extended(_load(folder / file))
    return model


def _load(path: Path) -> Mapping[str, Quantity]:
    if not path.is_file():
        raise UserCodeError(f"there is no file {path}")
    spec = importlib.util.spec_from_file_location(f"flopwatt_user_{path.stem}", path)
    if spec is None or spec.loader is None:
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
    """`` line N`` of the user's file where the error came from, or nothing."""
    if isinstance(error, SyntaxError):
        return f" line {error.lineno}" if error.lineno else ""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f" line {lines[-1]}" if lines else ""
