"""Pictures of answers: of every kind, of the shipped studies, and of answers with any values."""

import json
import re
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from functools import cache
from pathlib import Path

import altair
import numpy as np
import pytest
from made_answers import EVERY_KIND, run_text, spoilt
from made_reports import ENDLESS, run_of

from flopwatt import configs
from flopwatt.bench.answers.answer import Answer
from flopwatt.bench.answers.column import Column
from flopwatt.bench.pictures.drawing import drawn_spec
from flopwatt.bench.pictures.kinds import main_picture, pictures_of
from flopwatt.bench.pictures.picture import Picture
from flopwatt.bench.runner.outcome import Run
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.study.loader import Study, load_study
from flopwatt.kernels.text import visible

SMALL_STRATEGIES = (
    "axes.assumptions.draws=4",
    "axes.chip_count.values=[1024, 2048, 4096, 8192]",
    "axes.zero_stage.values=[1]",
    "axes.microbatch_size.values=[1]",
    "axes.context_parallel.values=[1]",
)
MAX_BYTES = 200_000  # of a picture
# What makes the shipped studies small; the kinds of their answers are what they are.
SMALL = {
    "quick": ("axes.assumptions.draws=64", "axes.chip_count.num=16"),
    "frontier-run": ("axes.assumptions.draws=64", "axes.chip_count.num=16"),
    "serving-chatgpt": ("axes.assumptions.draws=32", "axes.concurrent_sequences.values=[64, 1024]"),
}
FEW_DRAWS = ("axes.assumptions.draws=32",)


@cache
def every_kind(folder: Path) -> Run:
    return run_text(EVERY_KIND, folder)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return every_kind(tmp_path_factory.mktemp("pictures"))


def check(picture: Picture) -> None:
    """Hold a picture to Vega-Lite's schema, to its size, and to what it must say."""
    text = json.dumps(picture.spec, allow_nan=False)
    altair.Chart.from_dict(json.loads(text), validate=True)
    assert len(text) < MAX_BYTES
    assert picture.spec["data"]["values"]
    assert picture.title
    assert picture.caption.endswith(".")
    for slider in picture.sliders:
        assert 0 <= slider.start < len(slider.points)


def svg(picture: Picture) -> str:
    import vl_convert

    return str(vl_convert.vegalite_to_svg(drawn_spec(picture), allowed_base_urls=[]))


def marks(picture: Picture) -> int:
    """Count the marks that a screen reader tells of."""
    return len(re.findall(r'aria-roledescription="(?:point|bar|rect mark)"', svg(picture)))


QUARTERS = """title = "A gigawatt, quarter by quarter"
[given]
period_years = 0.25
phase_power = "1 GW"
phase_date = 2027
[axes.quarter]
columns.period_date = { arange = [2026.5, 2029.5, 0.25] }
labels = ["%s"]
[axes.slip]
quantity = "power_slip"
values = [0, 0.5]
[axes.assumptions]
draws = 8
columns.built_share = { uniform = [0.5, 1.0] }
[[questions]]
name = "online"
quantiles = "online_power"
at = [0.1, 0.5, 0.9]
by = ["slip", "quarter"]
"""


def test_labelled_dates_are_an_order_with_their_labels_at_the_years(tmp_path: Path) -> None:
    labels = [f"{2026 + place // 4} Q{place % 4 + 1}" for place in range(2, 14)]
    picture = main_picture(run_text(QUARTERS % '", "'.join(labels), tmp_path))
    assert picture is not None
    check(picture)
    assert picture.kind == "bands"
    assert sorted({row["x"] for row in picture.spec["data"]["values"]}) == np.arange(2026.5, 2029.5, 0.25).tolist()
    assert {row["a"] for row in picture.spec["data"]["values"]} == set(labels)
    written = re.findall(r">([^<>]+)</text>", svg(picture))
    assert [label for label in written if label in labels] == ["2027 Q1", "2028 Q1", "2029 Q1"]
    assert not any("," in label for label in written if label.startswith("2"))


