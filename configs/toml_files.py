"""Files that people write: read as text or TOML, and checked against a form; what is wrong with one says which and where."""

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from ..kernels import reading
from ..kernels.errors import FlopwattError
from ..kernels.validation.type_parts import Place
from ..kernels.validation.validator import DataError, Validator
from .parsed_text import parsed_text

T = TypeVar("T")
_FOLDER = Path(__file__).parent
_OWN_FOLDERS = (_FOLDER, *(_FOLDER / name for name in ("prior", "published", "studies")))
_SHORT = 2_000  # characters that are parsed as quickly as what is kept of them is read


class FactError(FlopwattError, ValueError):
    """A facts file, a row or a value is wrong or not there; the message names file, row and key and says what to do."""


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file as a dictionary. Raises FactError where it cannot be read or parsed."""
    return parse_toml(read_text(path), path)


def read_text(path: Path, *, piped: bool = False) -> str:
    """Read a text file, without the byte order mark that some editors put first.

    Parameters
    ----------
    path
        The file.
    piped
        Whether it may be the standard input, ``-``, or a pipe that the process was started with.

    Raises
    ------
    FactError
        Where it cannot be read, or is not UTF-8.
    """
    try:
        return reading.read_text(path, piped=piped)
    except reading.ReadingError as error:
        raise FactError(f"{path}: {error}") from error


# What the nesting of TOML is told by: text and comments, which may hold anything, then brackets, dots and what ends a key.
_TOKEN = re.compile(
    r'"""(?:[^\\"]|\\.|"(?!""))*(?:"""|$)|\'\'\'.*?(?:\'\'\'|$)|"(?:[^\\"\n]|\\.)*"?|\'[^\'\n]*\'?|#[^\n]*|(?P<mark>[\[\]{}.,=\n])',
    re.DOTALL,
)


def parse_toml(text: str, path: Path) -> dict[str, Any]:
    """Parse the text of a TOML file. Raises FactError where it cannot be parsed.

    Parameters
    ----------
    text
        What the file holds.
    path
        The file, for errors. What a long one that comes with flopwatt says is kept: the longest takes 20 ms to parse.
    """
    try:
        if path.parent in _OWN_FOLDERS and len(text) >= _SHORT:
            return parsed_text(text, toml_document)
        return toml_document(text)
    except ValueError as error:
        raise FactError(f"{path}: is not valid TOML: {error}{_number_hint(text, str(error))}") from None


_AT_LINE = re.compile(r"\(at line (\d+)")
_UNQUOTED = re.compile(r"""[^"'=#]*=\s*(?P<number>[+-]?\d[\d_.]*(?P<comma>,\d+)?)\s*(?P<unit>[^\W\d][^"'#,]*|%)?\s*(#.*)?""")
_LONG_LINE = 200  # characters: none with a number alone is longer


def _number_hint(text: str, wrong: str) -> str:
    """Say how a number is written that a line holds as TOML does not have it: with a decimal comma, or a unit."""
    place = _AT_LINE.search(wrong)
    lines = text.split("\n")
    line = lines[int(place[1]) - 1].strip() if place and int(place[1]) <= len(lines) else ""
    written = _UNQUOTED.fullmatch(line) if len(line) <= _LONG_LINE else None
    if written is None or not (written["comma"] or written["unit"]):
        return ""
    number = written["number"].replace(",", ".")
    unit = (written["unit"] or "").strip()
    return (
        f'; a number with a unit stands in quotes: "{number} {unit}"' if unit else f"; a number has a decimal point: {number}"
    )


def toml_document(text: str) -> dict[str, Any]:
    """Parse TOML whose nesting and keys are of a bounded length.

    Raises
    ------
    ValueError
        Where it cannot be parsed, or is nested too deeply; the message says where.
    """
    _check_depth(text)  # before it is parsed: the parser recurses, and takes quadratic time for a key of many parts
    try:
        document = tomllib.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    try:
        reading.check_nesting(document)
    except reading.ReadingError as error:
        raise ValueError(f"it {error}") from None
    return document


def _check_depth(text: str) -> None:
    depth = dots = 0
    for token in _TOKEN.finditer(text):
        mark = token["mark"]
        if mark is None:
            continue
        if mark == ".":
            dots += 1
        else:
            dots = 0
            depth = depth + 1 if mark in "[{" else max(depth - 1, 0) if mark in "]}" else depth
        if depth > reading.MAX_DEPTH or dots > reading.MAX_DEPTH:
            line = text.count("\n", 0, token.start()) + 1
            raise ValueError(f"nested more than {reading.MAX_DEPTH} deep (at line {line})")


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
