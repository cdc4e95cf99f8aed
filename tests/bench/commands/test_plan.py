"""``flopwatt plan``: what it prints, in text and JSON, and what it says of bad input."""

import json

import pytest
from click.testing import CliRunner
from planned_studies import LARGE, SMALL, written

from flopwatt.bench.cli import cli
from flopwatt.bench.machine import ceilings
from flopwatt.bench.plans.study_plan import leading_part, numpy_seconds
from flopwatt.bench.study.loader import load_study
from flopwatt.kernels import engines
from flopwatt.kernels.analysis.roofline import MachineLimits

pytestmark = pytest.mark.alone

LIMITS = MachineLimits(1e11, 1e10, 5e11, 2e10, 5e9, cores=2)


@pytest.fixture
def plan(monkeypatch):
    """The command on a machine of known limits."""
    monkeypatch.setattr(ceilings, "cpu", lambda dtype, threads=None: LIMITS)

    def invoke(*args):
        return CliRunner().invoke(cli, ["plan", *args])

    return invoke


@pytest.fixture
def quick(plan, tmp_path):
    result = plan(written(tmp_path, SMALL), "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_every_question_has_a_plan(quick):
    assert quick["points"] == 98_304
    assert [each["question"] for each in quick["questions"]] == ["cheapest", "energy", "run time"]
    order = quick["questions"][0]["order"]
    axes = [part["axis"] for part in order["outer"]] + [loop["axis"] for loop in order["loops"]] + order["lanes"]["axes"]
    assert set(axes) == {"model", "chip", "chip_count", "assumptions"}


def test_each_quantity_stands_where_its_axes_say(quick):
    found = {each["quantity"]: each for each in quick["questions"][0]["quantities"]}
    assert found["training_flops"]["where"] == "before the loops, for each of model (1)"
    assert found["peak_flops"]["axes"] == ["chip"]
    assert found["goodput"]["where"] == "before the loops, for each of chip_count (64)"
    assert found["chip_power"]["level"] == 0
    assert found["chip_power"]["where"].startswith("per lane once per outer point (")
    assert found["cost"]["where"].startswith("per lane inside loop chip_count (")
    assert found["cost"]["times"] == 98_304  # every scenario
    assert found["mfu"]["given"]
    assert found["mfu"]["lanes"]


def test_the_roofline_follows_from_operations_and_limits(quick):
    for each in quick["questions"]:
        slowest = 0.0
        for load in each["passes"]:
            assert load["operations"]["divide"] >= 1.0  # run_time, or what it takes, and what jammed passes have in common
            parts = (
                load["cache_bytes"] / LIMITS.cache_bytes,
                load["memory_bytes"] / LIMITS.memory_bytes,
                load["bins_counted"] / LIMITS.counts,
                load["operations"]["divide"] / LIMITS.divides,
            )
            slowest += max(parts)
        assert each["roofline"]["seconds"] >= each["scenarios"] * slowest * (1 - 1e-9)
        assert each["roofline"]["by"] in ("arithmetic", "division", "cache", "memory", "counting")


def test_every_engine_has_an_estimate_or_a_reason(quick):
    for each in quick["questions"]:
        assert [estimate["engine"] for estimate in each["estimates"]] == list(engines.NAMES)
        for estimate in each["estimates"]:
            assert (estimate["seconds"] is None) == (not engines.availability(estimate["engine"]).available)
            assert estimate["seconds"] is None or 0 < estimate["seconds"] < 60
            assert (estimate["reason"] is None) == (estimate["seconds"] is not None)
    totals = {each["engine"]: each["seconds"] for each in quick["engines"]}
    parts = [e["seconds"] for each in quick["questions"] for e in each["estimates"] if e["engine"] == "numba"]
    assert totals["numba"] == pytest.approx(sum(parts))


def test_what_a_run_would_take_is_said_with_what_engines_were_predicted(quick):
    assert [choice["questions"] for choice in quick["choices"]] == [["cheapest"], ["energy"], ["run time"]]
    for choice in quick["choices"]:
        assert choice["engine"] == "numpy"  # so few scenarios are done before anything is compiled
        predicted = choice["predicted"]
        assert set(predicted) >= {"numpy", "numba"}
        assert predicted["numpy"]["compile_seconds"] == 0
        assert predicted["numba"]["compile_seconds"] > 0


def test_the_text_says_order_depth_and_speed(plan, tmp_path):
    result = plan(written(tmp_path, SMALL), "--question", "cheapest")
    assert result.exit_code == 0
    for text in (
        "cheapest  least cost where run time <= 120 days",
        "lanes",
        "assumptions (512)",
        "before the loops",
        "per lane inside loop chip_count",
        "roofline",
        "at most",
        "numpy",
        "numba",
    ):
        assert text in result.stdout
    assert "quantiles" not in result.stdout


@pytest.mark.parametrize(
    ("asked", "passes"),
    [
        ('histogram = "cost"', ["range", "counts"]),
        ('pareto = ["cost", "run_time"]', ["range", "least", "front"]),
        ('table = ["cost", "energy"]', ["table"]),
        ('sensitivity = "cost"', ["summary", "spread", "by chip_count", "by assumptions"]),
    ],
)
def test_every_kind_of_question_has_its_passes(plan, tmp_path, asked, passes):
    text = load_study("quick").path.read_text(encoding="utf-8").partition("[[questions]]")[0]
    path = tmp_path / "study.toml"
    path.write_text(f"{text}[[questions]]\n{asked}\n", encoding="utf-8")
    result = plan(str(path), "--json", "--set", "chip=h100-sxm-80gb", "--set", "axes.assumptions.draws=64")
    assert result.exit_code == 0, result.output
    (question,) = json.loads(result.stdout)["questions"]
    assert [load["pass"] for load in question["passes"] if load["pass"] not in ("by model", "by chip")] == passes
    assert question["roofline"]["seconds"] > 0
    assert plan(str(path)).exit_code == 0


def test_axes_that_change_nothing_are_left_out(plan, tmp_path):
    result = plan(written(tmp_path, LARGE), "--question", "energy", "--json")
    (question,) = json.loads(result.stdout)["questions"]
    assert question["left_out"] == ["electricity_price"]
    assert question["scenarios"] * 5 == json.loads(result.stdout)["points"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["quik"], "did you mean 'quick'?"),
        (["quick", "--question", "cheepest"], "did you mean 'cheapest'?"),
        (["quick", "--dtype", "float16"], "float64, float32"),
        (["quick", "--threads", "0"], "at least 1"),
        (["quick", "--set", "mfu=2"], "mfu"),
        ([], "STUDY"),
    ],
)
def test_bad_input_is_one_line(plan, args, said):
    result = plan(*args)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stdout == ""


