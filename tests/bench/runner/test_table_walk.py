"""Walking a table: which scenarios are rows, how many are kept, what is unknown, and what is held against NumPy."""

from collections.abc import Iterator

import numpy as np
import pytest

from flopwatt.bench.runner import table_walk
from flopwatt.bench.runner.table_walk import rows_of, stretches, walk
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, collecting, given, quantity
from flopwatt.kernels.model.questions import Chunk, Problem, Table

with collecting() as _own:
    given("a", "", "a number")
    given("b", "", "another")

    @quantity(unit="", source="test")
    def y(a, b):  # type: ignore[no-untyped-def]
        return a * b


A = np.array([1.0, np.nan, 3.0, 4.0])
B = np.array([1.0, 2.0, 4.0])
PROBLEM = Problem(Model(_own), Grid((Axis("a", {"a": A}), Axis("b", {"b": B}))))
Y = (A[:, None] * B).reshape(-1)
ALL = Table(name="t", quantities=("y",))
LARGE = Table(name="t", quantities=("y",), where=(Condition("y", ">=", 4.0),))


class Stretches:
    """A prepared table that hands out given values, so many scenarios at a time."""

    def __init__(self, values: np.ndarray, length: int, feasible: np.ndarray | None = None):
        self.values, self.length, self.feasible = values, length, feasible

    def chunks(self) -> Iterator[Chunk]:
        for start in range(0, len(self.values), self.length):
            part = slice(start, start + self.length)
            yield Chunk(start, {"y": self.values[part]}, None if self.feasible is None else self.feasible[part])


KNOWN = [0, 1, 2, 6, 7, 8, 9, 10, 11]


@pytest.mark.parametrize("length", [1, 5, 12])
def test_rows_are_the_known_scenarios_by_their_flat_index(length: int) -> None:
    walked = walk(Stretches(Y, length), PROBLEM, ALL, "float64")
    assert walked.result.values["index"].tolist() == KNOWN
    assert walked.result.values["y"].tolist() == Y[KNOWN].tolist()
    assert (int(walked.result.values["rows"]), walked.result.nan, walked.result.evaluated) == (9, 3, 12)
    assert walked.agreement.wrong == ""
    assert walked.agreement.error == 0
    assert walked.seconds > 0


@pytest.mark.parametrize("length", [1, 5, 12])
def test_a_condition_leaves_rows_out(length: int) -> None:
    with np.errstate(invalid="ignore"):
        feasible = Y >= 4
    walked = walk(Stretches(Y, length, feasible), PROBLEM, LARGE, "float64")
    assert walked.result.values["index"].tolist() == np.flatnonzero(feasible).tolist()
    assert walked.agreement.wrong == ""


def test_the_first_rows_are_kept_and_all_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_walk, "MAX_KEPT", 4)
    walked = walk(Stretches(Y, 5), PROBLEM, ALL, "float64")
    assert walked.result.values["index"].tolist() == KNOWN[:4]
    assert len(walked.result.values["y"]) == 4
    assert int(walked.result.values["rows"]) == 9


@pytest.mark.parametrize(("dtype", "allowed"), [("float64", 1e-12), ("float32", 1e-5)])
def test_values_may_be_off_by_the_dtypes_tolerance(dtype: str, allowed: float) -> None:
    near = walk(Stretches(Y * (1 + allowed / 2), 5), PROBLEM, ALL, dtype).agreement
    assert near.wrong == ""
    assert near.error == pytest.approx(allowed / 2, rel=1e-3)
    assert walk(Stretches(Y * (1 + allowed * 3), 5), PROBLEM, ALL, dtype).agreement.wrong == "its y differs"


def test_a_number_where_numpy_has_none_is_a_difference() -> None:
    filled = np.where(np.isnan(Y), 1.0, Y)
    assert walk(Stretches(filled, 5), PROBLEM, ALL, "float64").agreement.wrong == "its y differs"


def test_a_scenario_at_the_threshold_may_be_on_either_side_and_no_other() -> None:
    with np.errstate(invalid="ignore"):
        feasible = Y >= 4
    at, beside = feasible.copy(), feasible.copy()
    at[Y == 4] = False
    beside[Y == 8] = False
    assert walk(Stretches(Y, 5, at), PROBLEM, LARGE, "float64").agreement.wrong == ""
    assert "meet the conditions" in walk(Stretches(Y, 5, beside), PROBLEM, LARGE, "float64").agreement.wrong


def test_of_a_large_table_the_same_sample_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_walk, "MAX_PROBED", 3)

    def caught(place: int) -> bool:
        wrong = Y.copy()
        wrong[place] *= 2
        return bool(walk(Stretches(wrong, 5), PROBLEM, ALL, "float64").agreement.wrong)

    looked_at = [place for place in KNOWN if caught(place)]
    assert 1 <= len(looked_at) <= 3
    assert looked_at == [place for place in KNOWN if caught(place)]


def test_a_stretchs_rows_start_at_its_own_index_and_may_be_cut() -> None:
    chunk = Chunk(100, {"y": np.array([1.0, np.nan, 3.0, 4.0])}, np.array([True, True, False, True]))
    index, values = rows_of(chunk)
    assert index.tolist() == [100, 103]
    assert values["y"].tolist() == [1, 4]
    assert rows_of(chunk, 1)[0].tolist() == [100]
    assert rows_of(chunk, 0)[0].tolist() == []


def test_stretches_together_are_all_rows() -> None:
    parts = list(stretches(Stretches(Y, 5)))
    assert len(parts) == 3
    assert np.concatenate([index for index, _ in parts]).tolist() == KNOWN
    assert np.concatenate([values["y"] for _, values in parts]).tolist() == Y[KNOWN].tolist()
