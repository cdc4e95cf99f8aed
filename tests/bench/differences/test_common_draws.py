"""Two studies on the same draws."""

from pathlib import Path

import numpy as np
import pytest
from made_documents import STUDY

from flopwatt.bench.differences.common_draws import on_common_draws
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.study.loader import Study, load_study

PRIOR = """title = "t"
[given]
training_flops = 1e24
peak_flops = 1e15
server_rating = 1200
tdp = 700
chip_count = 1000
goodput = 0.9
mfu = 0.4
[axes.draws]
draws = 64
prior = "run"
only = ["pue", "load"]
[[questions]]
name = "energy"
quantiles = "energy"
"""


def loaded(folder: Path, *sets: str, text: str = PRIOR) -> Study:
    path = folder / "made.toml"
    path.write_text(text)
    return load_study(path, sets)


def draws(study: Study) -> dict[str, np.ndarray]:
    return dict(next(axis for axis in study.problem.grid.axes if axis.name == "draws").columns)


@pytest.mark.parametrize("swapped", [False, True])
def test_what_one_side_holds_leaves_the_other_draws_as_they_are(tmp_path: Path, swapped: bool) -> None:
    both, held = loaded(tmp_path), loaded(tmp_path, "pue=1.2")
    (lone,) = draws(held)
    assert not np.array_equal(draws(held)[lone], draws(both)[lone])
    a, b = on_common_draws(held, both) if swapped else on_common_draws(both, held)
    borrower, lender = (a, b) if swapped else (b, a)
    assert lender is both
    assert np.array_equal(draws(borrower)[lone], draws(both)[lone])


def test_an_input_that_changes_nothing_moves_nothing(tmp_path: Path) -> None:
    text = STUDY.replace("columns.goodput", "columns.pue = { uniform = [1.1, 1.4] }\ncolumns.goodput")
    both, held = loaded(tmp_path, text=text), loaded(tmp_path, "pue=1.2", text=text)
    a, b = on_common_draws(both, held)
    first, second = (run_study(study, "numpy", most_samples=1, budget_seconds=0.0).answers for study in (a, b))
    times = [next(answer for answer in answers if answer.name == "time").values["mean"].data for answers in (first, second)]
    assert times[0] == pytest.approx(times[1], rel=1e-12)


def test_statistics_are_over_the_lent_draws_too(tmp_path: Path) -> None:
    text = PRIOR.replace('quantiles = "energy"', 'summary = "P50(energy)"')
    both, held = loaded(tmp_path, text=text), loaded(tmp_path, "pue=1.2", text=text)
    _, borrower = on_common_draws(both, held)
    (over,) = borrower.problem.statistics.values()
    (axis,) = over.axes_drawn  # type: ignore[attr-defined]
    assert np.array_equal(next(iter(axis.columns.values())), next(iter(draws(borrower).values())))


def test_where_each_side_draws_something_of_its_own_both_stay(tmp_path: Path) -> None:
    first, second = loaded(tmp_path, "pue=1.2"), loaded(tmp_path, "load=0.8")
    assert on_common_draws(first, second) == (first, second)


def test_other_numbers_of_draws_and_other_distributions_stay(tmp_path: Path) -> None:
    study = loaded(tmp_path, text=STUDY)
    fewer = loaded(tmp_path, "axes.draws.draws=32", text=STUDY)
    wider = loaded(tmp_path, text=STUDY.replace("[0.3, 0.5]", "[0.2, 0.5]"))
    for other in (fewer, wider):
        assert on_common_draws(study, other)[1] is other
    assert on_common_draws(study, study) == (study, study)
