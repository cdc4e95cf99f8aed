"""A run in a notebook."""

import dataclasses
from xml.etree import ElementTree

import pytest

import flopwatt
from flopwatt.bench.runner.outcome import Run


@pytest.fixture(scope="module")
def run() -> Run:
    return flopwatt.run_study(flopwatt.load_study("quick"), "numpy")


def test_every_question_has_a_table_below_its_words(run: Run) -> None:
    html = run._repr_html_()
    page = ElementTree.fromstring(f"<div>{html}</div>")
    texts = ["".join(paragraph.itertext()) for paragraph in page.iter("p")]
    assert texts[0] == run.study.title
    for answer in run.answers:
        assert any(text == answer.name or text.startswith(f"{answer.name}: ") for text in texts)
    assert len(list(page.iter("table"))) == len(run.answers)
    assert len(html) < 60_000


def test_a_study_s_text_is_no_markup(run: Run) -> None:
    title = "<script>alert(1)</script>\u202e"
    study = dataclasses.replace(run.study, title=title)
    html = dataclasses.replace(run, study=study)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_run_and_its_study_show_themselves_in_a_line(run: Run) -> None:
    for text in (repr(run), repr(run.study)):
        assert "\n" not in text
        assert "array" not in text
        assert len(text) < 300
        assert run.study.title in text
    assert f"{run.study.points:,} scenarios" in repr(run.study)
    assert "numpy" in repr(run)


def test_a_frame_is_the_answer_s(run: Run) -> None:
    name = run.answers[0].name
    assert run.to_frame(name).equals(run.answer(name).to_frame())
