"""Configurations of public models are read right, or refused by name.

``published/`` has the facts of config.json files as their makers published them, and ``right.csv`` what is right: the total
and the active parameters, the compute of training where it can be derived by hand, and whether the model must be read.
"""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.hf_config import reader
from flopwatt.bench.estimate.scenario import evaluate
from flopwatt.kernels.model.grid import Grid
from flopwatt.kernels.model.questions import Problem
from flopwatt.kernels.quantities import MODEL

HERE = Path(__file__).parent / "published"
with (HERE / "right.csv").open(newline="", encoding="utf-8") as _file:
    ROWS = {row["file"]: row for row in csv.DictReader(_file)}
DECODERS = [file for file, row in ROWS.items() if row["parameters"]]
OTHERS = [file for file, row in ROWS.items() if not row["parameters"]]
KINDS = r"encoder|decoder|speech|audio|vision|image|time series|protein|diffusion|no language model|has no \w+"


def document(file: str) -> dict[str, Any]:
    content = json.loads((HERE / file).read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def keys(value: Any) -> Iterator[str]:
    """List the keys of an object and of those within it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys(inner)


def values(columns: dict[str, float], *names: str) -> list[float]:
    settled = {"sequence_length": 4096.0, "tokens": 1e12, "flops_convention": 0.0, "mtp_layers": 0.0}
    answers = evaluate(Problem(MODEL, Grid(()), settled | columns), list(names))
    return [float(answers[name][0]) for name in names]


def read_or_refusal(file: str) -> dict[str, float] | None:
    """Read a file's columns; None where it is refused in one line that names a key of it or says what it is."""
    content = document(file)
    try:
        return dict(reader.read_document(content).columns)
    except InputError as error:
        message = str(error)
        assert "\n" not in message
        named = any(re.search(rf"(?<!\w){re.escape(key)}(?!\w)", message) for key in keys(content))
        assert named or re.search(KINDS, message), message
        return None


def test_every_configuration_has_its_row() -> None:
    assert {path.name for path in HERE.glob("*.json")} == set(ROWS)


@pytest.mark.parametrize("file", DECODERS)
def test_a_decoder_is_read_right_or_refused(file: str) -> None:
    row, columns = ROWS[file], read_or_refusal(file)
    if columns is None:
        assert not row["must"], "a well-known family that must be read"
        return
    total, active, compute = values(columns, "parameters", "active_parameters", "training_flops")
    assert total == pytest.approx(float(row["parameters"]), rel=0.01)
    assert active == pytest.approx(float(row["active_parameters"] or row["parameters"]), rel=0.03)
    if row["training_flops_1e12_4096"]:
        assert compute == pytest.approx(float(row["training_flops_1e12_4096"]), rel=0.005)


@pytest.mark.parametrize("file", OTHERS)
def test_what_is_no_decoder_is_refused_as_such(file: str) -> None:
    with pytest.raises(InputError, match=KINDS) as error:
        reader.read_document(document(file))
    assert "\n" not in str(error.value)


def test_most_decoders_are_read() -> None:
    read = [file for file in DECODERS if read_or_refusal(file) is not None]
    assert len(read) >= 0.8 * len(DECODERS)
