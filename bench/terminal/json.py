"""JSON that is strict: what a command prints for ``--json``, and what numbers that JSON lacks become."""

import json
import math
from typing import Any


def print_json(document: Any) -> None:
    """Print a document on stdout, as strict JSON that any terminal's encoding can carry: no NaN, what is not ASCII escaped.

    Raises
    ------
    ValueError
        Where a NaN or an infinity is in it: `jsonable` takes them out.
    """
    print(json.dumps(document, allow_nan=False), flush=True)


def jsonable(value: Any) -> Any:
    """Turn a dataclass, mapping, sequence or scalar into data that strict JSON can hold.

    Parameters
    ----------
    value
        NumPy's scalars may be in it. NaN becomes null, an infinity the text "inf" or "-inf".

    Raises
    ------
    TypeError
        Where something in it has no place in JSON.
    """
    from pydantic_core import to_jsonable_python

    return _finite(to_jsonable_python(value, inf_nan_mode="constants", fallback=_scalar))


def _scalar(value: Any) -> Any:
    if not hasattr(value, "item"):
        raise TypeError(f"{type(value).__name__} has no place in JSON")
    return value.item()


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value
