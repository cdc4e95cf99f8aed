"""Files that people write: read as text or TOML, and checked against a form; what is wrong with one says which and where."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from ..kernels.errors import FlopwattError
from ..kernels.validation.type_parts import Place
from ..kernels.validation.validator import DataError, Validator

T = TypeVar("T")


class FactError(FlopwattError, ValueError):
    """A facts file, a row or a value is wrong or not there; the message names file, row and key and says what to do."""


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file as a dictionary. Raises FactError where it cannot be read or parsed."""
    return parse_toml(read_text(path), path)


def read_text(path: Path) -> str:
    """Read a text file, without the byte order mark that some editors put first.

    Raises
    ------
    FactError
        Where it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FactError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise FactError(f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from None


def parse_toml(text: str, path: Path) -> dict[str, Any]:
    """Parse the text of a TOML file; ``path`` is for errors. Raises FactError where it cannot be parsed."""
    try:
        return tomllib.loads(text)
    except ValueError as error:  # of which TOMLDecodeError is one
        raise FactError(f"{path}: is not valid TOML: {error}") from None
    except RecursionError:
        raise FactError(f"{path}: is not valid TOML: nested too deeply") from None


def checked(form: Validator[T], data: Any, path: Path, place: Place = ()) -> T:
    """Check what was read of a file and return it as its type.

    Parameters
    ----------
    form
        The type.
    data
        What was read; not all of the file where there is a ``place`` in it.
    path
        The file, for the error.
    place
        The keys that lead to the data in the file.

    Raises
    ------
    FactError
        Where it does not fit; the message names file and key.
    """
    try:
        return form.check(data, place)
    except DataError as error:
        raise FactError(f"{path}: {error}") from None


def check_form(form: Validator[T], data: Any, path: Path, place: Place = ()) -> None:
    """Check what was read of a file as `checked` does, by plain tests where these are enough.

    A file that is as it should be is so checked without pydantic, which takes a tenth of a second to load: a third of an
    estimate. Pydantic finds the words for one that is not.

    Parameters
    ----------
    form, data, path, place
        As `checked` has them.

    Raises
    ------
    FactError
        Where it does not fit; the message names file and key.
    """
    if not form.fits(data):
        checked(form, data, path, place)
