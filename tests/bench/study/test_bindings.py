"""Which value a quantity takes where several places give one; which grid and which notes come of it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.answers.kinds import OWN_NAMES
from flopwatt.bench.study import planned_axis
from flopwatt.bench.study.bindings import (
    BindingError,
    Bindings,
    bind,
    build_grid,
    find_substitutes,
    needed_quantities,
    note_hidden,
    substitute,
)
from flopwatt.bench.study.planned_axis import AxisError
from flopwatt.bench.study.schema import parse_study
from flopwatt.kernels import host_memory
from flopwatt.kernels.quantities import MODEL

CHIP = {"from": "hardware", "rows": ["h100", "b200-sxm"]}


def bound(
    given: dict[str, Any] | None = None,
    axes: dict[str, Any] | None = None,
    held: dict[str, Any] | None = None,
    computed: dict[str, str] | None = None,
    folder: Path = Path("."),
) -> Bindings:
    document = {"title": "t", "given": given or {}, "axes": axes or {}, "questions": [{"minimize": "run_time"}]}
    return bind(parse_study(document), MODEL, held or {}, folder, computed or {})


def test_given_values_are_in_base_units() -> None:
    bindings = bound({"time_lost_per_failure": "2 h", "tokens": 1e13})
    assert bindings.given == {"time_lost_per_failure": 7200, "tokens": 1e13}
    assert (bindings.axes, bindings.notes, bindings.columns()) == ([], [], set())


def test_axes_bring_columns_in_the_order_of_the_study() -> None:
    bindings = bound(axes={"mfu": {"values": [0.3, 0.4]}, "z": {"columns": {"pue": [1.1], "load": [0.5]}}})
    assert [(axis.name, list(axis.columns)) for axis in bindings.axes] == [("mfu", ["mfu"]), ("z", ["pue", "load"])]
    assert bindings.columns() == {"mfu", "pue", "load"}


def test_what_is_held_goes_before_what_the_study_gives() -> None:
    bindings = bound({"mfu": 0.3}, held={"mfu": "0.5", "time_lost_per_failure": "1 min"})
    assert bindings.given == {"mfu": 0.5, "time_lost_per_failure": 60}


def test_an_axis_whose_one_column_is_held_becomes_that_value() -> None:
    (axis,) = (bindings := bound(axes={"mfu": {"values": [0.3, 0.4], "labels": ["a", "b"]}}, held={"mfu": 0.5})).axes
    assert axis.columns["mfu"].tolist() == [0.5]
    assert axis.labels is None
    assert bindings.given == {}


def test_a_column_that_is_held_leaves_its_axis() -> None:
    bindings = bound(axes={"z": {"columns": {"mfu": [0.3, 0.4], "pue": [1.1, 1.2]}}}, held={"mfu": 0.5})
    (axis,) = bindings.axes
    assert list(axis.columns) == ["pue"]
    assert bindings.given == {"mfu": 0.5}


def test_stated_values_take_the_place_of_facts_and_it_is_said() -> None:
    bindings = bound({"tdp": "700 W"}, {"chip": CHIP, "peak_bf16": {"values": [1e15]}})
    chip = bindings.axes[0]
    assert chip.labels == ("h100-sxm-80gb", "b200-sxm")
    assert not {"tdp", "peak_bf16"} & set(chip.columns)
    assert bindings.given["tdp"] == 700
    assert sorted(bindings.notes) == [
        "axes.peak_bf16 takes the place of hardware's peak_bf16",
        "given.tdp takes the place of hardware's tdp",
    ]


def test_a_facts_axis_stays_where_all_it_brings_is_held() -> None:
    columns = {name: 1.0 for name in configs.load("hardware").columns if name in MODEL}
    (axis,) = bound(axes={"chip": CHIP | {"columns": list(columns)[:2]}}, held=dict(list(columns.items())[:2])).axes
    assert axis.columns == {}
    assert axis.labels == ("h100-sxm-80gb", "b200-sxm")


def test_notes_of_the_axes_are_kept() -> None:
    bindings = bound(axes={"chip_count": {"linspace": [1, 3], "num": 9}})
    assert bindings.notes == ["axes.chip_count: 9 values were asked for, of which 3 differ as whole numbers"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"given": {"tokns": 1}}, "given.tokns: unknown quantity 'tokns'; did you mean 'tokens'"),
        ({"held": {"tokns": 1}}, "tokns: unknown quantity"),
        ({"given": {"mfu": 0.3}, "axes": {"mfu": {"values": [0.3]}}}, "axes.mfu: mfu is given twice, here and by given.mfu"),
        (
            {"axes": {"mfu": {"values": [0.3]}, "z": {"columns": {"mfu": [0.4]}}}},
            "axes.z: mfu is given twice, here and by axes.mfu",
        ),
        ({"axes": {"mfu": {"values": [0.3]}}, "computed": {"mfu": "load"}}, "mfu is given twice"),
        ({"axes": {"pue": {"quantity": "mfu", "values": [0.3]}}}, "is called as a quantity but brings mfu"),
        (
            {"axes": {"a": {"linspace": [1, 2], "num": 2**62, "quantity": "mfu"}, "b": {"quantity": "pue", "values": [1, 2]}}},
            "at most 2^63-2 can be numbered",
        ),
    ],
)
def test_what_does_not_fit_together(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(BindingError) as error:
        bound(**changes)
    assert says in str(error.value)


@pytest.mark.parametrize("name", sorted(OWN_NAMES))
def test_no_axis_is_called_as_what_answers_hold(name: str) -> None:
    with pytest.raises(BindingError, match="answers have something else of that name"):
        bound(axes={name: {"quantity": "mfu", "values": [0.3]}})


def test_a_grid_too_large_is_refused_before_its_axes_are_made() -> None:
    axes = {name: {"quantity": name, "linspace": [1, 2], "num": 90_000_000} for name in ("pue", "tokens", "chip_count")}
    with pytest.raises(BindingError, match=r"pue 90,000,000 x tokens 90,000,000"):
        bound(axes=axes)


def test_axes_that_need_more_memory_than_is_free_are_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (planned_axis, host_memory):
        monkeypatch.setattr(module, "available_bytes", lambda: 10**9)
    drawn = {"draws": 30_000_000, "columns": {"mfu": {"uniform": [0.1, 0.2]}, "load": {"uniform": [0.1, 0.2]}}}
    says = r"axes.d.draws: takes more memory than the 1 GB that are free; at most 10,416,666 values fit there"
    with pytest.raises(AxisError, match=says):
        bound(axes={"d": drawn, "pue": {"quantity": "pue", "values": [1.1]}})
    spaced = {"quantity": "pue", "linspace": [1, 2], "num": 90_000_000}
    with pytest.raises(AxisError, match=r"axes.p.num: takes more memory"):
        bound(axes={"p": spaced})
    stepped = {"quantity": "pue", "arange": [1, 2, 1e-9]}
    with pytest.raises(AxisError, match=r"axes.p.arange: takes more memory"):
        bound(axes={"p": stepped})


# --- the grid ---------------------------------------------------------------------------------------------------------


def test_needs_end_at_what_is_bound() -> None:
    bindings = bound({"training_flops": 1e24}, {"mfu": {"values": [0.3]}})
    needs = needed_quantities(MODEL, ["run_time"], bindings)
    assert {"training_flops", "mfu", "run_time"} <= set(needs)
    assert needs.index("mfu") < needs.index("run_time")
    assert "tokens" not in needs
    assert "tokens" in needed_quantities(MODEL, ["run_time"], bound())


def test_a_stated_value_that_changes_nothing_beside_another_is_noted() -> None:
    def notes(**given: float) -> list[str]:
        bindings = bound(given, {"mfu": {"values": [0.3]}})
        return note_hidden(MODEL, bindings, needed_quantities(MODEL, ["run_time"], bindings), given)

    assert notes(training_flops=1e24, tokens=1e12) == [
        "tokens changes no answer, since training_flops, which would follow from it, is given too"
    ]
    assert notes(tokens=1e12) == notes(training_flops=1e24) == []
    assert notes(tokens=1e12, pue=1.2) == []  # another question may need it


def test_a_grids_axes_have_the_columns_that_are_needed() -> None:
    bindings = bound(axes={"chip": CHIP, "chip_count": {"values": [8, 16]}, "wue": {"values": [0.1, 0.2]}})
    grid, notes = build_grid(MODEL, bindings, ["peak_bf16", "chip_count"])
    assert [(axis.name, list(axis.columns)) for axis in grid.axes] == [
        ("chip", ["peak_bf16"]),
        ("chip_count", ["chip_count"]),
        ("wue", ["wue"]),
    ]
    assert grid.axes[0].labels == ("h100-sxm-80gb", "b200-sxm")
    assert notes == ["axes.wue: no question needs wue, so it changes no answer"]
    _, notes = build_grid(MODEL, bindings, ["peak_bf16", "chip_count"], ["wue", "water"])
    assert notes == []  # a question of the file that is not asked now needs it


def test_an_axis_left_with_nothing_is_refused() -> None:
    bindings = bound({"peak_bf16": 1e15}, {"chip": CHIP | {"columns": ["peak_bf16"]}})
    with pytest.raises(BindingError, match="everything it brings is given elsewhere"):
        build_grid(MODEL, bindings, ["peak_bf16"])


def test_two_tables_that_bring_a_quantity_clash_only_where_it_is_needed() -> None:
    bindings = bound(axes={"one": CHIP | {"columns": ["peak_bf16", "tdp"]}, "two": CHIP | {"columns": ["tdp"]}})
    grid, _ = build_grid(MODEL, bindings, ["peak_bf16"])
    assert list(grid.axes[0].columns) == ["peak_bf16"]
    with pytest.raises(BindingError, match="tdp comes from one too"):
        build_grid(MODEL, bindings, ["peak_bf16", "tdp"])


# --- one quantity for another -----------------------------------------------------------------------------------------


def test_only_names_of_quantities_are_substitutes() -> None:
    values = {"mfu": "load", "load": 0.5, "tokens": "1e13 token", "goodput": "lod", "nothing": "mfu"}
    assert find_substitutes(values, MODEL) == {"mfu": "load"}


def test_a_substitute_is_computed_as_the_other_and_says_so() -> None:
    model = substitute(MODEL, {"mfu": "load"})
    assert model["mfu"].parameters == ("load",)
    assert model["mfu"](np.array([0.25, 0.5])).tolist() == [0.25, 0.5]
    assert model["mfu"].source == "load, as the study says"
    assert (model["mfu"].doc, model["mfu"].high) == (MODEL["mfu"].doc, MODEL["mfu"].high)
    assert MODEL["mfu"].parameters != ("load",)


def test_a_substitute_of_another_unit_is_refused() -> None:
    with pytest.raises(BindingError, match=r"given.mfu: run_time has the unit s"):
        substitute(MODEL, {"mfu": "run_time"})


def test_a_substituted_quantity_takes_the_place_of_facts_and_has_no_value() -> None:
    bindings = bound({"tdp": "chip_power"}, {"chip": CHIP}, computed={"tdp": "chip_power"})
    assert "tdp" not in bindings.axes[0].columns
    assert "tdp" not in bindings.given
