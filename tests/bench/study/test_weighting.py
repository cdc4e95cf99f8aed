"""Which axes are uncertain, and the weights of their points: what is understood of every form of axis, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from written_studies import ASK, HEAD, study

from flopwatt.bench.errors import InputError, StudyError
from flopwatt.bench.study.axes import plan_axis
from flopwatt.bench.study.planned_axis import AxisColumns
from flopwatt.bench.study.schema import SchemaError, parse_study
from flopwatt.kernels.quantities import MODEL

CHIPS = ["h100", "b200-sxm", "gb200-nvl72"]
FACTS = {"from": "hardware", "rows": CHIPS}
DRAWN = {"draws": 3, "columns": {"mfu": {"uniform": [0.2, 0.5]}}}
VALUES = {"quantity": "mfu", "values": [0.2, 0.3, 0.4]}
JOINT = {"columns": {"mfu": [0.2, 0.3, 0.4], "pue": [1.1, 1.2, 1.3]}}
RANGE = {"quantity": "mfu", "linspace": [0.2, 0.4], "num": 3}
FORMS = {"from": FACTS, "draws": DRAWN, "values": VALUES, "columns": JOINT, "linspace": RANGE}


def made(keys: dict[str, Any], folder: Path = Path(".")) -> AxisColumns:
    document = {"title": "t", "axes": {"z": keys}, "questions": [{"minimize": "run_time"}]}
    return plan_axis("z", parse_study(document).axes["z"], MODEL, folder).make()


def refused(keys: dict[str, Any]) -> str:
    with pytest.raises(StudyError) as error:
        made(keys)
    return str(error.value)


@pytest.mark.parametrize("form", FORMS)
def test_an_axis_of_any_form_may_be_uncertain_with_weights_or_without(form: str) -> None:
    keys = FORMS[form]
    assert made(keys).uncertain == (form == "draws")
    assert made(keys).weights is None
    assert made({**keys, "uncertain": True}).uncertain
    assert made({**keys, "uncertain": True}).weights is None
    weights = made({**keys, "uncertain": True, "weights": [0, 1, "50%"]}).weights
    assert weights is not None
    np.testing.assert_array_equal(weights, [0, 1, 0.5])


def test_shares_that_are_not_the_whole_are_noted() -> None:
    def notes(*weights: float | str) -> tuple[str, ...]:
        return made({**VALUES, "uncertain": True, "weights": list(weights)}).notes

    assert notes(0.7, 0.5, 0.2) == ("axes.z.weights: add up to 1.4; each counts by its share of that",)
    assert notes("50 %", "20 %", "20 %") == ("axes.z.weights: add up to 0.9; each counts by its share of that",)
    assert notes(0.5, 0.3, 0.2) == notes(0.33, 0.33, 0.33) == notes(1, 2, 2) == notes(0, 1, 0.5) == ()


def test_draws_are_uncertain_without_saying_so() -> None:
    assert made({**DRAWN, "weights": [1, 2, 3]}).uncertain
    assert refused({**DRAWN, "uncertain": False}) == "axes.z.uncertain: draws are always uncertain; leave it out, or draws"


@pytest.mark.parametrize("form", [form for form in FORMS if form != "draws"])
def test_other_axes_are_decisions_unless_they_say_so(form: str) -> None:
    assert not made({**FORMS[form], "uncertain": False}).uncertain
    says = "axes.z.weights: go with an uncertain axis; add uncertain = true to it"
    assert refused({**FORMS[form], "weights": [1, 1, 1]}) == says
    assert refused({**FORMS[form], "uncertain": False, "weights": [1, 1, 1]}) == says


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ([1, -2, 1], "axes.z.weights[2]: must be at least 0, not -2"),
        ([0, 0, 0.0], "axes.z.weights: are all 0; give at least one point a weight above 0"),
        ([1, float("nan"), 1], "axes.z.weights[2]: nan is not a number"),
        ([1, float("inf"), 1], "axes.z.weights[2]: inf is infinite"),
        ([1, "2 day", 1], "axes.z.weights[2]: '2 day' has the wrong unit; a plain number is needed"),
        ([1e308, 1e308, 1], "axes.z.weights: are too large to add up; divide them all by the greatest"),
        ([1, True, 1], "axes.z.weights: must be a number, or text such as '120 day', not true"),
        (3, "axes.z.weights: must be a list of numbers or the name of a column, not 3"),
        ("", "axes.z.weights: must be text, not ''"),
    ],
)
def test_weights_that_do_not_do_are_refused(form: str, weights: Any, says: str) -> None:
    assert refused({**FORMS[form], "uncertain": True, "weights": weights}) == says


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({**VALUES, "weights": [1, 2]}, "there are 2 weights for 3 values; give one for each value"),
        ({**VALUES, "weights": []}, "there are 0 weights for 3 values; give one for each value"),
        ({**FACTS, "weights": [1, 2]}, "there are 2 weights for 3 rows; give one for each row"),
        ({**FACTS, "rows": ["h100"], "weights": [1, 2]}, "there are 2 weights for 1 row; give one for each row"),
        ({**DRAWN, "weights": [1]}, "there are 1 weight for 3 draws; give one for each draw"),
        (
            {"quantity": "chip_count", "geomspace": [1, 4], "num": 9, "weights": [1] * 9},
            "there are 9 weights for 4 values, as of 9 only 4 differ as whole numbers; give one for each value",
        ),
    ],
)
def test_there_is_a_weight_for_each_point(keys: dict[str, Any], says: str) -> None:
    assert refused({**keys, "uncertain": True}) == f"axes.z.weights: {says}"


def test_uncertain_is_true_or_false() -> None:
    with pytest.raises(SchemaError, match=r"^axes\.z\.uncertain: must be true or false, not 'yes'$"):
        made({**VALUES, "uncertain": "yes"})


# --- weights from a column --------------------------------------------------------------------------------------------


def test_a_column_of_the_tables_rows_may_be_the_weights(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text(
        'title = "Prices"\n[columns]\nelectricity_price = "USD/kWh"\nchance = ""\n'
        '[rows.low]\nname = "low"\nsource = "us"\nelectricity_price = 0.05\nchance = "20%"\n'
        '[rows.high]\nname = "high"\nsource = "us"\nelectricity_price = 0.1\nchance = 0.8\n'
        '[rows.none]\nname = "none"\nsource = "us"\nelectricity_price = 0.2\n'
    )
    keys = {"from": "prices.toml", "uncertain": True, "weights": "chance"}
    axis = made({**keys, "rows": ["high", "low"]}, tmp_path)
    assert axis.weights is not None
    assert axis.weights.tolist() == [0.8, 0.2]
    assert list(axis.columns) == ["electricity_price"]
    with pytest.raises(StudyError, match=r"^axes\.z\.weights: chance of none is not published, so that the row has no weight$"):
        made(keys, tmp_path)
    with pytest.raises(StudyError, match=r"^axes\.z\.weights: the axis has no column 'chanc'; did you mean 'chance'\?$"):
        made({**keys, "weights": "chanc"}, tmp_path)


def test_a_quantity_of_the_axis_may_be_the_weights_and_stays() -> None:
    axis = made({**JOINT, "uncertain": True, "weights": "pue"})
    assert list(axis.columns) == ["mfu", "pue"]
    assert axis.weights is not None
    assert axis.weights.tolist() == [1.1, 1.2, 1.3]
    renamed = made({**FACTS, "columns": {"peak_flops": "peak_fp8"}, "uncertain": True, "weights": "peak_flops"})
    assert renamed.weights is renamed.columns["peak_flops"]


@pytest.mark.parametrize(("form", "chance"), [("columns", [1, 2, 3]), ("draws", {"uniform": [1, 3]})])
def test_a_column_of_weights_needs_to_be_no_quantity(form: str, chance: Any) -> None:
    keys = FORMS[form]
    axis = made({**keys, "uncertain": True, "columns": {**keys["columns"], "chance": chance}, "weights": "chance"})
    assert list(axis.columns) == list(keys["columns"])
    assert axis.weights is not None
    assert len(axis.weights) == 3
    assert all(1 <= weight <= 3 for weight in axis.weights)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        (
            {**JOINT, "weights": "chance"},
            "axes.z.weights: the axis has no column 'chance'; write a list of numbers, or the name of one of its columns",
        ),
        (
            {"columns": {"mfu": [0.2], "chance": [-1]}, "weights": "chance"},
            "axes.z.weights: chance has -1; a weight is at least 0",
        ),
        (
            {"columns": {"mfu": [0.2], "chance": [0]}, "weights": "chance"},
            "axes.z.weights: are all 0; give at least one point a weight above 0",
        ),
        (
            {"columns": {"chance": [1]}, "weights": "chance"},
            "axes.z.columns: has nothing but weights; add the column that they weigh",
        ),
    ],
)
def test_a_column_that_is_no_weights_is_refused(keys: dict[str, Any], says: str) -> None:
    assert refused({**keys, "uncertain": True}) == says


# --- in a study -------------------------------------------------------------------------------------------------------

SITES = """
[axes.site]
quantity = "mfu"
values = [0.2, 0.3, 0.4]
labels = ["a", "b", "c"]
"""
WEIGHED = f"{HEAD}chip_count = 8\n{SITES}uncertain = true\nweights = [1, 2, 3]\n{ASK}"


def test_the_grid_has_the_axis_and_its_weights(tmp_path: Path) -> None:
    (axis,) = study(tmp_path, WEIGHED).problem.grid.axes
    assert axis.uncertain
    assert axis.weights is not None
    assert axis.weights.tolist() == [1, 2, 3]


def test_overrides_change_and_add_them(tmp_path: Path) -> None:
    (axis,) = study(tmp_path, WEIGHED, "axes.site.weights=[3, 0, 0]").problem.grid.axes
    assert axis.weights is not None
    assert axis.weights.tolist() == [3, 0, 0]
    (axis,) = study(tmp_path, f"{HEAD}chip_count = 8\n{SITES}{ASK}", "axes.site.uncertain=true").problem.grid.axes
    assert (axis.uncertain, axis.weights) == (True, None)


def test_an_override_that_holds_the_quantity_leaves_one_point_without_weights(tmp_path: Path) -> None:
    (axis,) = study(tmp_path, WEIGHED, "mfu=0.25").problem.grid.axes
    assert (len(axis), axis.uncertain, axis.weights) == (1, True, None)


def test_rows_chosen_by_an_override_must_fit_the_weights(tmp_path: Path) -> None:
    facts = '\n[axes.chip]\nfrom = "hardware"\nrows = ["h100", "b200-sxm"]\nuncertain = true\nweights = [1, 2]\n'
    text = f"{HEAD}chip_count = 8\nmfu = 0.3\n{facts}{ASK}".replace('peak_flops = "1000 GFLOP/s"\n', "")
    with pytest.raises(InputError, match=r"axes\.chip\.weights: there are 2 weights for 1 row; give one for each row"):
        study(tmp_path, text, "chip=h100")
    (axis,) = study(tmp_path, text, "chip=h100", "axes.chip.weights=[1]").problem.grid.axes
    assert axis.labels == ("h100-sxm-80gb",)
