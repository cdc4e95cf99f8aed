"""What inputs differ in: values, points of axes, questions, and what only one side needs."""

import pytest

from flopwatt.bench.differences.document_forms import AskedForm, AxisForm
from flopwatt.bench.differences.input_differences import compare_axes, compare_inputs, compare_questions
from flopwatt.bench.differences.input_values import InputKey, InputKind, InputValue


def value(number: float, kind: InputKind = InputKind.STATED, point: str = "", digest: str = "") -> InputValue:
    spread = (number - 0.1, number + 0.1, 64) if kind is InputKind.DRAWN else (None, None, 1)
    return InputValue("x", "", kind, number, *spread, digest, place=("chip", point) if point else ("", ""))


def chips(**numbers: float) -> dict[InputKey, InputValue]:
    return {("tdp", point): value(number, InputKind.FACT, point) for point, number in numbers.items()}


def test_the_same_inputs_do_not_differ() -> None:
    inputs = {("pue", ""): value(1.2), **chips(h=700.0)}
    assert compare_inputs(inputs, inputs).differences == () == compare_inputs(inputs, inputs).sentences


def test_stated_inputs_come_first_with_their_change() -> None:
    a = {("price", ""): value(1.0, InputKind.ASSUMED), ("pue", ""): value(1.0), **chips(h=700.0)}
    b = {("price", ""): value(2.0, InputKind.ASSUMED), ("pue", ""): value(1.5), **chips(h=1000.0)}
    differences = compare_inputs(a, b).differences
    assert [(one.quantity, one.place[1]) for one in differences] == [("pue", ""), ("price", ""), ("tdp", "h")]
    assert [one.change for one in differences] == pytest.approx([0.5, 1.0, 3 / 7])
    assert differences[0].words == "PUE"
    assert differences[2].words == "TDP of h"


def test_an_input_that_was_drawn_and_is_stated_differs() -> None:
    (one,) = compare_inputs({("pue", ""): value(1.2, InputKind.DRAWN)}, {("pue", ""): value(1.2)}).differences
    assert (one.a and one.a.kind, one.b and one.b.kind) == (InputKind.DRAWN, InputKind.STATED)


def test_other_draws_of_one_distribution_are_said_and_no_difference() -> None:
    a, b = ({("pue", ""): value(1.2, InputKind.DRAWN, digest=digest)} for digest in "xy")
    assert compare_inputs(a, b).differences == ()
    assert compare_inputs(a, b).draws_anew
    assert not compare_inputs(a, a).draws_anew


def test_a_value_in_place_of_facts_is_held_against_every_row() -> None:
    differences = compare_inputs(chips(h=700.0, b=1000.0), {("tdp", ""): value(800.0)}).differences
    assert [(one.place[1], one.b and one.b.value) for one in differences] == [("h", 800.0), ("b", 800.0)]


def test_points_that_only_one_side_has_are_told_of_the_axis() -> None:
    assert compare_inputs(chips(h=700.0), chips(h=700.0, b=1000.0)).differences == ()
    axes = [AxisForm("chip", 2, "chip", labels=labels, names={"b": "B200"}) for labels in (("h",), ("h", "b"))]
    assert compare_axes(axes[:1], axes[1:]) == ("Only B has, of the axis chip: B200.",)
    assert compare_axes(axes[1:], axes[:1]) == ("Only A has, of the axis chip: B200.",)


def test_inputs_that_only_one_side_needs_are_named_and_stated_ones_listed() -> None:
    comparison = compare_inputs({("mfu_noise", ""): value(0.2, InputKind.FIT)}, {("mfu", ""): value(0.4)})
    assert [(one.quantity, one.a) for one in comparison.differences] == [("mfu", None)]
    assert len(comparison.sentences) == 1
    assert comparison.sentences[0].startswith("Only A needs: ")


def test_axes_and_numbers_of_draws() -> None:
    draws = [AxisForm("d", points, "draws", uncertain=True) for points in (1024, 64)]
    assert compare_axes(draws[:1], draws[1:]) == ("draws: 1,024 draws in A, 64 in B.",)
    assert compare_axes(draws, []) == ("Only A has the axis draws.",)


def test_questions_that_ask_for_something_else() -> None:
    a = {"q": AskedForm(("P50(cost)",), ("chip",), ("run_time <= 120 day", "pue >= 1")), "r": AskedForm()}
    b = {"q": AskedForm(("P50(cost)",), (), ("run_time <= 100 day", "pue >= 1")), "s": AskedForm()}
    assert compare_questions(a, b) == (
        "q asks for something else: by chip in A, nothing in B; where run_time <= 120 day in A, run_time <= 100 day in B.",
    )
    assert compare_questions(a, a) == ()
