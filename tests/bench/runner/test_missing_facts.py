"""What an answer says of facts that are not published."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from decided_study import answer_to
from shown_answer import shown_lines

from flopwatt import configs
from flopwatt.bench.cli import cli
from flopwatt.bench.runner.missing_facts import known_rows, missing_sentences, unknown_rows
from flopwatt.bench.study.loader import Study, load_study

CHIPS = """
[columns]
peak_bf16 = "FLOP/s"
peak_fp8 = "FLOP/s"
tdp = "W"
[rows.full]
peak_bf16 = 1e15
peak_fp8 = 2e15
tdp = 700
source = "test"
[rows.old]
peak_bf16 = 1e15
tdp = 400
source = "test"
[rows.secret]
source = "test"
[rows.other]
source = "test"
"""
STUDY = """title = "t"
[given]
training_flops = 1e24
goodput = 1
mfu = 0.5
load = 0.9
server_rating = 1200
peak_fp4 = 4e15
[axes.chip]
from = "chips.toml"
rows = "all"
[axes.precision_bits]
values = [16, 8]
[axes.chip_count]
values = [1000, 2000]
[[questions]]
name = "power"
quantiles = "chip_power"
at = [0.5]
by = ["chip"]
[[questions]]
name = "time"
quantiles = "run_time"
at = [0.1, 0.5]
by = ["chip", "precision_bits"]
[[questions]]
name = "soonest"
minimize = "run_time"
by = ["chip_count"]
[[questions]]
name = "in BF16"
quantiles = "run_time"
at = [0.5]
where = ["precision_bits >= 16", "chip_count <= 1000"]
by = ["chip"]
[[questions]]
name = "why"
sensitivity = "it_power"
by = ["chip"]
"""
TDP = "the thermal design power of one chip (package)"
BF16, FP8 = "the dense peak of a chip in BF16 (FP16 where it has no BF16)", "the dense peak of a chip in FP8"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    (tmp_path / "chips.toml").write_text(CHIPS)
    path = tmp_path / "study.toml"
    path.write_text(STUDY)
    return load_study(path)


def test_rows_that_lack_the_same_facts_are_told_together(study: Study) -> None:
    answer = answer_to(study, "power")
    assert missing_sentences(answer, study) == [f"No answer for secret and other: {TDP} is not published."]
    assert unknown_rows(answer, study) == {2, 3}


def test_a_row_that_lacks_a_fact_for_some_scenarios_keeps_the_others(study: Study) -> None:
    answer = answer_to(study, "time")
    assert missing_sentences(answer, study) == [
        f"No answer for secret and other: {BF16} and {FP8} are not published.",
        f"No answer for old where {FP8} is needed: not published, or there is none.",
    ]
    assert known_rows(answer, study, list(range(8))) == [0, 1, 2]


def test_a_fact_that_conditions_rule_out_is_not_missed(study: Study) -> None:
    assert missing_sentences(answer_to(study, "in BF16"), study) == [
        f"No answer for secret and other: {BF16} is not published."
    ]


def test_what_a_choice_leaves_out_is_said(study: Study) -> None:
    assert missing_sentences(answer_to(study, "soonest"), study) == [
        f"Left out, since {BF16} and {FP8} are not published: secret and other.",
        f"Left out, since {FP8} is not published: old.",
    ]


def test_a_sum_over_an_axis_leaves_nothing_out_and_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "chips.toml").write_text(CHIPS)
    (tmp_path / "own.py").write_text(
        "from flopwatt import given, quantity, total\n"
        'given("phase", unit="", doc="Which.")\n'
        '@quantity(unit="W", source="test")\ndef phases_power(tdp, phase):\n    """Power of one chip of each."""\n'
        "    return total(tdp, phase)\n"
    )
    path = tmp_path / "study.toml"
    path.write_text("""title = "t"
quantities = ["own.py"]
[axes.phases]
summed = true
from = "chips.toml"
rows = ["full", "secret"]
columns.phase = [1, 2]
[[questions]]
summary = "phases_power"
name = "power"
""")
    study = load_study(path, allow_code=True)
    assert study.points == 1
    assert missing_sentences(answer_to(study, "power"), study) == [
        f"Sums over phases are not known, since {TDP} is not published: secret."
    ]


def test_what_lacks_a_fact_is_not_known_whatever_its_conditions(tmp_path: Path) -> None:
    """An L40S has no published price, so that the capital of a site with some is not known; no condition is to blame."""
    shipped = configs.studies()["planner-600mw"].read_text()
    path = tmp_path / "own.toml"
    path.write_text(shipped.replace('rows = ["gb200-nvl72", ', 'rows = ["l40s", '))
    result = CliRunner().invoke(cli, ["run", str(path), "--question", "capital of a quarter"])
    said = " ".join(result.output.split())
    assert "capital of a period: not known." in said
    assert "Sums over phase are not known, since the price of one chip is not published: l40s." in said
    assert "No scenario meets the conditions" not in said


def test_rows_of_a_kinds_own_dimensions_go_with_the_row_they_are_of(study: Study) -> None:
    answer = answer_to(study, "why")
    parts = len(answer.coords["axis"].data)
    assert known_rows(answer, study, list(range(4 * parts))) == list(range(2 * parts))


def test_the_answer_itself_says_what_is_missing(study: Study) -> None:
    printed = " ".join(" ".join(shown_lines(answer_to(study, "power"), study)).split())
    assert f"No answer for secret and other: {TDP} is not published." in printed
    assert "old 360" in printed
    assert " -" not in printed
