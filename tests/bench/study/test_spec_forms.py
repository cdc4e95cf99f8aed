"""Tables are read into their forms, and what is wrong with one is told with its place, an unknown key first."""

import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

import pytest

from flopwatt.bench.study.fields import number, texts, whole
from flopwatt.bench.study.spec_forms import Fault, Form, FormError, by_name, list_of, read_by, read_form, table_of, tables


@dataclass(frozen=True, kw_only=True)
class Inner(Form):
    size: int = field(metadata=read_by(whole))
    source: list[str] | None = field(default=None, metadata=read_by(texts, "from"))


@dataclass(frozen=True, kw_only=True)
class Outer(Form):
    inner: Inner = field(metadata=read_by(table_of(Inner, "is empty")))
    several: list[Inner] = field(default_factory=list, metadata=read_by(tables(Inner)))
    sizes: dict[str, list[float | str]] = field(default_factory=dict, metadata=read_by(by_name(list_of(number))))


def test_a_table_is_read_by_its_fields() -> None:
    read = read_form(Outer, {"inner": {"from": ["a"], "size": "1e3"}, "sizes": {"b": [1, "2 day"]}})
    assert read == Outer(
        inner=Inner(size=1000, source=["a"], written=("from", "size")), sizes={"b": [1, "2 day"]}, written=("inner", "sizes")
    )
    assert Inner.keys() == ["size", "from"]


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (5, Fault((), "must be a table, not 5")),
        ({}, Fault(("inner",), "is missing")),
        ({"inner": {}}, Fault(("inner",), "is empty")),
        ({"inner": {"size": 1.5}}, Fault(("inner", "size"), "must be a whole number, not 1.5")),
        ({"inner": {"size": 1, "from": ["a", 2]}}, Fault(("inner", "from", 1), "must be text, not 2")),
        ({"inner": {"size": 1}, "several": [{"size": 1}, {}]}, Fault(("several", 1, "size"), "is missing")),
        (
            {"inner": {"size": 1}, "several": {}},
            Fault(("several",), "must be a list of tables; write [[several]], not [several]"),
        ),
        ({"inner": {"size": 1}, "several": 3}, Fault(("several",), "must be a list, not 3")),
        ({"inner": {"size": 1}, "sizes": {"b": [1, True]}}, Fault(("sizes", "b", 1), "must be a number")),
        ({"inner": {"sizes": 1}}, Fault(("inner", "sizes"), "unknown key 'sizes'; did you mean 'size'?", True)),
    ],
)
def test_the_first_fault_is_told_an_unknown_key_before_others(value: Any, fault: Fault) -> None:
    with pytest.raises(FormError) as caught:
        read_form(Outer, value)
    told = caught.value.fault
    assert (told.place, told.unknown) == (fault.place, fault.unknown)
    assert told.problem.startswith(fault.problem)


def test_a_study_is_read_without_pydantic() -> None:
    code = "import sys; from flopwatt import load_study; load_study('quick'); assert 'pydantic' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
