"""What makes two benchmarks the same one: file, class, function and parameters."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

Scalar = str | int | float | bool | None
Key = tuple[tuple[str, Scalar], ...]  # the function under "", its text in brackets under "[]" where that tells more, parameters

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")  # of an object that Python printed: another one in every process


class Named(Protocol):
    """What has a name, a full name and parameters."""

    @property
    def name(self) -> str:
        """The function and its parameters' text in brackets."""
        ...

    @property
    def fullname(self) -> str:
        """File, class and name."""
        ...

    @property
    def key(self) -> Key:
        """As `key_of` makes it."""
        ...


def key_of(name: str, fullname: str, params: Mapping[str, Scalar]) -> Key:
    """Make the key of a benchmark.

    Parameters
    ----------
    name, fullname
        As pytest-benchmark has them: ``test_x[1-a]`` and ``tests/test_it.py::TestClass::test_x[1-a]``.
    params
        The parameters by name. The text in brackets tells the same, and is part of the key only where there are none, or
        where one is an object that Python printed with its address.
    """
    known = sorted((key, _without_address(value)) for key, value in params.items() if value is not None)
    function, brackets = _parts(name, fullname)
    whole = not known or any(value != params[key] for key, value in known)
    return (("", function), *([("[]", brackets)] if whole and brackets else []), *known)


def _parts(name: str, fullname: str) -> tuple[str, str]:
    """Split a full name before the brackets of its parameters; a file's name may have brackets too."""
    place = fullname[: -len(name)] if name and fullname.endswith(name) else ""
    function, bracket, rest = (name if place or fullname == name else fullname).partition("[")
    return place + function, _ADDRESS.sub("", bracket + rest)


def _without_address(value: Scalar) -> Scalar:
    return _ADDRESS.sub("", value) if isinstance(value, str) else value


def keys(benchmarks: Iterable[Named], repeated: Callable[[str, int, int], Exception]) -> list[Key]:
    """Make the keys of a record's benchmarks, every one of which is another.

    Where two have one function and equal parameters (objects that print alike, a value listed twice), the text in brackets
    tells them apart.

    Parameters
    ----------
    benchmarks
        A record's, in its order.
    repeated
        Makes the exception for a full name that stands at two positions.

    Raises
    ------
    Exception
        What ``repeated`` makes.
    """
    listed = list(benchmarks)
    plain = [benchmark.key for benchmark in listed]
    counts = Counter(plain)
    result = [key if counts[key] == 1 else _with_brackets(item, key) for item, key in zip(listed, plain, strict=True)]
    positions: dict[Key, int] = {}
    for i, key in enumerate(result):
        if key in positions:
            raise repeated(listed[i].fullname, positions[key], i)
        positions[key] = i
    return result


def _with_brackets(benchmark: Named, key: Key) -> Key:
    brackets = _parts(benchmark.name, benchmark.fullname)[1]
    return (key[0], ("[]", brackets), *(item for item in key[1:] if item[0] != "[]")) if brackets else key


# --- folders ----------------------------------------------------------------------------------------------------------


def path_of(fullname: str) -> str:
    """Return the file of a full name such as pytest makes them; empty where it names none."""
    path, colons, _ = fullname.partition("::")
    return path if colons else ""


def extra_folder(paths: Iterable[str], others: Iterable[str]) -> str:
    """Find the folder that all paths of one record have and those of another lack, since pytest ran from elsewhere.

    Parameters
    ----------
    paths, others
        The files of two records' benchmarks.

    Returns
    -------
    str
        What to take off every one of ``paths``, with the slash; empty where the records have a file in common, or where
        more than one folder would do: then nothing is guessed.
    """
    own, other = set(paths) - {""}, set(others) - {""}
    if own & other:
        return ""
    folders = {path[: -len(end)] for path in own for end in other if path.endswith(f"/{end}")}
    folder = next(iter(folders)) if len(folders) == 1 else ""
    return folder if folder and all(path.startswith(folder) for path in own) else ""


def moved(key: Key, folder: str) -> Key:
    """Take a folder off the file in a key."""
    function: Any = key[0][1]
    return (("", function.removeprefix(folder)), *key[1:])