@pytest.mark.parametrize(
    ("name", "kind", "count", "sliders"),
    [
        ("decision", "map", 3 * 2, 0),
        ("surer", "lines", 3 * 3, 0),
        ("choice of a price", "map", 3 * 2, 0),
        ("along", "lines", 12 * 3, 1),
        ("one axis", "intervals", 3, 0),
        ("best", "map", 2 * 3, 0),
        ("alone", "intervals", 1, 0),
        ("summary", "intervals", 3, 0),
        ("quantiles", "bands", 12 * 3, 0),
        ("three axes", "intervals", 3 * 2, 1),
        ("no axis", "intervals", 1, 0),
        ("one quantile", "intervals", 2, 0),
    ],
)
def test_every_kind_has_its_picture_with_a_mark_for_each_point(
    run: Run, name: str, kind: str, count: int, sliders: int
) -> None:
    (picture,) = pictures_of(run.answer(name), run.study)
    check(picture)
    assert (picture.kind, marks(picture), len(picture.sliders)) == (kind, count, sliders)
    assert picture.question == name


def test_a_histogram_has_a_bar_for_each_bin_that_holds_something(run: Run) -> None:
    answer = run.answer("histogram")
    (picture,) = pictures_of(answer, run.study)
    check(picture)
    assert picture.kind == "histogram"
    assert marks(picture) == int((answer.values["count"].data[0] > 0).sum())
    shown = [row["m"] for row in picture.spec["data"]["values"] if row["s0"] == 0]
    assert sum(shown) == pytest.approx(100, abs=0.1)


def test_shares_have_a_bar_for_each_that_is_above_its_error(run: Run) -> None:
    (picture,) = pictures_of(run.answer("sensitivity"), run.study)
    check(picture)
    assert picture.kind == "shares"
    rows = [row for row in picture.spec["data"]["values"] if row["s0"] == 0]
    assert marks(picture) == len(rows)
    assert [row["m"] for row in rows] == sorted((row["m"] for row in rows), reverse=True)


def test_a_front_has_its_points_and_a_table_a_choice_of_them(run: Run) -> None:
    (front,) = pictures_of(run.answer("pareto"), run.study)
    check(front)
    assert (front.kind, marks(front)) == ("front", 3)
    (points,) = pictures_of(run.answer("table"), run.study)
    check(points)
    assert points.kind == "points"
    assert len(points.spec["data"]["values"]) == 1000
    assert "Drawn are the first 1,000 of 3,456 points." in points.caption
    assert pictures_of(run.answer("one quantity"), run.study) == ()


def test_what_is_chosen_alike_everywhere_is_said_and_the_rest_told_of_each(run: Run) -> None:
    (picture,) = pictures_of(run.answer("choice of a price"), run.study)
    assert "Chosen throughout: price dear." in picture.caption
    headings = [one["title"] for one in picture.spec["layer"][0]["encoding"]["tooltip"]]
    assert "number of chips" in headings


def test_a_map_says_in_which_unit_its_cells_are(run: Run) -> None:
    (picture,) = pictures_of(run.answer("decision"), run.study)
    assert "median electricity cost (USD, the deeper the more) by site and load" in picture.caption


def test_the_name_of_a_row_that_is_cut_is_whole_in_its_tooltip(run: Run) -> None:
    (picture,) = pictures_of(run.answer("summary"), run.study)
    row = picture.spec["data"]["values"][-1]
    assert row["y"].endswith("…")
    assert row["n"] == "a name that is far too long to stand beside a row of a picture on a phone"
    assert picture.spec["layer"][0]["encoding"]["tooltip"][0]["field"] == "n"


def test_the_main_picture_is_of_the_first_question_that_has_one(run: Run) -> None:
    picture = main_picture(run)
    assert picture is not None
    assert picture.question == "decision"
    without = replace(run, answers=tuple(answer for answer in run.answers if answer.name == "one quantity"))
    assert main_picture(without) is None


def test_values_without_end_are_at_the_edge_and_said(run: Run) -> None:
    answer = run.answer("no axis")
    (name, column), *_ = answer.values.items()
    endless = replace(answer, values={name: replace(column, data=np.array([1.0, 2.0, np.inf]))})
    (picture,) = pictures_of(endless, run.study)
    check(picture)
    assert "At the edge: a value that is infinite." in picture.caption
    (row,) = picture.spec["data"]["values"]
    assert row["h0"] == row["i"] > row["m"]
    assert "∞" in row["v"]


