"""What is said of questions without a scenario: which condition leaves none, and in how many of them."""

from pathlib import Path

import pytest

from flopwatt.bench.runner.empty_answers import emptiness_sentences, has_number, unmet_anywhere
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.study.loader import load_study

TEXT = """title = "t"
[given]
training_flops = 1e24
peak_flops = 1e15
goodput = 1
mfu = 0.4
[axes.chip_count]
values = [1000, 2000]
[axes.load]
values = [0.5, 1.0]
[[questions]]
quantiles = "run_time"
where = [{where}]
"""
WHERE = {
    '"chip_count >= 1500"': "",
    '"load >= 0.5", "chip_count >= 9000"': "number of chips >= 9,000 chips",
    '"run_time <= 1 s"': "run time <= 1 s",
    '"chip_count >= 1500", "run_time >= 28 day"': "",  # together they leave nothing, and either of them something
}


@pytest.mark.parametrize("where", WHERE)
def test_the_condition_that_no_scenario_meets(tmp_path: Path, where: str) -> None:
    path = tmp_path / "t.toml"
    path.write_text(TEXT.format(where=where))
    study = load_study(path)
    assert unmet_anywhere(study.questions[0], study) == WHERE[where]
    (answer,) = run_study(study, "numpy", budget_seconds=0).answers
    assert has_number(answer) == (where == '"chip_count >= 1500"')


def test_questions_are_counted_by_their_condition() -> None:
    assert emptiness_sentences(["cost <= 1 USD", "", "cost <= 1 USD", "load > 2"], 9) == (
        "2 of 9 questions ask for cost <= 1 USD, which no scenario has.",
        "No scenario meets the conditions of 1 of 9 questions.",
        "1 of 9 questions asks for load > 2, which no scenario has.",
    )
