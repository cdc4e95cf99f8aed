"""Draws of what is known of a run: a study and an estimate of the same run agree, chips have their own distributions."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from written_studies import study

from flopwatt import run_study
from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.intervals import estimate
from flopwatt.bench.estimate.request import Request, run_of
from flopwatt.bench.estimate.scenario import evaluate as evaluate_scenario
from flopwatt.bench.estimate.strategy_search import PARTS
from flopwatt.bench.prior.drawn_inputs import DEVIATION, STEP_DEVIATION, TARGETS
from flopwatt.bench.stats.distributions import P90
from flopwatt.bench.study.loader import Study
from flopwatt.kernels.model.evaluate import evaluate_at

ASKED = ("run_time", "energy", "cost", "mfu")
DRAWS, SEED = 512, 5
# model, chip, chips, precision, and what else is stated
RUNS = (
    ("llama-3.1-405b", "h100-sxm-80gb", 16384, "bf16", {}),
    ("llama-3.1-405b", "h100-sxm-80gb", 16384, "fp8", {"pue": "1.1"}),
    ("llama-3.1-8b", "a100-sxm-80gb", 512, "bf16", {"electricity_price": "0.07 USD/kWh"}),
    ("deepseek-v3", "h800-sxm", 2048, "fp8", {"chip_price": "25000 USD"}),
    ("deepseek-v3", "gb200-nvl72", 2048, "fp4", {}),
    ("kimi-k2", "b200-sxm", 4096, "bf16", {"mfu": "0.35"}),
    ("nemotron-4-340b", "gaudi3", 6144, "bf16", {}),
    ("qwen3-235b-a22b", "mi300x", 4096, "bf16", {"other_losses": "0.05"}),
    ("llama-3.1-8b", "tpu-v4", 1024, "bf16", {}),
    ("llama-3.1-405b", "tpu-v3", 8192, "bf16", {"year": "2020", "chip_price": "5000 USD"}),
)
BITS = {"bf16": 16, "fp8": 8, "fp4": 4}


def text(model: str, chip: str, chips: int, precision: str, stated: dict[str, str], draws: str = f"draws = {DRAWS}") -> str:
    given = "".join(f'{name} = "{value}"\n' for name, value in stated.items())
    asked = "".join(f'[[questions]]\nname = "{name}"\nquantiles = "{name}"\nat = [0.1, 0.5, 0.9]\n' for name in ASKED)
    return f"""title = "t"
[given]
tokens = 1e13
chip_count = {chips}
precision_bits = {BITS[precision]}
{given}
[axes.model]
from = "models"
rows = ["{model}"]
[axes.chip]
from = "hardware"
rows = ["{chip}"]
[axes.assumptions]
prior = "run"
{draws}
seed = {SEED}
{asked}"""


@pytest.mark.parametrize("run", RUNS, ids=lambda run: f"{run[0]} on {run[1]} in {run[3]}")
def test_a_study_and_an_estimate_of_the_same_run_are_the_same(run: Any, tmp_path: Path) -> None:
    model, chip, chips, precision, stated = run
    sets = [f"{name}={value}" for name, value in stated.items()]
    request = Request(
        model=model, chip=chip, precision=precision, stated={"tokens": "1e13", "chip_count": str(chips)}, sets=sets
    )
    scenario = run_of(request, TARGETS).scenario
    best = scenario.fixed.get("best_step_mfu")  # which an estimate searches, and a study is told
    told = stated if best is None else stated | {"best_step_mfu": repr(best.value)}
    problem = study(tmp_path, text(model, chip, chips, precision, told)).problem
    assert problem.grid.size == DRAWS
    answers = evaluate_at(problem, ASKED, np.arange(DRAWS))
    estimated = evaluate_scenario(scenario.problem(DRAWS, SEED), ASKED)
    for name in ASKED:
        assert np.isfinite(estimated[name]).all()
        np.testing.assert_allclose(answers[name], np.broadcast_to(estimated[name], DRAWS), rtol=1e-12)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_an_engines_quantiles_are_the_estimates(engine: str, tmp_path: Path) -> None:
    request = Request(model=RUNS[0][0], chip=RUNS[0][1], stated={"tokens": "1e13", "chip_count": "16384"})
    spreads = estimate(run_of(request, TARGETS).scenario, ASKED, DRAWS, SEED).spreads
    best = run_of(request, TARGETS).scenario.fixed["best_step_mfu"].value
    told = text(*RUNS[0][:4], {"best_step_mfu": repr(best)})
    run = run_study(study(tmp_path, told), [engine])
    for name in ASKED:
        spread, values = spreads[name], run.answer(name, engine).values
        (column,) = [values[key].data for key in values if key.startswith("quantiles") or key == name]
        expected = [spread.low, spread.median, spread.high]
        assert run.study.in_unit(name, 1.0) * 1.0 > 0
        np.testing.assert_allclose(np.ravel(column), expected, rtol=0.02)


def axis(loaded: Study, name: str) -> Any:
    return next(axis for axis in loaded.problem.grid.axes if axis.name == name)


SEVERAL = text(*RUNS[0]).replace('rows = ["h100-sxm-80gb"]', 'rows = ["h100-sxm-80gb", "tpu-v3", "tpu-v4", "a100-sxm-80gb"]')


def test_chips_of_several_distributions_have_each_their_own(tmp_path: Path) -> None:
    """`load` is one for GPUs, another for TPUs and a third for TPU v4; each chip's is what it has in a study of its own."""
    together = study(tmp_path, SEVERAL)
    assert axis(together, "chip").columns["load_by_chip"].tolist() == [0, 1, 2, 0]
    brought = axis(together, "assumptions").columns
    assert {"load_on_h100_sxm_80gb", "load_on_tpu_v3", "load_on_tpu_v4", DEVIATION} <= set(brought)
    assert "load" not in brought
    loads = evaluate_at(together.problem, ["load", "energy"], np.arange(together.points))
    for i, chip in enumerate(("h100-sxm-80gb", "tpu-v3", "tpu-v4", "a100-sxm-80gb")):
        alone = study(tmp_path, SEVERAL, f"chip={chip}")
        values = evaluate_at(alone.problem, ["load", "energy"], np.arange(DRAWS))
        for name in ("load", "energy"):
            np.testing.assert_allclose(loads[name].reshape(4, DRAWS)[i], values[name], rtol=1e-12)
    assert "Olmo 3" in together.sources["load_on_h100_sxm_80gb"]
    assert "TPU servers" in together.sources["load_on_tpu_v3"]
    assert "configs/prior" in together.sources["load_by_chip"]


