"""One ``[axes.NAME]``: its length before anything is made, the columns it brings, and what is refused, key by key."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flopwatt.bench.stats import distributions
from flopwatt.bench.study import ranges
from flopwatt.bench.study.axes import plan_axis
from flopwatt.bench.study.planned_axis import AxisColumns, AxisError, PlannedAxis
from flopwatt.bench.study.schema import MAX_AXIS_POINTS, SchemaError, parse_study
from flopwatt.kernels.quantities import MODEL


def planned(keys: dict[str, Any], name: str = "z") -> PlannedAxis:
    document = {"title": "t", "axes": {name: keys}, "questions": [{"minimize": "run_time"}]}
    return plan_axis(name, parse_study(document).axes[name], MODEL, Path("."))


def made(keys: dict[str, Any], name: str = "z") -> AxisColumns:
    return planned(keys, name).make()


# --- ranges -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "values"),
    [
        ({"values": [0.3, 0.1, 0.2]}, [0.3, 0.1, 0.2]),
        ({"linspace": [0.1, 0.5], "num": 3}, [0.1, 0.3, 0.5]),
        ({"geomspace": [0.01, 1], "num": 3}, [0.01, 0.1, 1]),
        ({"arange": [0.1, 0.4, 0.1]}, [0.1, 0.2, 0.3]),
    ],
)
def test_a_range_is_a_column_of_the_axiss_name(keys: dict[str, Any], values: list[float]) -> None:
    axis = planned(keys, "mfu")
    assert axis.length == len(values)
    brought = axis.make()
    assert (brought.name, brought.facts, brought.labels, brought.notes) == ("mfu", False, None, ())
    np.testing.assert_allclose(brought.columns["mfu"], values, rtol=1e-12)


@pytest.mark.parametrize(
    ("values", "wrong"),
    [([0.3, 0.1, 0.3], "0.3 twice"), ([0.3, "30 %"], "'30 %' twice, as 0.3 too"), ([1, 1.0], "1.0 twice")],
)
def test_a_value_is_listed_once(values: list[Any], wrong: str) -> None:
    with pytest.raises(AxisError) as refused:
        made({"values": values}, "mfu")
    assert str(refused.value) == f"axes.mfu.values: has {wrong}"
    alike = made({"values": values, "uncertain": True}, "mfu")  # draws may be
    assert len(alike.columns["mfu"]) == len(values)
    labels = [f"case {i}" for i in range(len(values))]
    assert made({"values": values, "labels": labels}, "mfu").labels == tuple(labels)


def test_a_range_may_hold_a_quantity_of_another_name_in_its_unit() -> None:
    axis = made({"quantity": "time_lost_per_failure", "values": ["1 h", 60], "labels": ["slow", "fast"]}, "restart")
    assert axis.name == "restart"
    assert axis.columns["time_lost_per_failure"].tolist() == [3600, 60]
    assert axis.labels == ("slow", "fast")


def test_whole_quantities_are_rounded_and_equal_ones_kept_once() -> None:
    axis = planned({"geomspace": [1, 4], "num": 9}, "chip_count")
    assert axis.length == 9
    brought = axis.make()
    assert brought.columns["chip_count"].tolist() == [1, 2, 3, 4]
    assert brought.notes == ("axes.chip_count: 9 values were asked for, of which 4 differ as whole numbers",)


# --- columns side by side ---------------------------------------------------------------------------------------------


def test_columns_side_by_side_vary_together() -> None:
    axis = made({"columns": {"mfu": [0.3, 0.4], "pue": {"linspace": [1.1, 1.2], "num": 2}}, "labels": ["a", "b"]})
    assert {name: values.tolist() for name, values in axis.columns.items()} == {"mfu": [0.3, 0.4], "pue": [1.1, 1.2]}
    assert axis.labels == ("a", "b")


def test_a_single_number_is_a_column_of_one() -> None:
    assert made({"columns": {"mfu": 0.3}}).columns["mfu"].tolist() == [0.3]


# --- draws ------------------------------------------------------------------------------------------------------------

DRAWN = {"mfu": {"triangular": [0.2, 0.3, 0.5]}, "pue": {"uniform": [1.1, 1.4]}, "chip_count": {"uniform": [8, 12]}}


def test_draws_are_the_sobol_points_through_the_inverse_distribution() -> None:
    axis = made({"draws": 64, "seed": 3, "columns": DRAWN})
    points = distributions.sobol(64, 3, 3)
    np.testing.assert_array_equal(axis.columns["pue"], distributions.inverse("uniform", [1.1, 1.4], points[:, 1]))
    np.testing.assert_array_equal(axis.columns["mfu"], distributions.inverse("triangular", [0.2, 0.3, 0.5], points[:, 0]))
    assert set(axis.columns["chip_count"].tolist()) == {8, 9, 10, 11, 12}
    assert axis.labels is None


def test_a_seed_repeats_the_draws_and_0_stands_where_there_is_none() -> None:
    def pue(**keys: int) -> list[float]:
        return made({"draws": 16, "columns": DRAWN, **keys}).columns["pue"].tolist()

    assert pue() == pue(seed=0) == pue()
    assert pue(seed=1) != pue(seed=0)


def test_values_among_the_draws_have_equal_shares() -> None:
    axis = made({"draws": 64, "columns": {"mfu": {"values": [0.2, 0.4]}, "pue": [1.1, 1.2, 1.3, 1.4]}})
    assert np.unique(axis.columns["mfu"], return_counts=True)[1].tolist() == [32, 32]
    assert np.unique(axis.columns["pue"], return_counts=True)[1].tolist() == [16] * 4


def test_a_distributions_parameters_have_the_quantitys_unit_but_for_sigma() -> None:
    axis = made({"draws": 256, "columns": {"time_lost_per_failure": {"lognormal": ["20 min", 0.3]}}})
    logarithms = np.log(axis.columns["time_lost_per_failure"])
    assert np.exp(np.median(logarithms)) == pytest.approx(1200, rel=0.01)
    assert logarithms.std() == pytest.approx(0.3, rel=0.05)


# --- what is refused, and when ----------------------------------------------------------------------------------------


def test_the_length_is_known_before_anything_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("made too early")

    monkeypatch.setattr(ranges, "numbers", never)
    monkeypatch.setattr(distributions, "sobol", never)
    assert planned({"linspace": [0.1, 0.9], "num": 10**9}, "mfu").length == 10**9
    assert planned({"columns": {"mfu": [0.1, 0.2]}}).length == 2
    assert planned({"draws": 10**6, "columns": DRAWN}).length == 10**6


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"from": "hardware", "values": [1]}, "axes.z.values: does not go with from"),
        ({"from": "hardware", "labels": ["a"]}, "axes.z.labels: there are 1 labels for"),
        ({"draws": 4, "columns": DRAWN, "labels": ["a"]}, "axes.z.labels: does not go with draws"),
        ({"columns": {"mfu": [1]}, "quantity": "mfu"}, "axes.z.quantity: does not go with columns"),
        ({"values": [0.3], "quantity": "mfu", "seed": 3}, "axes.z.seed: does not go with values; draws = 1024 makes draws"),
        ({"values": [0.3], "quantity": "mfu", "rows": ["a"]}, "axes.z.rows: does not go with values; from = 'hardware'"),
        ({"values": [0.3]}, "axes.z: unknown quantity 'z'; quantity = '...' says which quantity the axis holds"),
        ({"values": [0.3], "quantity": "mfuu"}, "axes.z.quantity: unknown quantity 'mfuu'; did you mean 'mfu'"),
        ({"values": [], "quantity": "mfu"}, "axes.z.values: is empty"),
        ({"columns": {}}, "axes.z.columns: must be a table"),
        ({"columns": [0.3]}, "axes.z.columns: must be a table"),
        ({"columns": {"mfuu": [0.3]}}, "axes.z.columns.mfuu: unknown quantity"),
        ({"columns": {"mfu": [0.3, 0.4], "pue": [1.1]}}, "must be of one length, not mfu 2, pue 1"),
        ({"columns": {"mfu": {"uniform": [0.3, 0.4]}}}, "axes.z.columns.mfu.uniform: draws need a number of draws"),
        ({"columns": {"mfu": []}}, "axes.z: is empty"),
        ({"draws": 4}, "axes.z.columns: is missing"),
        ({"draws": -1, "columns": DRAWN}, "axes.z.draws: must be at least 1, not -1"),
        ({"draws": MAX_AXIS_POINTS + 1, "columns": DRAWN}, "axes.z.draws: at most 100,000,000 fit on one axis"),
        ({"draws": 4, "seed": -1, "columns": DRAWN}, "axes.z.seed: must be at least 0"),
        ({"draws": 4, "columns": {"mfu": {}}}, "axes.z.columns.mfu: has no distribution"),
        ({"draws": 4, "columns": {"mfu": {"uniform": [0.1, 0.2], "normal": [0.1, 0.2]}}}, "has uniform and normal"),
    ],
)
def test_refused_when_it_is_planned(keys: dict[str, Any], says: str) -> None:
    with pytest.raises(AxisError) as error:
        planned(keys)
    assert says in str(error.value)
    assert str(error.value).startswith("axes.z")


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"values": [0.1, 0.2], "quantity": "mfu", "labels": ["a"]}, "axes.z.labels: there are 1 labels for 2 values"),
        ({"values": [0.1, 0.2], "quantity": "mfu", "labels": ["a", "a"]}, "axes.z.labels: two labels are the same"),
        (
            {"columns": {"chip_count": {"linspace": [1, 2], "num": 3}, "mfu": [0.1, 0.2, 0.3]}},
            "axes.z.columns.chip_count: has equal values once it is rounded",
        ),
        ({"draws": 4, "columns": {"mfu": {"uniform": [0.4, 0.2]}}}, "axes.z.columns.mfu.uniform"),
        ({"draws": 4, "columns": {"mfu": []}}, "axes.z.columns.mfu.values: is empty"),
    ],
)
def test_refused_when_it_is_made(keys: dict[str, Any], says: str) -> None:
    axis = planned(keys)
    with pytest.raises(AxisError) as error:
        axis.make()
    assert says in str(error.value)


def test_numbers_out_of_a_quantitys_bounds_are_refused() -> None:
    axis = planned({"values": [0.3, 1.5]}, "mfu")
    with pytest.raises(ranges.RangeError, match=r"axes\.mfu\.values\[2\]"):
        axis.make()
    wide = planned({"draws": 64, "columns": {"mfu": {"normal": [0.9, 0.5]}}})
    with pytest.raises(AxisError, match="uniform and triangular have bounds"):
        wide.make()


def test_a_columns_unknown_key_is_named() -> None:
    with pytest.raises(SchemaError, match=r"axes.z.columns.mfu.unifrom: unknown key 'unifrom'; did you mean 'uniform'"):
        planned({"draws": 4, "columns": {"mfu": {"unifrom": [0.1, 0.2]}}})


@pytest.mark.parametrize("keys", [("num", "labels", "values"), ("values", "seed", "num")])
def test_the_first_superfluous_key_of_the_file_is_named(keys: tuple[str, ...]) -> None:
    values = {"num": 3, "labels": ["a"], "values": [1], "seed": 1}
    with pytest.raises(AxisError, match=rf"^axes.chip.{keys[0]}: does not go with from"):
        planned({"from": "hardware", **{key: values[key] for key in keys}}, "chip")
