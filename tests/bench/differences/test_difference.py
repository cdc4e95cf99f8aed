"""Two sides held against each other."""

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_documents import STUDY, answer, estimate_document, run_document, run_of
from rich.console import Console

from flopwatt.bench.differences.difference import Difference, compare_sides
from flopwatt.bench.differences.difference_entry import difference_entry
from flopwatt.bench.differences.document_side import DocumentSide, read_side, side_of_run
from flopwatt.bench.differences.report import print_difference
from flopwatt.bench.errors import InputError
from flopwatt.bench.runner.document import document
from flopwatt.bench.terminal.json import jsonable

VERSION = {"version": "0.1.0", "commit": "a" * 40, "changed": False}


def file_of(folder: Path, name: str, document: object) -> DocumentSide:
    path = folder / name
    path.write_text(json.dumps(document))
    return read_side(str(path))


def test_a_study_and_itself_do_not_differ(tmp_path: Path) -> None:
    side = side_of_run(run_of(tmp_path), "made")
    difference = compare_sides(side, side)
    assert difference.is_empty
    assert [one.same for one in difference.answers] == [2, 2, 1]


def test_inputs_answers_and_what_moves_them(tmp_path: Path) -> None:
    a = side_of_run(run_of(tmp_path), "a")
    b = side_of_run(run_of(tmp_path, "training_flops=2e24", "chip_price=60000"), "b")
    difference = compare_sides(a, b)
    assert {one.quantity for one in difference.inputs} == {"training_flops", "chip_price"}
    assert [one.question for one in difference.moved] == ["cheapest", "energy", "time"]
    energy = next(one for one in difference.answers if one.question == "energy")
    assert [row.change for row in energy.rows] == pytest.approx([1.0, 1.0], rel=0.02)  # of bins
    assert difference.attribution is not None
    assert difference.attribution.question == "cheapest"
    assert difference.notes == ()  # the draws are the same


def test_of_one_input_nothing_is_attributed(tmp_path: Path) -> None:
    a, b = side_of_run(run_of(tmp_path), "a"), side_of_run(run_of(tmp_path, "chip_price=60000"), "b")
    assert compare_sides(a, b).attribution is None


def test_an_input_that_is_held_leaves_other_draws_to_the_rest(tmp_path: Path) -> None:
    a, b = side_of_run(run_of(tmp_path), "a"), side_of_run(run_of(tmp_path, "mfu=0.4"), "b")
    difference = compare_sides(a, b)
    assert [one.quantity for one in difference.inputs] == ["mfu"]


def test_questions_of_one_side_are_named(tmp_path: Path) -> None:
    a = side_of_run(run_of(tmp_path), "a")
    b = side_of_run(run_of(tmp_path, text=STUDY.replace('name = "time"', 'name = "days"')), "b")
    difference = compare_sides(a, b)
    assert (difference.only_a, difference.only_b) == (("time",), ("days",))


def test_other_versions_and_older_documents_are_said(tmp_path: Path) -> None:
    old = file_of(tmp_path, "old.json", run_document(answer("best", {}, cost=1.0)))
    new = file_of(tmp_path, "new.json", run_document(answer("best", {}, cost=1.2), axes=[], flopwatt=VERSION))
    newer = file_of(
        tmp_path, "newer.json", run_document(answer("best", {}, cost=1.2), axes=[], flopwatt=VERSION | {"version": "2"})
    )
    assert "says only a part of its inputs" in compare_sides(old, new).notes[0]
    difference = compare_sides(new, newer)
    assert difference.sentences == ("A was computed by flopwatt 0.1.0 (aaaaaaaaaaaa), B by flopwatt 2 (aaaaaaaaaaaa).",)
    assert difference.moved == ()


def test_a_wider_tolerance_for_float32(tmp_path: Path) -> None:
    a, b = (file_of(tmp_path, f"{cost}.json", run_document(answer("best", {}, cost=cost))) for cost in (1.0, 1.000003))
    assert compare_sides(a, b).moved
    single = file_of(tmp_path, "c.json", run_document(answer("best", {}, cost=1.000003), dtype="float32"))
    difference = compare_sides(a, single)
    assert not difference.moved
    assert difference.sentences == ("A was computed in float64, B in float32.",)


def test_mixtures_are_refused(tmp_path: Path) -> None:
    study = file_of(tmp_path, "s.json", run_document(answer("best", {}, cost=1.0)))
    estimate = file_of(tmp_path, "e.json", estimate_document(1.0))
    with pytest.raises(InputError, match=r"s\.json is a study and .*e\.json is an estimate; name two studies, or two"):
        compare_sides(study, estimate)
    euros = answer("best", {}, cost=1.0)
    euros["values"]["cost"]["unit"] = "EUR"
    with pytest.raises(InputError, match=r"cost is in USD in .*s\.json and in EUR in .*; compute both in one unit"):
        compare_sides(study, file_of(tmp_path, "euro.json", run_document(euros)))


