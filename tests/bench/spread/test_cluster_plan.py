"""What a study takes on many workers, by its plan."""

from pathlib import Path

import pytest
from spread_studies import EVERY_KIND, flopwatt, load, table_text

from flopwatt.bench.errors import InputError
from flopwatt.bench.spread.cluster_plan import Workers, plan_cluster
from flopwatt.bench.spread.cuts import MAX_PARTS, TASK_SECONDS

LARGE = EVERY_KIND.replace("num = 60", "num = 20000").replace("draws = 64", "draws = 4096")


def test_more_workers_take_less_until_handing_out_is_what_takes_long(tmp_path: Path) -> None:
    study = load(tmp_path, LARGE)
    plans = {count: plan_cluster(study, "float64", Workers.of(count, "numba")) for count in (1, 8, 64, 1000)}
    seconds = [plan.seconds() for plan in plans.values()]
    assert seconds == sorted(seconds, reverse=True)
    assert plans[1].seconds() == pytest.approx(sum(question.seconds_of_one for question in plans[1].questions), rel=0.05)
    for question in plans[1000].questions:
        assert question.tasks(1000) <= min(MAX_PARTS, question.steps)
        assert question.seconds(1000) >= question.tasks(1000) * TASK_SECONDS
    assert 8 < plans[1].saturation <= 2048
    assert plans[1000].travelling > plans[8].travelling
    assert 1e8 < plans[8].memory_bytes < 1e9


def test_a_small_study_gains_nothing(tmp_path: Path) -> None:
    plan = plan_cluster(load(tmp_path), "float64", Workers.on("64xh200"))
    assert plan.workers.words == "64 H200"
    assert plan.saturation == 1
    assert all(question.tasks(1) == 1 for question in plan.questions)


def test_tables_are_planned_by_their_stretches(tmp_path: Path) -> None:
    study = load(tmp_path, table_text().replace("num = 40", "num = 40000").replace("num = 50", "num = 5000"))
    (question,) = plan_cluster(study, "float64", Workers.of(16, "numba")).questions
    assert question.steps > 64  # files
    assert 16 <= question.tasks(16) <= MAX_PARTS


@pytest.mark.parametrize("text", ["64", "xh200", "0xh200", "axh200", "64x", "8xb200"])
def test_what_names_no_workers_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="on: "):
        Workers.on(text)


def test_the_command_says_it_in_sentences(tmp_path: Path) -> None:
    load(tmp_path, LARGE)
    result = flopwatt("plan", tmp_path / "study.toml", "--workers", 100, "--engine", "numba")
    assert result.exit_code == 0, result.stderr
    for words in (
        "On 100 workers of one core with numba it takes about ",
        " travel: ",
        "A worker needs about ",
        " gain little: ",
    ):
        assert words in " ".join(result.stdout.split())
    assert flopwatt("plan", "quick", "--engine", "numba").exit_code == 2
    assert "there is no engine 'nix'" in flopwatt("plan", "quick", "--workers", 2, "--engine", "nix").stderr
    assert "leave the others out" in flopwatt("plan", "quick", "--on", "2xh200", "--workers", 2).stderr
