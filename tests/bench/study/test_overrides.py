"""``--set``: what an override changes, what it holds, how its value is read; the document itself stays as it was."""

import copy
from typing import Any

import pytest

from flopwatt.bench.study.overrides import OverrideError, apply
from flopwatt.kernels.quantities import MODEL

DOCUMENT: dict[str, Any] = {
    "title": "t",
    "given": {"tokens": 1e13},
    "axes": {
        "chip": {"from": "hardware", "rows": ["h100"]},
        "chip_count": {"geomspace": [1e3, 1e5], "num": 16},
        "z": {"draws": 8, "columns": {"mfu": {"uniform": [0.2, 0.5]}}},
    },
    "questions": [{"name": "cheapest", "minimize": "cost"}, {"summary": "run_time"}],
}


def changed(*texts: str) -> Any:
    return apply(DOCUMENT, texts, MODEL).document


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("tokens=1e12", {"tokens": "1e12"}),
        ("given.tokens=1e12", {"tokens": "1e12"}),
        ("tokens = 2e12 token", {"tokens": "2e12 token"}),
        ('tokens="2e12 token"', {"tokens": "2e12 token"}),
        ("mfu=step_mfu", {"mfu": "step_mfu"}),
        ("chip_count=8", {"chip_count": "8"}),  # an axis that is no table's rows: its quantity is held
        ("run_time=1 day=2", {"run_time": "1 day=2"}),  # what it means is for the reader of the value to say
    ],
)
def test_a_quantity_is_held(text: str, held: dict[str, str]) -> None:
    overrides = apply(DOCUMENT, [text], MODEL)
    assert overrides.held == held
    assert overrides.document == DOCUMENT


@pytest.mark.parametrize(
    ("text", "rows"),
    [("chip=b200", ["b200"]), ("chip=b200, h100 ,x", ["b200", "h100", "x"]), ("chip=all", "all")],
)
def test_a_facts_axis_takes_rows(text: str, rows: Any) -> None:
    assert changed(text)["axes"]["chip"] == {"from": "hardware", "rows": rows}


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("axes.chip_count.num=4", ("axes", "chip_count", "num"), 4),
        ("axes.chip_count.geomspace=[1, 2.5]", ("axes", "chip_count", "geomspace"), [1, 2.5]),
        ("axes.z.columns.mfu.uniform=[0.1, 0.2]", ("axes", "z", "columns", "mfu", "uniform"), [0.1, 0.2]),
        ("axes.pue.values=[1.1]", ("axes", "pue"), {"values": [1.1]}),  # an axis may be new
        ("questions.cheapest.by=['chip']", ("questions", 0, "by"), ["chip"]),
        ("questions.1.name=dear", ("questions", 0, "name"), "dear"),
        ('questions.2.name="a b"', ("questions", 1, "name"), "a b"),
        ('questions.2.where=["run_time <= 1 day"]', ("questions", 1, "where"), ["run_time <= 1 day"]),
        ("title=x = y", ("title",), "x = y"),
        ("title=3", ("title",), 3),  # the schema says that it must be text
        ("description=2026-01-01 or so", ("description",), "2026-01-01 or so"),
    ],
)
def test_a_key_is_set_by_its_path(text: str, path: tuple[Any, ...], value: Any) -> None:
    place = changed(text)
    for part in path:
        place = place[part]
    assert place == value
    assert type(place) is type(value)


def test_each_builds_on_those_before() -> None:
    assert changed("axes.pue.linspace=[1, 2]", "axes.pue.num=3")["axes"]["pue"] == {"linspace": [1, 2], "num": 3}
    assert changed("questions.1.name=new", "questions.new.by=[]")["questions"][0] == {
        "name": "new",
        "minimize": "cost",
        "by": [],
    }


@pytest.mark.parametrize(
    "texts",
    [("mfu=0.3", "mfu=0.4"), ("given.mfu=0.3", "mfu=0.4"), ("chip=h100", "chip=b200"), ("axes.pue.num=3", "axes.pue.num=4")],
)
def test_nothing_is_set_twice(texts: tuple[str, str]) -> None:
    (name, first), second = texts[0].removeprefix("given.").split("="), texts[1]
    with pytest.raises(OverrideError) as refused:
        apply(DOCUMENT, texts, MODEL)
    assert str(refused.value) == f"{second!r}: {name} is set twice, first to {first}; leave one out"


@pytest.mark.parametrize("text", ["chip=h100, b200", 'chip=["h100", "b200"]'])
def test_rows_stand_between_commas_or_in_a_list(text: str) -> None:
    assert changed(text)["axes"]["chip"]["rows"] == ["h100", "b200"]
    assert changed("chip=ALL")["axes"]["chip"]["rows"] == "all"


def test_the_document_is_not_changed() -> None:
    before = copy.deepcopy(DOCUMENT)
    changed("chip=all", "axes.chip_count.num=4", "questions.1.name=x", "axes.z.columns.mfu.uniform=[0, 1]")
    assert before == DOCUMENT


def test_nothing_set_is_the_document() -> None:
    overrides = apply(DOCUMENT, [], MODEL)
    assert (overrides.document, overrides.held) == (DOCUMENT, {})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tokens", "write it as name=value"),
        ("tokens=", "write it as name=value"),
        ("=1", "write it as name=value"),
        ("chp=h100", "unknown quantity or axis 'chp'; did you mean 'chip'"),
        ("titel=x", "did you mean 'title'"),
        ("PUE at peak=1.1", "did you mean 'peak_pue'"),
        ("pue_peak=1.1", "did you mean 'peak_pue'"),
        ("price of a chip=3", "did you mean 'chip_price'"),
        ("axes=3", "name a key of axes"),
        ("questions=3", "name a key of questions"),
        ("axes.chip_cout.num=3", "the study has no axes.chip_cout; did you mean 'chip_count'"),
        ("axes.z.colums.mfu=3", "the study has no axes.z.colums"),
        ("gven.tokens=3", "the study has no gven"),
        ("questions.dearest.by=[]", "no question is named 'dearest'"),
        ("questions.cheapst.by=[]", "did you mean 'cheapest'"),
        ("questions.0.by=[]", "no question is named '0'"),
        ("questions.3.by=[]", "no question is named '3'"),
        (f"questions.{'9' * 5001}.by=[]", "no question is named '9999"),  # more digits than Python reads as a number
        ("title.x.y=1", "title is no table"),
        ("axes.chip_count.num.x=1", "axes.chip_count.num is no table"),
        ("axes.chip.rows.x=1", "name a key of axes.chip.rows"),
    ],
)
def test_what_is_not_understood(text: str, says: str) -> None:
    with pytest.raises(OverrideError) as error:
        apply(DOCUMENT, [text], MODEL)
    assert says in str(error.value)
    assert repr(text) in str(error.value)


@pytest.mark.parametrize("axes", [None, 3, []])
def test_a_document_without_axes_has_none_to_set(axes: Any) -> None:
    document = {"title": "t"} | ({} if axes is None else {"axes": axes})
    assert apply(document, ["mfu=0.3"], MODEL).held == {"mfu": "0.3"}
    with pytest.raises(OverrideError):
        apply(document, ["chip=h100"], MODEL)
