"""Configurations of public models, as their makers publish them, and what is right of each.

``bench/estimate/hf_config/published`` has the facts of their config.json files, and ``right.csv`` the total and the active
parameters, the compute of training on 1e12 tokens at a sequence of 4096 where it can be derived by hand, and whether the model
must be read ("yes") or refused ("refused", a decoder whose layers are not modelled). What has neither is no decoder.
"""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.hf_config import reader
from flopwatt.bench.estimate.scenario import evaluate
from flopwatt.kernels.model.grid import Grid
from flopwatt.kernels.model.questions import Problem
from flopwatt.kernels.quantities import MODEL

FOLDER = Path(__file__).parent / "bench" / "estimate" / "hf_config" / "published"
with (FOLDER / "right.csv").open(newline="", encoding="utf-8") as _file:
    ROWS = {row["file"]: row for row in csv.DictReader(_file)}
DECODERS = [file for file, row in ROWS.items() if row["parameters"]]
OTHERS = [file for file, row in ROWS.items() if not row["parameters"] and not row["must"]]
REFUSED = [file for file, row in ROWS.items() if row["must"] == "refused"]


def document(file: str) -> dict[str, Any]:
    """Read a published configuration."""
    content = json.loads((FOLDER / file).read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def evaluated(columns: Mapping[str, float], *names: str) -> list[float]:
    """Evaluate quantities of a model for 1e12 tokens at a sequence of 4096."""
    settled = {"sequence_length": 4096.0, "tokens": 1e12, "flops_convention": 0.0, "mtp_layers": 0.0}
    answers = evaluate(Problem(MODEL, Grid(()), settled | dict(columns)), list(names))
    return [float(answers[name][0]) for name in names]


def counted(whole: Mapping[str, Any]) -> list[float] | None:
    """Read the total and the active parameters of a configuration; None where it is refused, in one line."""
    try:
        return evaluated(reader.read_document(whole).columns, "parameters", "active_parameters")
    except InputError as error:
        message = str(error)
    assert "\n" not in message
    return None


def right(file: str) -> tuple[float, float]:
    """Return the total and the active parameters that are right."""
    row = ROWS[file]
    return float(row["parameters"]), float(row["active_parameters"] or row["parameters"])
