"""Sides from files: what is read, and one line for what is not."""

import json
from pathlib import Path
from typing import Any

import pytest
from made_documents import answer, estimate_document, run_document, run_of

from flopwatt.bench.differences.document_side import is_document, read_side, side_of_run
from flopwatt.bench.errors import InputError


def written(folder: Path, document: Any) -> str:
    path = folder / "made.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return str(path)


def test_a_run_and_its_document_are_one_side(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    side = side_of_run(run, "made")
    assert (side.kind, side.is_whole, side.dtype) == ("a study", True, "float64")
    assert set(side.answers()) == {"cheapest", "energy", "time"}
    from flopwatt.bench.runner.document import document

    read = read_side(written(tmp_path, document(run)))
    assert read.inputs() == side.inputs()
    assert read.answers() == side.answers()
    assert read.run is None


def test_the_fastest_engine_answers(tmp_path: Path) -> None:
    answers = [answer("best", {}, cost=1.0), answer("best", {}, cost=2.0) | {"engine": "numba"}]
    engines = [{"engine": "numpy", "points_per_second": 1.0}, {"engine": "numba", "points_per_second": 9.0}]
    side = read_side(written(tmp_path, run_document(*answers, engines=engines)))
    assert [cell.value for cell in side.answers()["q"]] == [2.0]


def test_documents_of_older_versions_say_less(tmp_path: Path) -> None:
    assert not read_side(written(tmp_path, run_document(answer("best", {}, cost=1.0)))).is_whole
    estimate = read_side(written(tmp_path, estimate_document(1.0)))
    assert (estimate.kind, estimate.is_whole, estimate.version) == ("an estimate", False, None)


def test_a_list_of_one_estimate_is_read(tmp_path: Path) -> None:
    assert read_side(written(tmp_path, [estimate_document(1.0)])).kind == "an estimate"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "is not valid JSON"),
        ("[" * 100 + "]" * 100, "nested"),
        ({"a": 1}, "is no document of answers, as `flopwatt run`"),
        (3, "is no document of answers, as `flopwatt run`"),
        ([estimate_document(1.0), estimate_document(2.0)], "holds 2 documents; give a file with one"),
        ({"chips": {}}, "holds estimates of several chips side by side; give a file of one"),
        (run_document() | {"engines": 3}, "engines must be"),
        (estimate_document(1.0) | {"quantities": {"cost": {"median": "x"}}}, "quantities.cost.median must be"),
    ],
)
def test_what_is_no_document_is_refused_in_a_line(tmp_path: Path, document: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        read_side(written(tmp_path, document))
    assert "made.json" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_broken_answer_is_refused_with_the_files_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"made.json: the answer to 'q': cost does not have the form"):
        read_side(written(tmp_path, run_document(answer("best", {"site": ["a"]}, cost=1.0))))


def test_files_are_told_from_studies_by_their_ending() -> None:
    assert is_document("a.json")
    assert is_document("A.JSON")
    assert not is_document("quick")
    assert not is_document("a.toml")
