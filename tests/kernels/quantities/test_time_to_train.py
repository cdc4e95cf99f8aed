"""Time to train: whole steps between evaluations, whole batches of an evaluation, and what a logged run took."""

from collections.abc import Callable
from typing import Any

import pytest

Evaluate = Callable[..., dict[str, Any]]

GPT3 = {"evaluation_interval": 24576, "evaluation_start": 1, "evaluation_start_slope": 0, "evaluation_samples": 5760,
        "forward_share": 1 / 3, "evaluation_pause": 0.3}  # fmt: skip


def test_a_logged_run_of_gpt3(evaluate: Evaluate) -> None:
    """mlcommons/training_results_v4.0, NVIDIA/results/eos_n64_ngc24.04_nemo/gpt3/result_0.txt: 24 times 120 s of training and
    11.2 s of evaluating; 3,147 s in all."""
    run = {**GPT3, "batch_size": 2304, "step_time": 10.905, "samples_to_convergence": 608256}
    values = evaluate("evaluation_spacing", "evaluations", "evaluation_share", "time_to_train", **run)
    assert values["evaluation_spacing"] == 11 * 2304
    assert values["evaluations"] == pytest.approx(24)
    assert values["evaluation_share"] == pytest.approx(1 / 11)
    assert values["time_to_train"] == pytest.approx(24 * (119.95 + 11.2), rel=0.002)


def test_rules_may_begin_to_evaluate_late(evaluate: Evaluate) -> None:
    late = {**GPT3, "evaluation_interval": 18432, "evaluation_start": 12, "evaluation_start_slope": 0.0026}
    run = {**late, "batch_size": 1152, "step_time": 1.0, "samples_to_convergence": 313344}
    values = evaluate("first_evaluation", "evaluations", **run)
    assert values["first_evaluation"] == 258048
    assert values["evaluations"] == pytest.approx(4)


def test_an_evaluation_smaller_than_a_batch_is_a_part_of_one(evaluate: Evaluate) -> None:
    small = {**GPT3, "evaluation_interval": 1, "evaluation_samples": 1024, "batch_size": 16384, "samples_to_convergence": 16384}
    assert evaluate("evaluation_share", **small)["evaluation_share"] == pytest.approx(1 / 16 / 3)
