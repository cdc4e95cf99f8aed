"""What of a study is varied: draws apart from one another, points of an axis together."""

from pathlib import Path

import numpy as np
import pytest
from written_studies import HEAD, study

from flopwatt.bench.drivers.movers import movers
from flopwatt.bench.drivers.study_inputs import StudyInputs
from flopwatt.bench.runner.run import run_study

QUESTION = '[[questions]]\nname = "q"\nquantiles = "run_time"\n'
DRAWS = "[axes.chip_count]\nvalues = [64]\n[axes.d]\ndraws = 32\ncolumns.mfu = { uniform = [0.2, 0.6] }\n"
LABELLED = """
[axes.case]
labels = ["a", "b", "c"]
columns.mfu = [0.5, 0.2, 0.4]
columns.chip_count = [64, 32, 128]
uncertain = true
"""


def test_draws_are_varied_one_at_a_time(tmp_path: Path) -> None:
    loaded = study(tmp_path, HEAD + DRAWS + QUESTION)
    (alternative,) = StudyInputs(loaded).drawn["d"]
    column = next(axis for axis in loaded.problem.grid.axes if axis.name == "d").columns["mfu"]
    assert list(alternative.base.values()) == [np.quantile(column, 0.5, method="inverted_cdf")]


def test_the_middle_of_what_is_drawn_is_held(tmp_path: Path) -> None:
    loaded = study(tmp_path, HEAD + DRAWS + QUESTION)
    centre = StudyInputs(loaded).centre(())
    assert [axis.name for axis in centre.grid.axes] == ["chip_count"]
    assert centre.given["mfu"] == pytest.approx(0.4, abs=0.02)


@pytest.mark.parametrize(("weights", "low", "high"), [("", 0.4, 0.2), ("weights = [0, 1, 1]\n", 0.4, 0.2)])
def test_points_whose_columns_go_together_are_varied_together(tmp_path: Path, weights: str, low: float, high: float) -> None:
    loaded = study(tmp_path, HEAD + LABELLED + weights + QUESTION)
    (answer,) = run_study(loaded, "numpy", most_samples=1).answers
    (mover,) = movers(answer, loaded)
    assert mover.name == "mfu"
    assert {mover.low, mover.high} == {low, high}
    assert max(mover.answer_low, mover.answer_high) == pytest.approx(1e24 / (1e12 * 0.2 * 32))
    assert min(mover.answer_low, mover.answer_high) == pytest.approx(1e24 / (1e12 * 0.4 * 128))
    assert mover.basis == "P10 to P90 of the answers over the 3 points of case, whose values vary together"


def test_an_uncertain_axis_that_is_kept_is_not_varied(tmp_path: Path) -> None:
    loaded = study(tmp_path, HEAD + LABELLED + QUESTION + 'by = ["case"]\n')
    (answer,) = run_study(loaded, "numpy", most_samples=1).answers
    assert movers(answer, loaded) == ()
