"""Files of other tools as they write them, small, and changed copies of them for tests."""

import copy
import json
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parent / "bench" / "records" / "foreign" / "examples"


def example(name: str) -> Any:
    """The parsed example of this name, without its ending."""
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def changed(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    """A copy of a document with another value at a place; none where the value is ``...``."""
    result = copy.deepcopy(document)
    target = result
    for key in place[:-1]:
        target = target[key]
    if value is ...:
        del target[place[-1]]
    else:
        target[place[-1]] = value
    return result


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [place for key, value in items for place in ((*path, key), *places(value, (*path, key)))]
