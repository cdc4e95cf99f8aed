"""A study's TOML to a problem and questions: axes of every kind, overrides, defaults, facts that are missing."""

from pathlib import Path

import numpy as np
import pytest
from written_studies import ASK, HEAD, study

from flopwatt import configs
from flopwatt.bench.errors import InputError
from flopwatt.bench.study.loader import Study
from flopwatt.kernels.model.questions import Decision, Quantiles, Summary


def column(loaded: Study, axis: str, quantity: str) -> np.ndarray:
    return loaded.problem.grid.axes[loaded.problem.grid.position(axis)].columns[quantity]


def test_ranges_mean_what_numpy_means(tmp_path: Path) -> None:
    text = f"""{HEAD}
[axes.mfu]
linspace = [0.2, 0.6]
num = 5
[axes.chips]
quantity = "chip_count"
geomspace = ["1000 chip", 1e6]
num = 4
[axes.site]
quantity = "training_flops"
arange = [1e24, 3e24, 5e23]
{ASK}"""
    loaded = study(tmp_path, text.replace("training_flops = 1e24\n", ""))
    np.testing.assert_allclose(column(loaded, "mfu", "mfu"), np.linspace(0.2, 0.6, 5))
    np.testing.assert_allclose(column(loaded, "chips", "chip_count"), np.geomspace(1e3, 1e6, 4))
    np.testing.assert_allclose(column(loaded, "site", "training_flops"), [1e24, 1.5e24, 2e24, 2.5e24])
    assert loaded.points == 5 * 4 * 4


def test_arange_does_not_trip_over_rounding(tmp_path: Path) -> None:
    loaded = study(tmp_path, f"{HEAD}\n[axes.mfu]\narange = [0.1, 0.4, 0.1]\n{ASK}", "chip_count=8")
    np.testing.assert_allclose(column(loaded, "mfu", "mfu"), [0.1, 0.2, 0.3])


def test_units_are_converted_at_the_edge(tmp_path: Path) -> None:
    text = f"""{HEAD}
chip_count = "2 chip"
[axes.time_lost_per_failure]
values = ["1 h", "30 min", 60]
[[questions]]
minimize = "run_time"
"""
    loaded = study(tmp_path, text.replace("goodput = 1\n", ""))
    assert column(loaded, "time_lost_per_failure", "time_lost_per_failure").tolist() == [3600, 1800, 60]
    assert loaded.problem.given["peak_flops"] == 1e12


def test_a_facts_axis_brings_only_what_the_questions_need(tmp_path: Path) -> None:
    text = '[axes.chip]\nfrom = "hardware"\nrows = ["H100", "b200-sxm"]\n'
    loaded = study(tmp_path, f"{HEAD}chip_count = 8\n{text}{ASK}".replace('peak_flops = "1000 GFLOP/s"\n', ""))
    (axis,) = loaded.problem.grid.axes
    table = configs.load("hardware")
    assert axis.labels == ("h100-sxm-80gb", "b200-sxm")
    assert "tdp" not in axis.columns
    assert axis.columns["peak_bf16"].tolist() == [
        table.find("h100").values["peak_bf16"],
        table.find("b200").values["peak_bf16"],
    ]
    assert table.find("h100").source in loaded.sources["peak_bf16"]


def test_what_the_study_states_goes_before_facts(tmp_path: Path) -> None:
    text = '[axes.chip]\nfrom = "hardware"\nrows = "all"\n[axes.peak_bf16]\nvalues = [1e15, 2e15]\n'
    loaded = study(tmp_path, f"{HEAD}chip_count = 8\n{text}{ASK}".replace('peak_flops = "1000 GFLOP/s"\n', ""))
    assert column(loaded, "peak_bf16", "peak_bf16").tolist() == [1e15, 2e15]
    assert "peak_bf16" not in loaded.problem.grid.axes[0].columns
    assert any("takes the place of hardware's peak_bf16" in note for note in loaded.notes)


