"""Bounds of quantities, of groups and of every group."""

from dataclasses import fields
from pathlib import Path

import pytest
from made_findings import two_generations

from flopwatt.bench.errors import InputError
from flopwatt.bench.validate.bounds import BOUNDS, QuantityBounds, beyond
from flopwatt.bench.validate.case_labels import LABELS
from flopwatt.bench.validate.rows import PUBLISHED


def lines(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "bounds.toml"
    path.write_text(text)
    return beyond(two_generations(), path)


@pytest.mark.parametrize(
    ("bounds", "says"),
    [
        ("[step_time]\nmedian = 0.2\nbias = 0.2", []),
        ("[step_time]\nbias = 0.01", ["step_time: bias is -0.06392, at most 0.01 is asked for"]),
        ("[step_time]\nmean_log = 0.1", ["step_time: mean absolute log error is 0.1592, at most 0.1 is asked for"]),
        ("[energy]\nleast_coverage = 0.5", ["energy: no coverage, and least_coverage is bounded"]),
        ("[step_time.generation.hopper]\nmean = 0.11\nleast_n = 6", []),
        (
            "[step_time.generation.Ampere]\nmean = 0.15",
            ["step_time, generation Ampere: mean absolute relative error is 0.2, at most 0.15 is asked for"],
        ),
        ("[step_time.framework.fsdp]\nmean = 0.1", ["step_time, framework fsdp: nothing was predicted, and mean is bounded"]),
        (
            "[step_time.generation.every]\nleast_n = 6\nleast_coverage = 0.6",
            ["step_time, generation Ampere: coverage is 0, at least 0.6 is asked for"],
        ),
        (
            "[step_time.generation.every]\nleast_n = 7\nleast_coverage = 0.6",
            ["step_time, generation every: there is no group of at least 7 cases, and every one is bounded"],
        ),
        (
            "[step_time.generation.Hoper]\nmean = 0.1\nbias = 0.1",
            ["step_time, generation Hoper: nothing was predicted, and mean, bias are bounded; did you mean 'Hopper'?"],
        ),
    ],
)
def test_what_is_beyond(bounds: str, says: list[str], tmp_path: Path) -> None:
    assert lines(tmp_path, bounds) == says


@pytest.mark.parametrize(
    ("bounds", "says"),
    [
        ("[step_time.generatoin.Hopper]\nmean = 1", "step_time: unknown key 'generatoin'; did you mean 'generation'?"),
        ("[step_time.generation.Hopper]\nmaen = 1", "step_time.generation.Hopper: unknown key 'maen'; did you mean 'mean'?"),
        ("[step_time]\ngeneration = 1", "step_time.generation must be a table"),
    ],
)
def test_a_wrong_file_is_said_in_a_line(bounds: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        lines(tmp_path, bounds)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_every_bound_and_every_label_has_its_key_in_a_file() -> None:
    assert {item.name for item in fields(QuantityBounds)} == {*BOUNDS, *LABELS}


def test_the_stored_bounds_are_of_what_was_predicted() -> None:
    said = beyond(two_generations(), PUBLISHED / "bounds.toml")
    assert any(line.startswith("chip_hours: nothing was predicted") for line in said)
