"""What a change is due to: one input of the second side at a time."""

from pathlib import Path

import pytest
from made_documents import STUDY, run_of

from flopwatt.bench.differences.attribution import attribute

BOTH = ("training_flops", "chip_price")


def test_each_input_moves_the_answer_as_it_does_alone(tmp_path: Path) -> None:
    a = run_of(tmp_path)
    b = run_of(tmp_path, "training_flops=2e24", "chip_price=60000", "axes.chip_count.values=[1000]")
    told = attribute(a, b, "energy", BOTH)
    assert told is not None
    assert told.quantity == "energy"
    assert dict(told.parts) == {"training_flops": pytest.approx(2 * told.a)}
    assert told.b == pytest.approx(2 * told.a)
    assert told.rest == pytest.approx(0, abs=1e-6 * told.a)
    cost = attribute(a, run_of(tmp_path, "training_flops=2e24", "chip_price=60000"), "cheapest", BOTH)
    assert cost is not None
    assert [name for name, _ in cost.parts] == ["training_flops", "chip_price"]
    alone = dict(cost.parts)
    assert cost.b - cost.a == pytest.approx(sum(value - cost.a for value in alone.values()) + cost.rest)
    only = attribute(a, run_of(tmp_path, "chip_price=60000"), "cheapest", BOTH)
    assert only is not None
    assert only.parts == (("chip_price", pytest.approx(alone["chip_price"])),)
    assert only.b == pytest.approx(alone["chip_price"])


def test_inputs_that_are_not_named_are_part_of_the_rest(tmp_path: Path) -> None:
    told = attribute(run_of(tmp_path), run_of(tmp_path, "training_flops=2e24", "chip_price=60000"), "cheapest", ["chip_price"])
    assert told is not None
    assert [name for name, _ in told.parts] == ["chip_price"]
    assert told.rest > 0


def test_it_is_taken_where_both_sides_have_a_row(tmp_path: Path) -> None:
    a = run_of(tmp_path)
    b = run_of(tmp_path, "training_flops=2e24", text=STUDY.replace('["a", "b"]', '["a", "c"]'))
    told = attribute(a, b, "energy", BOTH)
    assert told is not None
    assert ("site", "a") in told.place


def test_without_a_common_place_nothing_is_told(tmp_path: Path) -> None:
    b = run_of(tmp_path, "training_flops=2e24", text=STUDY.replace('["a", "b"]', '["c", "d"]'))
    assert attribute(run_of(tmp_path), b, "energy", BOTH) is None
    other = run_of(tmp_path, text=STUDY.replace('summary = "run_time"', 'summary = "energy"'))
    assert attribute(run_of(tmp_path), other, "time", BOTH) is None


def test_an_input_that_is_drawn_on_one_side_counts_at_its_median(tmp_path: Path) -> None:
    a, b = run_of(tmp_path), run_of(tmp_path, "mfu=0.2", "chip_price=60000")
    told = attribute(a, b, "energy", ("mfu", "chip_price"))
    assert told is not None
    assert [name for name, _ in told.parts] == ["mfu"]
    assert dict(told.parts)["mfu"] == pytest.approx(2 * told.a, rel=0.02)