@pytest.mark.slow
def test_text_of_a_study_is_text(run: Run, tmp_path: Path) -> None:
    hostile = (
        EVERY_KIND.replace('"north"', '"<script>alert(1)</script>"')
        .replace('"south"', '"a\\u202eb\\u001b[31m\\n \\"c\\" \' \\\\ 雪"')
        .replace('"cheap"', '"\\u0007</script>"')
    )
    spoken = run_text(hostile, tmp_path)
    for answer in spoken.answers:
        for picture in pictures_of(answer, spoken.study):
            check(picture)
            drawn = svg(picture)
            assert "<script" not in drawn
            ElementTree.fromstring(drawn)
            assert not [text for text in _texts(picture) if visible(text) != text]
            (plain,) = pictures_of(run.answer(answer.name), run.study)
            assert len(picture.spec["data"]["values"]) == len(plain.spec["data"]["values"])


def _texts(picture: Picture) -> list[str]:
    """List what a reader or a tooltip reads."""
    data = [value for row in picture.spec["data"]["values"] for value in row.values() if isinstance(value, str)]
    return [*data, *(text for slider in picture.sliders for text in (slider.label, *slider.points))]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_answers_with_any_values_are_drawn(run: Run, seed: int) -> None:
    random = np.random.default_rng(seed)
    for answer in run.answers:
        for picture in pictures_of(spoilt(answer, random), run.study):
            check(picture)
            if seed < 2:
                svg(picture)


def test_an_answer_of_which_nothing_is_known_has_no_picture(run: Run) -> None:
    for answer in run.answers:
        nothing = {name: _unknown(column) for name, column in answer.values.items()}
        assert pictures_of(replace(answer, values=nothing), run.study) == ()


def _unknown(column: Column) -> Column:
    if column.data.dtype.kind == "f":
        return replace(column, data=np.full_like(column.data, np.nan))
    return replace(column, data=np.zeros_like(column.data))


@pytest.mark.slow
@pytest.mark.alone
def test_a_hundred_thousand_points_are_drawn_in_two_seconds(tmp_path: Path) -> None:
    text = """title = "Many"
[given]
training_flops = 1e24
goodput = 1
peak_flops = 1e15
[axes.chip_count]
geomspace = [1000, 32000]
num = 1000
[axes.mfu]
linspace = [0.25, 0.5]
num = 100
[[questions]]
name = "many"
quantiles = "run_time"
by = ["chip_count", "mfu"]
[[questions]]
name = "best"
minimize = "run_time"
by = ["chip_count", "mfu"]
"""
    run = run_text(text, tmp_path)
    for answer in run.answers:
        start = time.perf_counter()
        (picture,) = pictures_of(answer, run.study)
        drawn = svg(picture)
        assert time.perf_counter() - start < 2
        check(picture)
        assert "Drawn at 80 of the 1,000 points of number of chips and 13 of the 100 points of MFU" in picture.caption
        assert len(drawn) < 500_000


def _shipped(name: str) -> tuple[Study, tuple[Answer, ...]]:
    small = SMALL.get(name, SMALL_STRATEGIES if name.startswith("strategy") else FEW_DRAWS)
    study = load_study(name, small)
    return study, run_study(study, "numpy").answers


@pytest.mark.slow
@pytest.mark.parametrize("name", configs.studies())
def test_every_answer_of_the_shipped_studies_is_drawn(name: str) -> None:
    study, answers = _shipped(name)
    kinds = set()
    for answer in answers:
        pictures = pictures_of(answer, study)
        assert pictures, answer.name
        for picture in pictures:
            check(picture)
            kinds.add(picture.kind)
    if name == "nvidia-openai-10gw":
        assert kinds == {"intervals", "bands", "compared", "map"}
        (compared,) = pictures_of(next(answer for answer in answers if answer.name == "power compared"), study)
        told = {row["t"] for row in compared.spec["data"]["values"]}
        assert any(text.endswith("million times") for text in told)
        assert any(text.endswith("%") for text in told)
        assert marks(compared) == len(compared.spec["data"]["values"])


def test_what_is_infinite_is_a_mark_at_the_edge_and_no_line(tmp_path: Path) -> None:
    text = ENDLESS.replace('"2 day", "100 day"', '"2 day", "100 day", "200 day", "365 day"')
    run = run_of(text + '[[questions]]\nname = "spread"\nhistogram = "run_chips"\n', tmp_path)
    lines, bars = (pictures_of(run.answer(name), run.study)[0] for name in ("chips", "spread"))
    rows = lines.spec["data"]["values"]
    assert {row["a"] for row in rows if "e" in row} == {"2 days"}
    assert [row for row in rows if "m" in row and "e" in row] == []
    assert lines.caption.endswith("At the edge: a value that is infinite.")
    assert bars.caption.endswith("At the edge: a value that is infinite.")
