"""Published post-training: inside P10 to P90 as often as it should be, misses that stay misses, and what is left out."""

from typing import Any

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.validate.results import Findings
from flopwatt.bench.validate.rl_pace import fit_pace
from flopwatt.bench.validate.rows import CaseRow
from flopwatt.bench.validate.tuned_runs import POST_TRAINING, tuned_run

_DRAWS = 512


def _rows() -> list[dict[str, Any]]:
    return [dict(row) for row in configs.read_toml(configs.FOLDER / "published" / "post_training.toml")["cases"]]


@pytest.fixture(scope="module")
def found() -> Findings:
    """The shipped cases."""
    return POST_TRAINING.predict([CaseRow(row, str(i)) for i, row in enumerate(_rows())], _DRAWS)


@pytest.mark.slow
def test_reinforcement_learning_is_near(found: Findings) -> None:
    """Half are within two fifths without their own model, and some four of five inside their intervals."""
    cases = [case for case in found.predicted if case.quantity == "rl_time"]
    assert len(cases) >= 30
    assert np.median([abs(case.relative_error) for case in cases]) < 0.4
    assert 0.7 <= np.mean([bool(case.inside) for case in cases]) <= 0.9


@pytest.mark.slow
def test_what_software_adds_is_as_fitted() -> None:
    """The shipped constants are the fit to all steps that are marked so."""
    steps = [tuned_run(CaseRow(row, "")).step() for row in _rows() if row.get("fitted")]
    assert len(steps) == 27
    fit, defaults = fit_pace(steps), configs.defaults()
    assert fit.overhead == pytest.approx(defaults["rl_overhead"].value, rel=0.02)
    assert fit.turns == pytest.approx(defaults["turn_overhead"].value, rel=0.02)
    assert fit.rate == pytest.approx(defaults["weight_transfer_rate"].value, rel=0.02)


@pytest.mark.slow
def test_a_measured_step_is_predicted_without_its_model() -> None:
    """DeepSeek-V3's steps in turn are slower than others, so that a fit without them says less; other cases do not matter."""
    rows = [row for row in _rows() if row.get("fitted") and row["model"] == "DeepSeek-V3" and not row["given"]["rl_apart"]]
    without = _predicted(rows)
    of_all = _predicted([{name: cell for name, cell in row.items() if name != "fitted"} for row in rows])
    assert all(without[name] < of_all[name] for name in of_all)
    assert _predicted(rows[:1]).items() <= without.items()
    assert _predicted([row | {"published": 2 * row["published"]} for row in rows]) == without


def _predicted(rows: list[dict[str, Any]]) -> dict[str, float]:
    return {case.name: case.predicted for case in POST_TRAINING.predict([CaseRow(row, "") for row in rows], 64).predicted}


@pytest.mark.slow
def test_steps_and_runs_are_of_one_unit(found: Findings) -> None:
    by_name = {case.name: case for case in found.predicted}
    assert {case.unit for case in found.predicted} == {"min"}
    assert by_name["DeepSeek-R1-Zero"].published == 198 * 60
    assert by_name["GRPO of Llama 3.1 8B on 16 H100, on policy, NeMo RL 0.4"].published == pytest.approx(97.7 / 60)


@pytest.mark.slow
def test_fine_tuning_lies_inside(found: Findings) -> None:
    cases = [case for case in found.predicted if case.quantity == "tuning_time"]
    assert len(cases) == 2
    assert all(case.inside for case in cases)


@pytest.mark.slow
def test_deepseek_r1_zero_lies_inside_and_ordinary_code_is_slower(found: Findings) -> None:
    by_name = {case.name: case for case in found.predicted}
    assert by_name["DeepSeek-R1-Zero"].inside
    slow = by_name["SimpleRL-Zoo, Qwen2.5-32B"]
    assert slow.high is not None
    assert slow.published > slow.high


@pytest.mark.slow
def test_what_a_source_leaves_out_is_said(found: Findings) -> None:
    reasons = {case.name: case.reason for case in found.left_out}
    assert reasons["MiniMax-M1"] == "not published: the number of its steps and the length of its answers"
    assert len(reasons) == sum("lacks" in row for row in _rows())


def test_each_states_its_source_and_what_is_assumed() -> None:
    for row in _rows():
        assert all(row[key] for key in ("source", "date")), row["post_training"]
        assert row.get("assumptions") or row.get("lacks"), row["post_training"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"chip": "Abacus"}, "'Abacus'"),
        ({"model": "GPT-9"}, "there is no 'GPT-9'"),
        ({"task": "dpo"}, "the task must be rl or sft, not 'dpo'"),
        ({"given": {"moood": 1}}, "given.moood is no quantity"),
        ({"given": 3}, "given must be a table of quantities"),
        ({"chips": 0}, "chip_count"),
    ],
)
def test_what_cannot_be_predicted_says_why(changed: dict[str, Any], said: str) -> None:
    result = POST_TRAINING.predict([CaseRow({**_rows()[0], **changed}, "1")], 16)
    assert result.predicted == []
    assert said in result.left_out[0].reason
