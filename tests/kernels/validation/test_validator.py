"""Data against types: what fits, and the line that says what does not."""

import datetime
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import pytest

from flopwatt.kernels.validation.plain_tests import NO_OTHER_KEYS
from flopwatt.kernels.validation.validator import DataError, Validator
from flopwatt.kernels.validation.wording import JSON, Wanted, described, dotted


@dataclass(frozen=True)
class Part:
    size: float
    count: int = 1
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


@dataclass(frozen=True)
class Whole:
    name: str
    parts: tuple[Part, ...] = ()
    by_name: Mapping[str, Part] = field(default_factory=dict)
    one: Part | None = None
    scalar: str | int | float | bool | None = None
    true: bool = False
    any: Any = None
    names: tuple[str, ...] = ()
    units: Annotated[dict[str, Annotated[str, Wanted('a unit as text, such as {key} = "W"')]], Wanted("a table of units")] = (
        field(default_factory=dict)
    )
    pair: Annotated[tuple[float, float], Wanted("a list of two numbers")] | None = None

    def __post_init__(self) -> None:
        if self.name == "bad":
            raise ValueError("the name is bad")


WHOLE = Validator[Whole](Whole)


def test_lists_and_tables_become_the_types() -> None:
    data = {"name": "a", "parts": [{"size": 1}], "by_name": {"x": {"size": 0.5, "count": 2}}, "one": {"size": 3.0}, "more": 1}
    assert WHOLE.check(data) == Whole("a", (Part(1.0),), {"x": Part(0.5, 2)}, Part(3.0))


@pytest.mark.parametrize("value", ["1", 1, 1.0, True, None, "true", "inf"])
def test_scalars_are_taken_for_nothing_else(value: object) -> None:
    scalar = WHOLE.check({"name": "a", "scalar": value}).scalar
    assert (scalar, type(scalar)) == (value, type(value))


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"name": 3}, "name must be text, not 3"),
        ({"name": None}, "name must be text, not null"),
        ({"name": "bad"}, "the name is bad"),
        ({"parts": {}}, "parts must be a list of tables; write [[parts]], not [parts]"),
        ({"names": {}}, "names must be a list of texts, not a table"),
        ({"parts": "ab"}, "parts must be a list of tables, not 'ab'"),
        ({"parts": [{"size": 1}, {"size": "5"}]}, "parts[2].size must be a number, not '5'"),
        ({"parts": [{"size": True}]}, "parts[1].size must be a number, not true"),
        ({"parts": [{"size": 10**400}]}, "parts[1].size must be a number, not a number of more than 60 digits"),
        ({"parts": [{"size": 1, "count": 1.0}]}, "parts[1].count must be a whole number, not 1.0"),
        ({"parts": [{}]}, "parts[1].size is missing"),
        ({"parts": [{"syze": 1}]}, "parts[1]: unknown key 'syze'; did you mean 'size'?"),
        ({"by_name": {"x": {"size": 1, "qqq": 1}}}, "by_name.x: unknown key 'qqq'; there are size, count"),
        ({"one": {"size": 1, "cuont": 1}}, "one: unknown key 'cuont'; did you mean 'count'?"),
        ({"one": datetime.date(2026, 1, 2)}, "one must be a table with size, count, not a date"),
        ({"scalar": [1]}, "scalar must be text or a whole number or a number or true or false, not a list"),
        ({"true": 1}, "true must be true or false, not 1"),
        ({"parts": [{"size": float("nan")}]}, "parts[1].size must be a number, not nan"),
        ({"units": 3}, "units must be a table of units, not 3"),
        ({"units": {"tdp": 3}}, 'units.tdp must be a unit as text, such as tdp = "W", not 3'),
        ({"pair": [1]}, "pair[2] is missing"),
        ({"pair": [1, 2, 3]}, "pair must be a list of two numbers, not 3 of them"),
    ],
)
def test_what_does_not_fit_is_one_line(changes: dict[str, object], line: str) -> None:
    with pytest.raises(DataError) as caught:
        WHOLE.check({"name": "a", **changes})
    assert str(caught.value) == line


def test_the_whole_and_a_place_are_named() -> None:
    with pytest.raises(DataError, match=r"^must be an object, not 3$"):
        Validator[Whole](Whole, JSON).check(3)
    with pytest.raises(DataError, match=r"^rows\[3\] must be a table, not 3$") as caught:
        WHOLE.check(3, ("rows", 2))
    assert caught.value.place == ("rows", 2)


def test_infinities_are_text_where_the_format_has_none() -> None:
    validator = Validator[tuple[float, ...]](tuple[float, ...], JSON)
    assert validator.check(["inf", "-inf", 1]) == (float("inf"), float("-inf"), 1.0)
    with pytest.raises(DataError, match=r"\[0\] must be a number, not 'nan'"):
        validator.check(["nan"])
    with pytest.raises(DataError, match="must be a number, not 'inf'"):
        Validator[float](float).check("inf")


def test_values_and_places_as_messages_have_them() -> None:
    assert described("x" * 100) == "'" + "x" * 56 + "..."
    assert [described(value, "an object") for value in ({}, [], False, 0.5)] == ["an object", "a list", "false", "0.5"]
    assert (dotted(("a", 0, "b")), dotted(("a", 0, "b"), first=0)) == ("a[1].b", "a[0].b")


def test_people_count_from_1_and_programs_from_0() -> None:
    for validator, line in (
        (WHOLE, r"^parts\[2\].size is missing"),
        (Validator[Whole](Whole, JSON), r"^parts\[1\].size is missing"),
    ):
        with pytest.raises(DataError, match=line) as caught:
            validator.check({"name": "a", "parts": [{"size": 1}, {}]})
        assert caught.value.place == ("parts", 1, "size")


def test_pydantic_is_loaded_when_something_is_checked() -> None:
    code = (
        "import sys; from flopwatt.kernels.validation.validator import Validator; validator = Validator(int)\n"
        "assert 'pydantic' not in sys.modules; validator.check(1); assert 'pydantic' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
