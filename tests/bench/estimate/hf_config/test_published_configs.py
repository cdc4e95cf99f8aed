"""Configurations of public models are read right, or refused by name: those of ``published_configs``."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from published_configs import DECODERS, FOLDER, OTHERS, REFUSED, ROWS, document, evaluated, right

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.hf_config import reader

KINDS = r"encoder|decoder|speech|audio|vision|image|time series|protein|diffusion"


def keys(value: Any) -> Iterator[str]:
    """List the keys of an object and of those within it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys(inner)


def names_a_key(message: str, content: dict[str, Any]) -> bool:
    """Tell whether a refusal names a key that is there, or one that is missing."""
    return (
        "has no " in message
        or " is not there" in message
        or any(re.search(rf"(?<!\w){re.escape(key)}(?!\w)", message) for key in keys(content))
    )


def read_or_refused(file: str) -> dict[str, float] | None:
    """Read a file's columns; None where it is refused in one line that names a key or says what it is."""
    content = document(file)
    try:
        return dict(reader.read_document(content).columns)
    except InputError as error:
        message = str(error)
    assert "\n" not in message
    assert names_a_key(message, content) or re.search(KINDS, message), message
    return None


def test_every_configuration_has_its_row() -> None:
    assert {path.name for path in FOLDER.glob("*.json")} == set(ROWS)


@pytest.mark.parametrize("file", DECODERS)
def test_a_decoder_is_read_right_or_refused(file: str) -> None:
    row, columns = ROWS[file], read_or_refused(file)
    if columns is None:
        assert not row["must"], "a well-known family that must be read"
        return
    total, active, compute = evaluated(columns, "parameters", "active_parameters", "training_flops")
    assert total == pytest.approx(right(file)[0], rel=0.01)
    assert active == pytest.approx(right(file)[1], rel=0.03)
    if row["training_flops_1e12_4096"]:
        assert compute == pytest.approx(float(row["training_flops_1e12_4096"]), rel=0.005)


@pytest.mark.parametrize("file", OTHERS)
def test_what_is_no_decoder_is_refused_as_such(file: str) -> None:
    with pytest.raises(InputError, match=KINDS) as error:
        reader.read_document(document(file))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("file", REFUSED)
def test_what_is_not_modelled_is_refused_by_name(file: str) -> None:
    assert read_or_refused(file) is None


def test_most_decoders_are_read() -> None:
    read = [file for file in DECODERS if read_or_refused(file) is not None]
    assert len(read) >= 0.75 * len(DECODERS)
