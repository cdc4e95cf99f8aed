"""The one JSON document of a command's ``--json``."""

import json
from typing import Any


def print_json(document: Any) -> None:
    """Print it on stdout, as strict JSON that any terminal's encoding can carry: no NaN, what is not ASCII escaped."""
    print(json.dumps(document, allow_nan=False), flush=True)
