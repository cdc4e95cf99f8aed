"""A table keyed by kind finds an entry, and says which kind it does not have or is answered apart."""

import pytest

from flopwatt.kernels.errors import EngineError
from flopwatt.kernels.model.kinds import Apart, ByKind
from flopwatt.kernels.model.questions import Best, Pareto, Sensitivity, Summary

TABLE: ByKind[int] = ByKind("room.TABLE", {Best: 1, Summary: 2, Sensitivity: Apart("is composed of summaries")})
BEST, SENSITIVITY = Best(name="", objective="y"), Sensitivity(name="", quantity="y")


class Better(Best):
    """A subclass of a kind."""


def test_an_entry_is_that_of_the_question_s_kind() -> None:
    assert TABLE.of(BEST) == 1
    assert TABLE[Summary] == 2


def test_a_kind_answered_apart_says_how() -> None:
    assert TABLE[Sensitivity] == Apart("is composed of summaries")
    with pytest.raises(EngineError, match=r"^a sensitivity question is composed of summaries$"):
        TABLE.of(SENSITIVITY)


def test_entries_leave_out_what_is_answered_apart() -> None:
    assert TABLE.entries() == {Best: 1, Summary: 2}


def test_a_kind_without_an_entry_is_named_with_the_table() -> None:
    with pytest.raises(
        EngineError, match=r"^flopwatt\.room\.TABLE has no entry .* Pareto, only for Best, Summary, Sensitivity;"
    ):
        TABLE.of(Pareto(name="", quantities=("x", "y")))


def test_a_subclass_of_a_kind_needs_an_entry_of_its_own() -> None:
    with pytest.raises(EngineError, match="Better"):
        TABLE.of(Better(name="", objective="y"))


def test_it_is_a_mapping() -> None:
    assert list(TABLE) == [Best, Summary, Sensitivity]
    assert len(TABLE) == 3
    assert Best in TABLE
    assert Pareto not in TABLE
