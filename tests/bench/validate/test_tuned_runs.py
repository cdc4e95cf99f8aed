"""Published post-training: inside P10 to P90 as often as it should be, misses that stay misses, and what is left out."""

from typing import Any

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.validate.results import Findings
from flopwatt.bench.validate.rows import CaseRow
from flopwatt.bench.validate.tuned_runs import POST_TRAINING

_DRAWS = 512


def _rows() -> list[dict[str, Any]]:
    return [dict(row) for row in configs.read_toml(configs.FOLDER / "published" / "post_training.toml")["cases"]]


@pytest.fixture(scope="module")
def found() -> Findings:
    """The shipped cases."""
    return POST_TRAINING.predict([CaseRow(row, str(i)) for i, row in enumerate(_rows())], _DRAWS)


@pytest.mark.slow
def test_reinforcement_learning_is_near(found: Findings) -> None:
    """Half are within a third, and four of five inside their intervals."""
    cases = [case for case in found.predicted if case.quantity == "rl_time"]
    assert len(cases) >= 30
    assert np.median([abs(case.relative_error) for case in cases]) < 0.34
    assert 0.7 <= np.mean([bool(case.inside) for case in cases]) <= 0.9


@pytest.mark.slow
def test_fine_tuning_lies_inside(found: Findings) -> None:
    cases = [case for case in found.predicted if case.quantity == "tuning_time"]
    assert len(cases) == 2
    assert all(case.inside for case in cases)


@pytest.mark.slow
def test_deepseek_r1_zero_lies_inside_and_ordinary_code_is_slower(found: Findings) -> None:
    by_name = {case.name: case for case in found.predicted}
    assert by_name["DeepSeek-R1-Zero"].inside
    for size in ("7B", "32B"):
        case = by_name[f"SimpleRL-Zoo, Qwen2.5-{size}"]
        assert case.high is not None
        assert case.published > case.high * 0.9


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
