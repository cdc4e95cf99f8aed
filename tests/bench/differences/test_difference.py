"""Two sides held against each other."""

import json
from pathlib import Path

import pytest
from made_documents import STUDY, answer, estimate_document, run_document, run_of

from flopwatt.bench.differences.difference import compare_sides
from flopwatt.bench.differences.document_side import DocumentSide, read_side, side_of_run
from flopwatt.bench.errors import InputError

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
    a, b = (file_of(tmp_path, f"{cost}.json", run_document(answer("best", {}, cost=cost))) for cost in (1.0, 1.000001))
    assert compare_sides(a, b).moved
    single = file_of(tmp_path, "c.json", run_document(answer("best", {}, cost=1.000001), dtype="float32"))
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
