"""A study's report: what stands in it and in which order, that texts are texts, how large it is, and how a reader finds it."""

import csv
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from browser import (
    DESKTOP,
    PHONE,
    beyond_the_page,
    count_marks,
    draw_pictures,
    pdf_texts,
    reader,
    serious_violations,
)
from made_reports import ENDLESS, EVERY_KIND, HOSTILE, LARGE, LONG, SLIDERS, data_of, hostile_run, quick_run, read_page, run_of

from flopwatt.bench.reports.computed_shown import Remake
from flopwatt.bench.reports.study_report import SECTIONS, study_report
from flopwatt.bench.runner.document import document
from flopwatt.bench.runner.outcome import Run
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.runner.sentences import headlines
from flopwatt.bench.study.loader import load_study

__all__ = ["reader"]  # a fixture

MAX_BYTES = 2_000_000  # of a report of a study like the first
MAX_SECONDS = 2.0  # that a report of an answer of 1e5 points takes until its last picture is drawn


@pytest.fixture(autouse=True)
def no_faults(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hold every page that a test opens to have no fault: nothing in the console, nothing asked of a network."""
    if "reader" not in request.fixturenames:
        yield
        return
    faults = request.getfixturevalue("reader").faults
    faults.clear()
    yield
    assert faults == []


@pytest.fixture(scope="module")
def quick() -> Run:
    return quick_run()


@pytest.fixture(scope="module")
def quick_page(quick: Run) -> str:
    return study_report(quick, Remake("flopwatt report quick", "flopwatt run quick --out FILE.parquet"))


@pytest.fixture(scope="module")
def sliders_page(tmp_path_factory: pytest.TempPathFactory) -> str:
    return study_report(run_of(SLIDERS, tmp_path_factory.mktemp("sliders")))


@pytest.fixture(scope="module")
def first_page() -> str:
    return study_report(run_study(load_study("nvidia-openai-10gw"), "auto", budget_seconds=0))


# --- what stands in it ------------------------------------------------------------------------------------------------


def test_the_sections_stand_in_their_order(quick: Run, quick_page: str) -> None:
    page = read_page(quick_page)
    assert page.one("html").attributes == {"lang": "en"}
    assert page.one("h1").text() == quick.study.title
    assert [heading.text() for heading in page.find("h2")] == [title for _, title in SECTIONS]
    assert [link.attributes["href"] for link in page.one("nav").find("a")] == [f"#{anchor}" for anchor, _ in SECTIONS]
    sentences = [item.text() for item in page.one("section", id="answer").find("li")]
    assert sentences == [" ".join(text.split()) for text in headlines(quick)]
    assert 1 <= len(sentences) <= 5
    first = page.one("main").text()
    assert first.index(sentences[0]) < first.index("What is chosen:")  # the answer is what is read first
    assert "What is chosen:" not in page.one("header").text()


def test_every_question_has_a_picture_and_its_table_in_words(quick: Run, quick_page: str) -> None:
    page = read_page(quick_page)
    titles = [title.text() for title in page.one("section", id="tables").find("h3")]
    assert titles == ["Cheapest", "Energy", "Run time"]
    drawn = {link.text() for link in page.one("section", id="pictures").find("a")}
    assert drawn == {f"The numbers: {question.name}" for question in quick.study.questions}
    anchors = {element.attributes["id"] for element in page.find() if "id" in element.attributes}
    assert {link.attributes["href"][1:] for link in page.find("a") if link.attributes["href"].startswith("#")} <= anchors
    cells = [cell.text() for cell in page.one("section", id="tables").find("th", scope="row")]
    assert "GB200 NVL72" in cells
    assert "gb200-nvl72" not in page.one("section", id="tables").text()


def test_every_assumption_draw_and_fact_stands_with_its_source(quick: Run, quick_page: str) -> None:
    section = read_page(quick_page).one("section", id="assumed")
    keys = {code.text() for code in section.find("code")}
    assert keys >= {assumption.quantity for assumption in quick.study.assumptions}
    drawn = section.one("div", id="draws")
    assert "triangular from 0.65 to 1, most likely 0.89" in drawn.text()
    assert "https://arxiv.org/abs/2407.21783" in {link.attributes["href"] for link in drawn.find("a")}
    assert all(row.find("td", class_="source")[0].text() for row in section.find("tr") if row.find("td"))
    figures = section.text()
    assert "H100" in figures
    assert "NVIDIA H100 Tensor Core GPU data sheet" in figures
    assert "secondary: not by those who made or measured it" in figures


def test_inputs_that_move_answers_most_come_first(quick_page: str) -> None:
    section = read_page(quick_page).one("div", id="draws")
    sizes = [cell.attributes["data-value"] for row in section.find("tr") for cell in row.find("td")[4:5]]
    known = [float(size) for size in sizes if size]
    assert known == sorted(known, reverse=True)
    assert known[0] > 0.1
    assert "run time:" in section.text()


def test_what_is_not_known_is_what_the_run_says(tmp_path: Path) -> None:
    run = run_of(SLIDERS.replace('"h100-sxm-80gb", ', '"h100-sxm-80gb", "vr200-nvl72", '), tmp_path)
    section = read_page(study_report(run)).one("section", id="unknown")
    assert "Intervals are over 32 draws of one input, MFU. All other inputs are held at what is stated" in section.text()
    for note in run.study.missing:
        assert note.questions[0] in section.text()
    assert "no decision" in section.text()  # that nothing runs within an hour


def test_how_it_was_computed_can_be_done_again(quick: Run, quick_page: str) -> None:
    section = read_page(quick_page).one("section", id="computed")
    said = dict(zip((term.text() for term in section.find("dt")), (text.text() for text in section.find("dd")), strict=True))
    assert said["Made again by"] == "flopwatt report quick"
    assert quick.study.digest in said["Digest of the study"]
    assert section.one("pre").text() == " ".join(quick.study.text.split())
    assert "numpy" in section.one("div", id="engines").text()
    python = read_page(study_report(quick)).one("section", id="computed").text()
    assert "flopwatt.run_study(flopwatt.load_study('quick', ['axes.assumptions.draws=64'" in python


def test_the_data_are_the_document_of_the_run(quick: Run, quick_page: str) -> None:
    data = data_of(read_page(quick_page))
    plain = json.loads(json.dumps(document(quick)))
    assert data["answers"] == plain["answers"]
    assert {key: data[key] for key in plain if key != "engines"} == {key: plain[key] for key in plain if key != "engines"}


def test_an_infinite_value_is_none_that_is_missing(tmp_path: Path) -> None:
    run = run_of(ENDLESS, tmp_path)
    page = read_page(study_report(run))
    (answer,) = data_of(page)["answers"]
    chips = run.answer("chips").values["run_chips"].data
    assert np.isinf(chips).any()
    assert np.array_equal(np.array(answer["values"]["run_chips"]["data"], float), chips)
    cells = page.one("section", id="tables").find("td")
    assert [cell.attributes["data-value"] for cell in cells if cell.text() == "∞"]
    assert all(float(cell.attributes["data-value"]) == np.inf for cell in cells if cell.text() == "∞")


def test_what_is_cut_is_said_with_what_has_all_of_it(quick: Run) -> None:
    page = read_page(study_report(quick, Remake("x", "flopwatt run quick --out FILE.parquet"), most_rows=2))
    assert (
        "energy: the data here hold the first 2 of 3 rows. flopwatt run quick --out FILE.parquet has all of them."
        in page.one("section", id="data").text()
    )


def test_texts_of_a_study_are_text(tmp_path: Path) -> None:
    run = hostile_run(tmp_path)
    text = study_report(run, Remake(HOSTILE))
    page = read_page(text)
    assert [image.attributes for image in page.find("img")] == []
    assert page.one("h1").text() == " ".join(HOSTILE.split())
    assert "<script>window.broken" not in text
    assert "{{ 7*7 }}" in page.one("h1").text()
    assert [script.attributes.get("type", "code") for script in page.find("script")].count("code") == 3
    assert data_of(page)["title"] == HOSTILE
    for name in (HOSTILE, LONG):
        assert " ".join(name.split()) in page.one("section", id="assumed").text()


def test_a_page_is_alike_every_time_but_for_when_it_was_made(quick: Run) -> None:
    import datetime

    moment = datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.UTC)
    first, second = (study_report(quick, moment=moment) for _ in range(2))
    assert first == second
    assert "2026-01-02 03:04 UTC" in first


@pytest.mark.slow
def test_the_report_of_the_first_study_is_small(first_page: str) -> None:
    assert len(first_page.encode()) < MAX_BYTES


def test_every_kind_of_question_is_shown(tmp_path: Path) -> None:
    run = run_of(EVERY_KIND, tmp_path)
    page = read_page(study_report(run))
    assert [title.text().lower() for title in page.one("section", id="tables").find("h3")] == [
        question.name for question in run.study.questions
    ]
    assert data_of(page)["answers"] == json.loads(json.dumps(document(run)))["answers"]
    assert "No scenario meets the conditions." in page.one("section", id="question-8").text()
    assert page.one("section", id="question-8").find("table") == []


# --- as a reader opens it ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_picture_of_the_first_study_has_its_marks(reader, tmp_path: Path, first_page: str) -> None:
    opened = reader.open(first_page, tmp_path)
    draw_pictures(opened)
    figures = opened.locator("figure").evaluate_all("figures => figures.map((figure) => figure.id)")
    assert len(figures) >= 28
    assert [figure for figure in figures if count_marks(opened, figure) == 0] == []


@pytest.mark.slow
def test_sliders_move_their_picture(reader, tmp_path: Path, sliders_page: str) -> None:
    opened = reader.open(sliders_page, tmp_path)
    draw_pictures(opened)
    figure = opened.locator("figure:has(input[type=range])").first
    slider = figure.locator("input[type=range]").first
    before = figure.locator("svg").inner_html()
    said = slider.get_attribute("aria-valuetext")
    slider.focus()
    opened.keyboard.press("Home" if slider.input_value() != "0" else "End")
    opened.wait_for_function(
        "([id, before]) => document.querySelector(`#${id} svg`).innerHTML !== before",
        arg=[figure.get_attribute("id"), before],
    )
    assert slider.get_attribute("aria-valuetext") != said


@pytest.mark.slow
def test_tables_sort_by_their_numbers(reader, tmp_path: Path, quick_page: str) -> None:
    opened = reader.open(quick_page, tmp_path)
    table = opened.locator("#question-2-rows")
    heading = table.get_by_role("button", name="median")
    heading.click()
    values = table.locator("tbody tr").evaluate_all("rows => rows.map((row) => Number(row.cells[2].dataset.value))")
    assert values == sorted(values)
    heading.click()
    assert table.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
    drawn = opened.locator("#draws")
    drawn.get_by_role("button", name="Median").click()
    assert drawn.locator("th[aria-sort]").count() == 1


@pytest.mark.slow
@pytest.mark.parametrize("question", [None, "cheapest", "energy"])
def test_answers_are_saved_with_the_same_numbers(reader, tmp_path: Path, quick: Run, quick_page: str, question) -> None:
    opened = reader.open(quick_page, tmp_path)
    opened.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    button = "All answers as CSV" if question is None else question
    with opened.expect_download() as download:
        opened.get_by_role("button", name=button, exact=True).click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    columns = dict(zip(rows[0], zip(*rows[1:], strict=True), strict=True))
    energy = quick.answer("energy").values["energy"].data.reshape(-1).tolist()
    if question != "cheapest":
        saved = [float(cell) for cell in columns["energy [kWh]" if "energy [kWh]" in columns else "energy [J]"] if cell]
        assert saved == energy
    if question is None:
        assert set(columns["question"]) == {"cheapest", "energy", "run time"}
        assert len(rows) == 1 + 9 + 9 + 3
    if question == "cheapest":
        saved = [float(cell) for cell in columns["P50(cost) [USD]"]]
        assert saved == quick.answer("cheapest").values["P50(cost)"].data.reshape(-1).tolist()
        assert download.value.suggested_filename == "quick.cheapest.csv"


@pytest.mark.slow
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_page_is_read_by_all(reader, tmp_path: Path, sliders_page: str, quick_page: str, size) -> None:
    for text in (sliders_page, quick_page):
        opened = reader.open(text, tmp_path, size)
        draw_pictures(opened)
        opened.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
        assert serious_violations(opened) == []
        assert beyond_the_page(opened) == []


@pytest.mark.slow
def test_every_kind_is_drawn_and_saved(reader, tmp_path: Path) -> None:
    run = run_of(EVERY_KIND, tmp_path)
    opened = reader.open(study_report(run), tmp_path, PHONE)
    draw_pictures(opened)
    assert beyond_the_page(opened) == []
    opened.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    for question, rows in (("best", 4), ("front", len(run.answer("front").rows())), ("histogram", None), ("table", None)):
        with opened.expect_download() as download:
            opened.get_by_role("button", name=question, exact=True).click()
        lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
        assert len(lines) - 1 == (len(run.answer(question).rows()) if rows is None else rows)


@pytest.mark.slow
def test_the_dark_follows_the_system(reader, tmp_path: Path, quick_page: str) -> None:
    grounds = []
    for dark in (False, True):
        opened = reader.open(quick_page, tmp_path, dark=dark)
        draw_pictures(opened)
        grounds.append(opened.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert serious_violations(opened) == []
    assert grounds[0] != grounds[1]


@pytest.mark.slow
def test_a_print_has_every_cell(reader, tmp_path: Path, quick_page: str) -> None:
    opened = reader.open(quick_page, tmp_path)
    draw_pictures(opened)
    printed = "".join(pdf_texts(opened.pdf(format="A4", prefer_css_page_size=True)))
    cells = opened.locator(
        "section#tables td, section#tables th[scope=row], #draws td, #assumptions td, #engines td"
    ).evaluate_all("cells => cells.map((cell) => cell.textContent)")
    assert len(cells) > 200
    assert [cell for cell in cells if "".join(cell.split()) not in "".join(printed.split())] == []


@pytest.mark.slow
def test_hostile_texts_break_nothing(reader, tmp_path: Path) -> None:
    opened = reader.open(study_report(hostile_run(tmp_path), Remake(HOSTILE)), tmp_path, PHONE)
    draw_pictures(opened)
    assert opened.evaluate("window.broken") is None
    assert opened.title() == HOSTILE
    assert beyond_the_page(opened) == []


@pytest.mark.slow
@pytest.mark.alone
def test_an_answer_of_1e5_points_opens_in_time(reader, tmp_path: Path) -> None:
    page = tmp_path / "large.html"
    page.write_text(study_report(run_of(LARGE, tmp_path)), encoding="utf-8")
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        opened = reader.open(page, tmp_path)
        draw_pictures(opened)
        seconds.append(time.perf_counter() - start)
        opened.context.close()
    assert min(seconds) < MAX_SECONDS