def test_own_facts_table_and_renamed_column(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'title = "Mine"\n[columns]\npeak_bf16 = "FLOP/s"\npeak_fp8 = "FLOP/s"\n'
        '[rows.x1]\nname = "X1"\nsource = "us"\npeak_bf16 = 1e15\npeak_fp8 = 3e15\n'
    )
    text = '[axes.chip]\nfrom = "mine.toml"\ncolumns = { peak_flops = "peak_fp8" }\n'
    loaded = study(tmp_path, f"{HEAD}chip_count = 8\n{text}{ASK}".replace('peak_flops = "1000 GFLOP/s"\n', ""))
    assert column(loaded, "chip", "peak_flops").tolist() == [3e15]
    assert loaded.missing == ()


def test_columns_side_by_side_with_labels(tmp_path: Path) -> None:
    text = """
[axes.plan]
labels = ["now", "later"]
columns.mfu = [0.3, 0.5]
columns.chip_count = { values = [1000, 2000] }
"""
    loaded = study(tmp_path, f"{HEAD}{text}{ASK}")
    assert loaded.problem.grid.axes[0].labels == ("now", "later")
    assert column(loaded, "plan", "chip_count").tolist() == [1000, 2000]


DRAWN = """
[axes.assumptions]
draws = 100
seed = 3
columns.mfu = { triangular = [0.25, 0.40, 0.55] }
columns.time_lost_per_failure = { lognormal = ["20 min", 0.3] }
columns.chip_count = { uniform = [1000, 2000] }
columns.other_losses = { values = [0, 0.1] }
"""


def test_joint_draws(tmp_path: Path) -> None:
    text = HEAD.replace("goodput = 1\n", "") + DRAWN + ASK
    loaded = study(tmp_path, text)
    again = study(tmp_path, text)
    (axis,) = loaded.problem.grid.axes
    assert len(axis) == 100
    assert 0.25 <= axis.columns["mfu"].min() < axis.columns["mfu"].max() <= 0.55
    assert np.median(axis.columns["time_lost_per_failure"]) == pytest.approx(1200, rel=0.03)
    assert set(axis.columns["other_losses"].tolist()) == {0, 0.1}
    for name, values in axis.columns.items():
        np.testing.assert_array_equal(values, again.problem.grid.axes[0].columns[name])


def test_defaults_fill_what_nothing_gives_and_are_listed(tmp_path: Path) -> None:
    loaded = study(tmp_path, f"{HEAD}chip_count = 8\n{ASK}")
    names = ("precision_bits", "power_limit_share", "power_exponent", "year", "mfu_deviation")
    defaults = {name: configs.defaults()[name] for name in names}
    assert [(a.quantity, a.value, a.source) for a in loaded.assumptions] == [
        (name, default.value, default.source) for name, default in defaults.items()
    ]
    assert loaded.problem.given["mfu_deviation"] == defaults["mfu_deviation"].value
    assert study(tmp_path, f"{HEAD}chip_count = 8\nmfu = 0.3\n{ASK}").assumptions == ()


def test_a_quantity_held_fixed_replaces_its_formula(tmp_path: Path) -> None:
    loaded = study(tmp_path, f"{HEAD}sustained_flops = 1e18\n{ASK}")
    assert "mfu" not in loaded.problem.given
    assert loaded.problem.given["sustained_flops"] == 1e18


def test_facts_that_are_missing_are_named_where_they_matter(tmp_path: Path) -> None:
    chips = '[axes.chip]\nfrom = "hardware"\nrows = ["a100-sxm-80gb", "h100"]\n'
    head = HEAD.replace('peak_flops = "1000 GFLOP/s"\n', "") + "chip_count = 8\n"
    table = configs.load("hardware")
    assert np.isnan(table.find("a100-sxm-80gb").values["peak_fp8"])
    assert study(tmp_path, f"{head}precision_bits = 16\n{chips}{ASK}").missing == ()
    (missing,) = study(tmp_path, f"{head}precision_bits = 8\n{chips}{ASK}").missing
    assert (missing.row, missing.quantity, missing.questions) == ("a100-sxm-80gb", "peak_fp8", ("fastest",))


# --- overrides --------------------------------------------------------------------------------------------------------

AXES = """
[axes.chip]
from = "hardware"
rows = ["h100", "b200-sxm"]
[axes.chip_count]
geomspace = [1000, 100000]
num = 16
"""
FULL = (
    HEAD.replace('peak_flops = "1000 GFLOP/s"\ngoodput = 1\n', "")
    + AXES
    + DRAWN.replace("columns.chip_count = { uniform = [1000, 2000] }\n", "")
    + ASK.replace('"fastest"', '"fastest"\nby = ["chip", "chip_count"]')
)