def test_a_step_time_is_as_far_off_as_its_own_spread(tmp_path: Path) -> None:
    """With the MFU of a strategy its step time is uncertain: a mixture of experts, which routes, more than a dense model."""
    wanted = text(*RUNS[0]).replace("[given]", '[given]\nmfu = "step_mfu"\nbatch_size = 2048')
    wanted = (
        wanted.replace('"llama-3.1-405b"', '"llama-3.1-405b", "deepseek-v3"')
        .replace("quantiles = ", "summary = ")
        .replace("at = [0.1, 0.5, 0.9]", "")
    )
    strategy = "\n".join(f"{name} = 1" for name in (*PARTS, "sequence_parallel"))
    loaded = study(tmp_path, wanted.replace("[given]", f"[given]\n{strategy}"))
    brought = axis(loaded, "assumptions").columns
    assert STEP_DEVIATION in brought
    assert DEVIATION not in brought
    names = ["step_time", "predicted_step_time", "step_time_spread"]
    times = evaluate_at(loaded.problem, names, np.arange(loaded.points))
    ratios = (times["step_time"] / times["predicted_step_time"]).reshape(2, DRAWS)
    spreads = times["step_time_spread"].reshape(2, DRAWS)[:, 0]
    assert spreads[1] > spreads[0]
    for i, spread in enumerate(spreads):
        low, high = np.quantile(ratios[i], (0.1, 0.9))
        assert math.log(low) == pytest.approx(-P90 * spread, rel=0.02)
        assert math.log(high) == pytest.approx(P90 * spread, rel=0.02)


def test_only_and_except_say_which_inputs_are_drawn(tmp_path: Path) -> None:
    def drawn(keys: str, *sets: str) -> set[str]:
        return set(axis(study(tmp_path, text(*RUNS[0], draws=f"draws = 8\n{keys}"), *sets), "assumptions").columns)

    every = drawn("")
    assert {DEVIATION, "load", "pue", "chip_mtbf"} <= every
    assert drawn('only = ["mfu", "pue"]') == {DEVIATION, "pue"}
    assert drawn('except = ["mfu", "pue"]') == every - {DEVIATION, "pue"}
    assert drawn('only = ["mfu", "pue"]', "pue=1.2") == {DEVIATION}
    assert drawn("", "mfu=0.4") == every - {DEVIATION}
    assert drawn("columns.pue = { uniform = [1.2, 1.3] }") == every
    held = every - {"detection_time", "restart_time"} | {"time_lost_per_failure"}  # what only makes up the held is not drawn
    assert drawn("columns.time_lost_per_failure = { uniform = [600, 1200] }") == held
    assert drawn("columns.pue = { uniform = [1.2, 1.3] }", "pue=1.25") == every - {"pue"}


def test_own_columns_are_drawn_as_they_say(tmp_path: Path) -> None:
    loaded = study(tmp_path, text(*RUNS[0], draws="draws = 256\ncolumns.pue = { uniform = [1.2, 1.3] }"))
    pue = axis(loaded, "assumptions").columns["pue"]
    assert 1.2 < pue.min() < 1.201 < 1.299 < pue.max() < 1.3
    assert loaded.sources["pue"] == "the study's axis assumptions"


