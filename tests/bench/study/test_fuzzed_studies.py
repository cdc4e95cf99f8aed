"""Whatever a study's file holds, it loads or there is one line of error: never a traceback."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from flopwatt.bench.errors import InputError
from flopwatt.bench.study.loader import load_study

GOOD: dict[str, Any] = {
    "title": "t",
    "given": {"training_flops": 1e24, "tokens": "1e13 token", "pue": 1.2},
    "axes": {
        "chip": {"from": "hardware", "rows": ["h100", "b200-sxm"], "columns": {"peak_flops": "peak_fp8"}},
        "chip_count": {"geomspace": [1000, 100000], "num": 5},
        "load": {"arange": [0.5, 1.0, 0.1]},
        "site": {"quantity": "wue", "values": [0.1, 0.2], "labels": ["a", "b"]},
        "assumptions": {
            "draws": 8,
            "seed": 1,
            "columns": {"mfu": {"triangular": [0.2, 0.3, 0.5]}, "goodput": {"values": [0.8, 0.9]}},
        },
    },
    "questions": [
        {"name": "a", "minimize": "cost", "where": ["run_time <= 120 day"], "by": ["chip"]},
        {"name": "b", "quantiles": "energy", "at": [0.1, 0.5]},
        {"name": "c", "summary": "water"},
    ],
}


def toml(value: Any) -> str:
    """A value as inline TOML; JSON's text is TOML's too, but for None, and for characters that TOML wants escaped."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    if isinstance(value, str):
        return json.dumps(value).replace("\x7f", "\\u007f")
    if isinstance(value, float):
        return repr(value).replace("nan", "nan").replace("inf", "inf")
    return json.dumps(value)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, item in items for place in places(item, (*path, key))]


words = st.sampled_from(
    [
        "",
        "all",
        "chip",
        "mfu",
        "cost",
        "nan",
        "inf",
        "-1",
        "1e400",
        "5 GW",
        "1 day",
        "h100",
        "run_time",
        "1 / 0",
        "[",
        "é",
        "mfu = 1",
    ]
)
scalars = st.one_of(
    st.integers(-(2**70), 2**70),
    st.integers(-2, 12),
    st.floats(),
    st.booleans(),
    words,
    st.text(alphabet='ab ().<=1_é"\n', max_size=6),
)
odd = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=5)


def changed(document: dict[str, Any], path: tuple[Any, ...], change: str, value: Any) -> dict[str, Any]:
    result = copy.deepcopy(document)
    holder: Any = result
    for key in path[:-1]:
        holder = holder[key]
    if change == "replace":
        holder[path[-1]] = value
    elif change == "remove":
        del holder[path[-1]]
    elif isinstance(holder, dict):
        holder[f"{path[-1]}x" if change == "rename" else str(value)[:20] or "x"] = holder.pop(path[-1])
    else:
        holder.append(value)
    return result


def refused(path: Path, *sets: str) -> str | None:
    """The message that a study is refused with, or None where it loads."""
    try:
        load_study(path, sets)
    except InputError as error:
        return error.message
    return None


def outcome(path: Path) -> str:
    message = refused(path)
    if message is None:
        return "loaded"
    assert "\n" not in message
    assert str(path) in message
    assert len(message) < 1500
    return "refused"


def test_the_study_that_is_changed_loads(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text("\n".join(f"{key} = {toml(value)}" for key, value in GOOD.items()))
    assert outcome(path) == "loaded"


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@drawn(
    place=st.sampled_from(places(GOOD)), change=st.sampled_from(["replace", "replace", "remove", "rename", "other"]), value=odd
)
def test_a_changed_study_loads_or_is_refused(tmp_path: Path, place: tuple[Any, ...], change: str, value: Any) -> None:
    path = tmp_path / "study.toml"
    document = changed(GOOD, place, change, value)
    path.write_text("\n".join(f"{json.dumps(key)} = {toml(value)}" for key, value in document.items()), encoding="utf-8")
    outcome(path)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@drawn(cut=st.integers(0, 1200), insert=st.text(max_size=5))
def test_a_file_that_is_cut_or_garbled(tmp_path: Path, cut: int, insert: str) -> None:
    text = "\n".join(f"{key} = {toml(value)}" for key, value in GOOD.items())
    path = tmp_path / "study.toml"
    path.write_text(text[:cut] + insert + text[cut + 1 :], encoding="utf-8", errors="replace")
    outcome(path)
    path.write_text(text[:cut], encoding="utf-8")
    assert outcome(path) == ("loaded" if cut >= len(text) else "refused")


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@drawn(
    name=st.sampled_from(
        ["mfu", "tokens", "chip", "axes.chip_count.num", "axes.assumptions.draws", "questions.a.by", "title", "x"]
    ),
    value=st.one_of(words, scalars.map(str), odd.map(toml)),
)
def test_any_override_loads_or_is_refused(tmp_path: Path, name: str, value: str) -> None:
    path = tmp_path / "study.toml"
    path.write_text("\n".join(f"{key} = {toml(value)}" for key, value in GOOD.items()))
    message = refused(path, f"{name}={value}")
    assert message is None or ("\n" not in message and "sets" in message)


def test_a_message_stays_short_whatever_the_value(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(f'title = "t"\ngiven = {{ tokens = "{"9" * 100_000} parsec" }}\nquestions = [{{ minimize = "cost" }}]\n')
    assert outcome(path) == "refused"