@pytest.mark.parametrize(
    ("override", "points"),
    [
        ("mfu=0.4", 2 * 16 * 100),
        ("training_flops=1e25", 2 * 16 * 100),
        ("given.training_flops=1e25", 2 * 16 * 100),
        ("chip_count=2048", 2 * 1 * 100),
        ('chip_count="2048 chip"', 2 * 1 * 100),
        ("chip=b200", 1 * 16 * 100),
        ("chip=all", len(configs.load("hardware").rows) * 16 * 100),
        ("axes.chip_count.num=4", 2 * 4 * 100),
        ("axes.assumptions.draws = 7", 2 * 16 * 7),
        ('questions.fastest.by=["chip"]', 2 * 16 * 100),
        ("questions.1.name=slow", 2 * 16 * 100),
        ("axes.recomputed_layers.values=[0,1]", 2 * 16 * 100 * 2),
    ],
)
def test_overrides(tmp_path: Path, override: str, points: int) -> None:
    loaded = study(tmp_path, FULL, override)
    assert loaded.points == points
    assert loaded.overrides == (override,)
    assert loaded.digest != study(tmp_path, FULL).digest


def test_an_override_goes_before_all_else(tmp_path: Path) -> None:
    loaded = study(tmp_path, FULL, "mfu=0.4", "chip_count=2048", "peak_bf16=1e15", "training_flops=2e24")
    grid = loaded.problem.grid
    assert "mfu" not in grid.column_axis
    assert loaded.problem.given["mfu"] == 0.4
    assert column(loaded, "chip_count", "chip_count").tolist() == [2048]
    assert "peak_bf16" not in grid.column_axis
    assert loaded.problem.given["peak_bf16"] == 1e15
    assert loaded.problem.given["training_flops"] == 2e24
    assert loaded.sources["mfu"] == "given by an override"


def test_an_axis_that_changes_nothing_is_said(tmp_path: Path) -> None:
    loaded = study(tmp_path, f"{HEAD}chip_count = 8\n[axes.wue]\nvalues = [0.1, 0.2]\n{ASK}")
    assert loaded.points == 2
    assert any("changes no answer" in note for note in loaded.notes)


def test_questions(tmp_path: Path) -> None:
    text = f"""{FULL}
where = ["run_time <= 100 day"]
[[questions]]
maximize = "run_time"
[[questions]]
summary = "chip_hours"
by = ["chip"]
[[questions]]
quantiles = "chip_hours"
at = [0, 0.25, 1]
"""
    best, worst, summary, quantiles = study(tmp_path, text).questions
    assert isinstance(best, Decision)  # its run time depends on draws
    assert not best.maximize
    assert [str(best.objective), *map(str, best.promises[0].names())] == ["P50(run_time)", "run_time"]
    assert isinstance(worst, Decision)
    assert worst.maximize
    assert worst.name == "maximize run_time"
    assert isinstance(summary, Summary)
    assert summary.by == ("chip",)
    assert isinstance(quantiles, Quantiles)
    assert quantiles.at == (0, 0.25, 1)


# --- a quantity taken from another one --------------------------------------------------------------------------------


def test_a_quantity_may_be_taken_from_another_one(tmp_path: Path) -> None:
    text = f'{HEAD}chip_count = 8\nload = 0.5\nmfu = "load"\n{ASK}'
    for loaded in (study(tmp_path, text), study(tmp_path, text.replace('"load"', "0.3"), "mfu=load")):
        assert "mfu" not in loaded.problem.given
        assert loaded.problem.given["load"] == 0.5
        assert loaded.problem.model["mfu"].parameters == ("load",)
    assert study(tmp_path, text, "mfu=0.2").problem.given["mfu"] == 0.2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('mfu = "run_time"', "unit"),
        ('mfu = "loda"', "not a number"),
        ('mfu = "load"\n[axes.mfu]\nvalues = [0.3]', "twice"),
        ('goodput = "mfu"\nmfu = "goodput"', "circle"),
    ],
)
def test_a_quantity_taken_from_one_that_will_not_do(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError) as error:
        study(tmp_path, HEAD.replace("goodput = 1\n", "") + f"chip_count = 8\n{text}\n{ASK}")
    assert says in str(error.value)