def test_the_part_that_numpy_is_timed_on_keeps_the_last_axes(tmp_path):
    problem = load_study(written(tmp_path, LARGE)).problem
    part = leading_part(problem, 20_000).grid
    assert part.shape == (1, 1, 3, 5, 1024)
    assert part.axes[-1].columns["mfu"] is not None
    whole, some = problem.grid.axes[2].columns["chip_count"], part.axes[2].columns["chip_count"]
    assert set(some) <= set(whole)
    assert leading_part(problem, problem.grid.size).grid.shape == problem.grid.shape


def test_numpy_is_estimated_from_a_part(tmp_path):
    study = load_study(written(tmp_path, LARGE))
    question = next(each for each in study.questions if each.name == "run time")
    small, large = (numpy_seconds(study.problem, question, "float64", most) for most in (2**17, 2**19))
    assert 0.2 < small / large < 5  # the machine may be busy


def test_what_questions_share_is_said_and_counted_once(plan, tmp_path):
    study = written(tmp_path, LARGE)
    asked = [argument for name in ("cheapest", "cost", "energy") for argument in ("--question", name)]
    text = plan(study, *asked).stdout
    assert "one first pass for this and cost, counted here" in text
    assert "one first pass for this and cheapest, counted with cheapest" in text
    first, second, other = json.loads(plan(study, *asked, "--json").stdout)["questions"]
    assert first["first_pass_of"] == second["first_pass_of"] == ["cheapest", "cost"]
    assert other["first_pass_of"] == []
    assert [[found["pass"] for found in each["passes"]] for each in (first, second)] == [["shared"], ["counts"]]
    (alone,) = json.loads(plan(study, "--question", "cost", "--json").stdout)["questions"]
    assert [found["pass"] for found in alone["passes"]] == ["range", "counts"]
    formulas = ("add", "multiply", "divide")  # are done once
    shared, ranged = first["passes"][0]["operations"], alone["passes"][0]["operations"]
    assert [shared[kind] for kind in formulas] == [ranged[kind] for kind in formulas]


def test_a_question_whose_only_pass_others_did_takes_no_more(plan, tmp_path):
    text = SMALL.partition("[[questions]]")[0]
    asked = '[[questions]]\nname = "{}"\n{}\nby = ["chip"]\n'
    path = tmp_path / "two.toml"
    path.write_text(text + asked.format("low", 'minimize = "cost"') + asked.format("all", 'summary = "cost"'))
    result = plan(str(path), "--json")
    assert result.exit_code == 0, result.output
    low, every = json.loads(result.stdout)["questions"]
    assert low["roofline"]["seconds"] > 0
    assert every["passes"] == []
    assert every["roofline"]["seconds"] == 0
    assert plan(str(path)).exit_code == 0
