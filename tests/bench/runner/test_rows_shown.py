"""The rows of an answer that a reader sees."""

from pathlib import Path

import pytest
from decided_study import TEXT, answer_to, study_of

from flopwatt.bench.runner.rows_shown import rows_shown


@pytest.mark.parametrize(
    ("show", "rows"),
    [
        ("", [0, 1, 2, 3]),
        ("show = false", [0, 1, 2, 3]),  # where all questions are asked for, or it alone
        ('show = "all"', [0, 1, 2, 3]),
        ('show = { site = ["b", "a"] }', [2, 3, 0, 1]),
        ('show = { confidence = "95%" }', [1, 3]),
        ('show = { confidence = ["95%", 0.5], site = "b" }', [3, 2]),
    ],
)
def test_rows_are_picked_and_put_in_the_study_s_order(tmp_path: Path, show: str, rows: list[int]) -> None:
    study = study_of(tmp_path, TEXT.replace('at = ["50%", "95%"]', f'at = ["50%", "95%"]\n{show}'))
    answer = answer_to(study, "surer")
    every = answer.rows().tolist()
    assert rows_shown(answer, study, every) == rows
    assert rows_shown(answer, study, every, full=True) == [0, 1, 2, 3]
    assert rows_shown(answer, study, [2]) == [row for row in rows if row == 2]
    assert rows_shown(answer, study, []) == []


def test_what_stands_beside_kept_axes_keeps_its_order(tmp_path: Path) -> None:
    asked = '[[questions]]\nname = "s"\nsensitivity = "chip_hours"\nby = ["site"]\nshow = { site = ["b", "a"] }\n'
    study = study_of(tmp_path, TEXT + asked)
    answer = answer_to(study, "s")
    parts = len(answer.coords["axis"].data)
    ranked = [parts - 1, 0]  # of each group, as a kind's own order has them
    rows = [*ranked, *(parts + row for row in ranked)]
    assert rows_shown(answer, study, rows) == [*(parts + row for row in ranked), *ranked]