def leaves(item: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the places of everything in a document."""
    inner = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
    return [place, *(leaf for key, value in inner for leaf in leaves(value, (*place, key)))]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("\x1b[31m"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)
VALID = run_document(
    answer("decision", {"site": ["a", "b"]}, **{"P50(cost)": [1.0, None]})
    | {"at": {"chip_count": [1, None]}, "units": {"chip_count": "chip"}},
    answer("quantiles", {"quantile": [0.5, 0.9]}, energy=[1.0, 2.0]) | {"question": "r"},
    answer("histogram", {"bin": [0]}, **{"from": [1.0], "to": [2.0], "count": [3]}) | {"question": "h"},
    assumptions=[{"quantity": "pue", "value": 1.2, "unit": ""}],
    given=[{"quantity": "tokens", "value": 1e12, "unit": "token", "stated": True}],
    axes=[{"axis": "site", "points": 2, "labels": ["a", "b"], "columns": {"tdp": {"unit": "W", "data": [1.0, None]}}}],
    questions={"q": {"of": ["P50(cost)"], "by": ["site"], "where": ["pue <= 1"]}},
    flopwatt=VERSION,
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_spoilt_document_is_compared_or_refused_in_a_line(tmp_path: Path, data: st.DataObject) -> None:
    spoilt = copy.deepcopy(VALID)
    place = data.draw(st.sampled_from([place for place in leaves(spoilt) if place]))
    holder: Any = spoilt
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = data.draw(ANYTHING)
    try:
        difference = compare_sides(file_of(tmp_path, "a.json", VALID), file_of(tmp_path, "b.json", spoilt))
    except InputError:  # one line, as `test_document_side` has it
        return
    print_difference(Console(file=io.StringIO(), width=80), difference, full=True)
    json.dumps(jsonable(difference_entry(difference)), allow_nan=False)


def test_it_is_said_on_whose_draws_a_side_was_computed(tmp_path: Path) -> None:
    a = side_of_run(run_of(tmp_path), "a")
    b = side_of_run(run_of(tmp_path, "chip_price=60000"), "b", on_lent_draws=True)
    assert compare_sides(a, b).notes == (
        "B is computed on A's draws, so that inputs alone move it; by itself it may differ a little.",
    )


def test_what_an_older_document_does_not_say_is_not_told_as_a_difference(tmp_path: Path) -> None:
    """It says neither its axes nor what its questions are about."""
    whole = jsonable(document(run_of(tmp_path)))
    older = {key: whole[key] for key in ("study", "dtype", "engines", "answers", "assumptions")}
    a, b = file_of(tmp_path, "older.json", older), file_of(tmp_path, "newer.json", whole)
    for first, second in ((a, b), (b, a)):
        difference = compare_sides(first, second)
        assert difference.is_empty
        assert printed(difference).startswith("Nothing that both sides say differs.")
        assert f"{a.name} says only a part of its inputs" in " ".join(printed(difference).split())


def test_of_estimates_what_both_state_is_an_input_and_no_answer(tmp_path: Path) -> None:
    def made(name: str, chips: float, days: float) -> DocumentSide:
        spreads = {"chip_count": {"unit": "chip", "median": chips}, "run_time": {"unit": "s", "median": days * 86400.0}}
        held = [{"quantity": "chip_count", "unit": "chip", "value": chips, "stated": True}]
        return file_of(tmp_path, name, estimate_document(1.0) | {"quantities": spreads, "held": held})

    difference = compare_sides(made("a.json", 1000.0, 9.0), made("b.json", 8000.0, 3.0))
    assert [one.quantity for one in difference.inputs] == ["chip_count"]
    assert [row.cell.quantity for row in difference.answers[0].rows] == ["run_time"]
    assert "median run time goes from 9 days to 3 days" in printed(difference)


def test_rows_of_one_side_are_no_move(tmp_path: Path) -> None:
    a = file_of(tmp_path, "a.json", run_document(answer("best", {"site": ["a", "b"]}, cost=[1.0, 2.0])))
    b = file_of(tmp_path, "b.json", run_document(answer("best", {"site": ["a", "c"]}, cost=[1.0, 2.0])))
    assert "no answer moved; 1 answer has rows that only one side has." in printed(compare_sides(a, b))


def printed(difference: Difference) -> str:
    console = Console(file=io.StringIO(), width=300)
    print_difference(console, difference)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()
