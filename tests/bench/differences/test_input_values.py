"""Inputs as documents say them, in words, and when two of them are one."""

from typing import Any

import pytest

from flopwatt.bench.differences.document_forms import AxisColumnForm, AxisForm, EstimateForm, HeldForm, RunForm
from flopwatt.bench.differences.input_values import (
    InputKind,
    InputValue,
    are_alike,
    holds_everywhere,
    inputs_of_estimate,
    inputs_of_run,
)

DRAWN = AxisColumnForm("", None, 1.0, 1.4, 1.1, 1.2, 1.3, "abc")


def run_form(**more: Any) -> RunForm:
    return RunForm("s", "float64", (), (), **more)


def test_inputs_of_a_run_are_told_by_how_they_have_their_value() -> None:
    chips = AxisForm("chip", 2, "chip", False, ("h", "b"), {"h": "H100"}, {"tdp": AxisColumnForm("W", (700.0, None))})
    counts = AxisForm("chip_count", 3, columns={"chip_count": AxisColumnForm("chip", None, 1000.0, 4000.0, digest="x")})
    one = AxisForm("year", 1, columns={"year": AxisColumnForm("", None, 2026.0, 2026.0, digest="y")})
    draws = AxisForm("draws", 64, uncertain=True, columns={"pue": DRAWN})
    form = run_form(
        assumptions=(HeldForm("chip_life", "year", 5.0),),
        given=(HeldForm("tokens", "token", 1e12, stated=True), HeldForm("mfu_noise", "", 0.2)),
        axes=(chips, counts, one, draws),
    )
    inputs = inputs_of_run(form)
    assert {key: (value.kind, value.words()) for key, value in inputs.items()} == {
        ("chip_life", ""): (InputKind.ASSUMED, "5 years (assumed)"),
        ("tokens", ""): (InputKind.STATED, "1 trillion tokens"),
        ("mfu_noise", ""): (InputKind.FIT, "0.2"),
        ("tdp", "h"): (InputKind.FACT, "700 W"),
        ("tdp", "b"): (InputKind.FACT, "unknown"),
        ("chip_count", ""): (InputKind.RANGE, "1,000 to 4,000 chips in 3 steps"),
        ("year", ""): (InputKind.STATED, "2026"),
        ("pue", ""): (InputKind.DRAWN, "1.2 (1.1 to 1.3), drawn"),
    }
    assert inputs["tdp", "h"].place == ("chip", "H100")
    assert inputs["tdp", "b"].place == ("chip", "b")


def test_an_older_document_has_its_assumptions_alone() -> None:
    assert list(inputs_of_run(run_form(assumptions=(HeldForm("pue", "", 1.2),)))) == [("pue", "")]


def test_inputs_of_an_estimate() -> None:
    held = (HeldForm("tokens", "token", 1e12, stated=True), HeldForm("pue", "", None, P10=1.1, P50=1.2, P90=1.3))
    inputs = inputs_of_estimate(EstimateForm({"model": "m", "tokens": 1.0, "notes": []}, {}, held))
    assert {key[0]: value.words() for key, value in inputs.items()} == {
        "model": "m",
        "tokens": "1 trillion tokens",
        "pue": "1.2 (1.1 to 1.3), drawn",
    }
    older = inputs_of_estimate(EstimateForm({"model": "m", "tokens": 1e12}, {}))
    assert {key[0]: value.words() for key, value in older.items()} == {"model": "m", "tokens": "1 trillion tokens"}


def stated(value: float | None, unit: str = "") -> InputValue:
    return InputValue("pue", unit, InputKind.STATED, value)


def drawn(middle: float, digest: str, points: int = 64) -> InputValue:
    return InputValue("pue", "", InputKind.DRAWN, middle, middle - 0.1, middle + 0.1, points, digest)


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        (stated(1.2), stated(1.2 * (1 + 1e-12)), True),
        (stated(1.2), stated(1.3), False),
        (stated(None), stated(None), True),
        (stated(None), stated(1.2), False),
        (stated(1.2), stated(1.2, "W"), False),
        (stated(1.2), InputValue("pue", "", InputKind.ASSUMED, 1.2), True),
        (stated(1.2), drawn(1.2, "x"), False),
        (drawn(1.2, "x"), drawn(1.2, "x"), True),
        (drawn(1.2, "x"), drawn(1.21, "y"), True),  # of other draws of one distribution
        (drawn(1.2, "x"), drawn(1.25, "y"), False),
        (drawn(1.2, "x", 4096), drawn(1.21, "y", 4096), False),
        (InputValue("chip_count", "chip", InputKind.RANGE, None, 1, 9, 3, "x"),
         InputValue("chip_count", "chip", InputKind.RANGE, None, 1, 9, 3, "y"), False),
        (InputValue("chip", "", InputKind.TEXT, text="H100"), InputValue("chip", "", InputKind.TEXT, text="B200"), False),
    ],
)  # fmt: skip
def test_when_two_inputs_are_one(a: InputValue, b: InputValue, alike: bool) -> None:
    assert are_alike(a, b) is alike
    assert are_alike(b, a) is alike


def test_what_holds_everywhere_holds_at_every_point() -> None:
    inputs = {("tdp", ""): stated(700.0), ("pue", "a"): stated(1.2)}
    assert holds_everywhere(inputs, ("tdp", "h")) == stated(700.0)
    assert holds_everywhere(inputs, ("pue", "b")) is None
