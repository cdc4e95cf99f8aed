"""Answers as frames and as HTML."""

from xml.etree import ElementTree

import numpy as np
import pytest

from flopwatt.bench.answers.answer import Answer, Computation, answer_of
from flopwatt.bench.answers.frame import MAX_ROWS
from flopwatt.bench.study.loader import load_study
from flopwatt.kernels.engines import Settings, get


@pytest.fixture(scope="module")
def answers() -> dict[str, Answer]:
    study = load_study("quick")
    result = {}
    for question in study.questions:
        run = get("numpy").prepare(study.problem, question, Settings()).run()
        result[question.name] = answer_of(study.problem, question, run, Computation("numpy", "float64", study.sources))
    return result


def test_a_frame_holds_what_the_dataset_holds(answers: dict[str, Answer]) -> None:
    for answer in answers.values():
        frame, dataset = answer.to_frame(), answer.dataset()
        assert len(frame) == len(answer.rows())
        assert list(frame.columns) == [*answer.coords, *answer.variables()]
        for name in answer.variables():
            column = dataset[name].values.reshape(-1)[answer.rows()]
            if column.dtype.kind == "f":
                np.testing.assert_array_equal(frame[name], column)
            assert frame.attrs["units"].get(name) == dataset[name].attrs.get("units")


def test_an_answer_shows_itself_short(answers: dict[str, Answer]) -> None:
    for answer in answers.values():
        text = repr(answer)
        assert text.startswith(f"Answer to {answer.name!r} ({answer.question.kind}, numpy): ")
        assert "array" not in text
        assert "\n" not in text


def test_a_notebook_shows_the_first_rows_with_units(answers: dict[str, Answer]) -> None:
    for answer in answers.values():
        html = ElementTree.fromstring(f"<div>{answer._repr_html_()}</div>")
        rows = len(answer.rows())
        assert len(list(html.iter("tr"))) == 1 + min(rows, MAX_ROWS)
        told = [paragraph.text for paragraph in html.iter("p")]
        assert bool(told) is (rows > MAX_ROWS)
