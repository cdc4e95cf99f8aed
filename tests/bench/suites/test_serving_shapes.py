"""The study of serving that is timed: its size, and that engines answer it alike."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flopwatt import configs
from flopwatt.bench.suites.serving_shapes import serving
from flopwatt.bench.suites.shapes import rows_of
from flopwatt.bench.verify.agreement import agreement
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Problem, Summary
from flopwatt.kernels.quantities import MODEL

TARGETS = (
    "throughput_per_chip", "prefill_throughput_per_chip", "interactivity", "time_to_first_token", "serving_memory_margin",
    "prefill_memory_margin", "largest_batch", "serving_chip_power", "energy_per_output_token", "energy_per_query",
    "serving_time_spread",
)  # fmt: skip
CHOICES = {  # the ends of what is allowed, and values between
    "concurrent_sequences": (1.0, 2.0, 7.0, 64.0, 4096.0, 1e6), "serving_input_tokens": (1.0, 17.0, 1000.0, 131_072.0),
    "serving_output_tokens": (1.0, 2.0, 500.0, 32_768.0), "output_progress": (0.0, 0.5, 1.0),
    "cache_hit_share": (0.0, 0.5, 0.999), "replica_chips": (1.0, 3.0, 8.0, 72.0, 144.0),
    "attention_data_parallel": (0.0, 1.0), "disaggregated": (0.0, 1.0), "prefill_replica_chips": (1.0, 8.0),
    "draft_tokens": (0.0, 1.0, 5.0), "draft_acceptance": (0.0, 0.85, 0.999), "weight_bits": (2.0, 1.0, 0.5625),
    "cache_bits": (2.0, 1.0), "precision_bits": (16.0, 8.0, 4.0), "sliced_experts": (0.0, 1.0),
    "window_overhang": (0.0, 1.0), "prefill_load": (0.01, 0.7, 0.99), "serving_step_deviation": (-3.0, 0.0, 3.0),
}  # fmt: skip
POINTS = 48


def edges(draws: list[int]) -> Problem:
    """Models of every kind on two chips, over services drawn from the ends of what each input may be."""
    models = ("llama-3.1-8b", "deepseek-v3", "gpt-oss-120b", "nemotron-nano-9b-v2", "deepseek-v4-pro")
    needs = set(MODEL.inputs(TARGETS))
    picks = np.random.default_rng(draws)
    columns = {name: picks.choice(np.array(values), POINTS) for name, values in CHOICES.items()}
    axes = (
        Axis("model", rows_of("models", models, needs)),
        Axis("chip", rows_of("hardware", ("b200-sxm", "gb200-nvl72"), needs)),
        Axis("service", {name: values for name, values in columns.items() if name in needs}),
    )
    grid, defaults = Grid(axes), configs.defaults()
    inputs = MODEL.inputs(TARGETS, grid.column_axis)
    return Problem(MODEL, grid, {name: defaults[name].value for name in inputs if name not in grid.column_axis})


def small() -> Problem:
    """The study with every axis cut to two points, but for batches."""
    problem = serving(1e8).problem
    cut = tuple(
        replace(axis, columns={name: values[:: max(len(values) // 2, 1)][:2] for name, values in axis.columns.items()})
        if axis.name != "batch"
        else axis
        for axis in problem.grid.axes
    )
    return replace(problem, grid=replace(problem.grid, axes=cut))


@pytest.mark.parametrize("points", [2e7, 1e9])
def test_it_has_about_as_many_points_as_are_asked_for(points: float) -> None:
    assert serving(points).points == pytest.approx(points, rel=0.35)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("question", serving(1e8).questions)
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_engines_answer_alike(engine: str, question: str, dtype: str) -> None:
    problem, asked = small(), serving(1e8).questions[question]
    result = engines.get(engine).prepare(problem, asked, Settings(dtype)).run()
    expected = engines.get("reference").prepare(problem, asked, Settings(dtype)).run()
    assert not agreement(problem, asked, result, expected, dtype).wrong
    assert all(np.isfinite(np.asarray(values)).any() for values in result.values.values())


@pytest.mark.slow
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(draws=st.lists(st.integers(0, 2**32), min_size=1, max_size=2))
def test_engines_agree_at_the_ends_of_what_a_service_may_be(draws: list[int]) -> None:
    problem = edges(draws)
    for target in TARGETS:  # a group for each point, so that its mean is the value there
        asked = Summary(name=target, quantity=target, by=("model", "chip", "service"))
        means = {
            engine: engines.get(engine).prepare(problem, asked, Settings("float64")).run().values["mean"]
            for engine in ("reference", "numpy", "numba")
        }
        assert np.isfinite(means["reference"]).all(), target
        for engine in ("numpy", "numba"):
            np.testing.assert_allclose(means[engine], means["reference"], rtol=1e-11, err_msg=f"{engine} {target}")