def test_draws_do_not_hang_on_which_questions_are_answered(tmp_path: Path) -> None:
    from flopwatt.bench.study.loader import load_study

    whole = study(tmp_path, text(*RUNS[0]))
    alone = load_study(tmp_path / "test.toml", only=["mfu"])
    np.testing.assert_array_equal(axis(alone, "assumptions").columns[DEVIATION], axis(whole, "assumptions").columns[DEVIATION])
    assert set(axis(alone, "assumptions").columns) == {DEVIATION}


def test_what_is_drawn_is_noted_with_its_source(tmp_path: Path) -> None:
    loaded = study(tmp_path, text(*RUNS[6]))
    assert any(note.startswith("axes.assumptions draws mfu, chip_mtbf") for note in loaded.notes)
    assert any(note.startswith("MFU of Gaudi3: predicted from published runs on other chips") for note in loaded.notes)
    assert loaded.sources[DEVIATION].startswith("fitted on memory bandwidth and model size, precision, ")
    assert "mfu_noise" not in [assumption.quantity for assumption in loaded.assumptions]


def test_an_axis_that_no_question_needs_is_said(tmp_path: Path) -> None:
    asked = text(*RUNS[0]).partition("[[questions]]")[0] + '[[questions]]\nsummary = "training_flops"\n'
    loaded = study(tmp_path, asked)
    assert any("axes.assumptions: no question needs" in note for note in loaded.notes)
    assert loaded.points == DRAWS


YEARS = "[axes.year]\nvalues = [2020, 2024]\n[axes.model]"
ERRORS = {
    "another prior": ('prior = "run"', 'prior = "fleet"', "axes.assumptions.prior: must be 'run'"),
    "no draws": (f"draws = {DRAWS}", "", "axes.assumptions.draws: is missing; say how many, as draws = 1024"),
    "no number of draws": (f"draws = {DRAWS}", "draws = 0", "axes.assumptions.draws: must be at least 1, not 0"),
    "an input that the prior has not": (
        "seed",
        'only = ["lod"]\nseed',
        "axes.assumptions.only: the prior knows no 'lod'; did you",
    ),
    "another it has not": (
        "seed",
        'except = ["zzz"]\nseed',
        "axes.assumptions.except: the prior knows no 'zzz'; it knows mfu, ",
    ),
    "nothing": ("seed", "only = []\nseed", "axes.assumptions.only: is empty; name what is drawn"),
    "weights": ("seed", f"weights = {[1] * DRAWS}\nseed", "axes.assumptions.weights: does not go with prior"),
    "both": ("seed", 'only = ["pue"]\nexcept = ["load"]\nseed', "axes.assumptions.except: does not go with only"),
    "an input that is given": ("seed", 'only = ["chip_mtbf"]\nseed', "axes.assumptions.only: chip_mtbf is given elsewhere"),
    "without prior": ('prior = "run"', 'only = ["pue"]', "axes.assumptions.only: does not go with draws; prior = 'run' draws"),
    "with a range": ("seed", "values = [1]\nseed", "axes.assumptions.values: does not go with prior"),
    "a column of no distribution": ("seed", "columns.pue = {}\nseed", "axes.assumptions.columns.pue: has no distribution"),
    "two axes": (
        "[axes.model]",
        '[axes.more]\nprior = "run"\ndraws = 4\n[axes.model]',
        "axes.assumptions.prior: axes.more draws",
    ),
    "years": ("[axes.model]", YEARS, "axes.assumptions: sequence_length has another distribution in 2020 than in 2024"),
    "two axes of chips": (
        "[axes.model]",
        '[axes.other]\nfrom = "hardware"\nrows = ["tpu-v3"]\ncolumns = ["chip_price_low"]\n[axes.model]',
        "and several axes bring chips; give it, with except = ['load'] here",
    ),
    "a column that is given": ("seed", "columns.chip_mtbf = { uniform = [1e4, 2e4] }\nseed", "chip_mtbf is given twice"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_what_is_wrong_is_said_in_a_line(name: str, tmp_path: Path) -> None:
    old, new, message = ERRORS[name]
    given = {"chip_mtbf": "50000 h"}
    wrong = text("llama-3.1-405b", "h100-sxm-80gb", 16384, "bf16", given).replace(old, new, 1)
    if name == "years":
        wrong = wrong.replace('from = "models"', 'from = "models"\ncolumns = ["layers", "hidden_size", "heads", "head_size"]')
    with pytest.raises(InputError) as error:
        study(tmp_path, wrong)
    assert message in str(error.value)
    assert "\n" not in str(error.value)
