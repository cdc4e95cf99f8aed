"""What people read in place of keys: axes, points, quantities and statistics."""

import math
from collections import Counter
from pathlib import Path

import pytest

from flopwatt import configs
from flopwatt.bench.prior.drawn_inputs import PROGRAMME_TARGETS, TARGETS, shown_name
from flopwatt.bench.study.loader import Study, load_study
from flopwatt.bench.study.names import axis_words, place_text, point_words, quantity_words, saying_of
from flopwatt.kernels.model.questions import Question
from flopwatt.kernels.quantities import MODEL

MAX_WORDS = 40  # characters: the heading of a column, two lines high

TEXT = """title = "t"
[given]
training_flops = 1e24
goodput = 1
[axes.chip]
from = "hardware"
rows = ["h100-sxm-80gb", "gb200-nvl72", "vr200-nvl72", "vr200-nvl72-max-p"]
names = { "gb200-nvl72" = "Grace Blackwell" }
[axes.pace]
quantity = "mfu"
values = [0.3, 0.4]
labels = ["slow", "fast"]
names = { slow = "at a slow pace" }
words = "how fast"
[axes.chip_count]
values = [1024, 2048]
[axes.price_of_a_watt]
columns.facility_price = [10, 12]
columns.pue = [1.1, 1.2]
[[questions]]
name = "q"
minimize = "run_time"
by = ["chip"]
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    path: Path = tmp_path_factory.mktemp("names") / "study.toml"
    path.write_text(TEXT)
    return load_study(path)


@pytest.mark.parametrize(
    ("axis", "words"),
    [
        ("chip", "chip"),
        ("pace", "how fast"),
        ("chip_count", "number of chips"),
        ("price_of_a_watt", "price of a watt"),
        ("facility_price", "price of the facility per watt"),
        ("scenario", "scenario"),
    ],
)
def test_an_axis_reads_as_the_study_or_its_quantity_has_it(study: Study, axis: str, words: str) -> None:
    assert axis_words(study, axis) == words


@pytest.mark.parametrize(
    ("axis", "value", "words"),
    [
        ("chip", "h100-sxm-80gb", "H100"),
        ("chip", "gb200-nvl72", "Grace Blackwell"),
        ("chip", "vr200-nvl72", "VR200 NVL72"),
        ("chip", "vr200-nvl72-max-p", "VR200 NVL72 at 2.3 kW"),
        ("pace", "slow", "at a slow pace"),
        ("pace", "fast", "fast"),
        ("chip_count", 2048.0, "2,048 chips"),
        ("facility_price", 10.0, "10 USD/W"),
        ("mfu", 0.4, "40%"),
        ("chip", None, "-"),
        ("chip_count", math.nan, "-"),
    ],
)
def test_a_point_reads_as_its_row_or_label_or_value(study: Study, axis: str, value: object, words: str) -> None:
    assert point_words(study, axis, value) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("run_time", "run time"),
        ("mfu", "MFU"),
        ("peak_pue", "PUE at peak"),
        ("zero_stage", "ZeRO stage"),
        ("P50(cost)", "median cost"),
        ("mean(cost)", "mean cost"),
        ("min(cost)", "least cost"),
        ("P99.5(run_time)", "P99.5 of run time"),
        (
            "share(run_time <= 120 day and cost <= 5e6 USD)",
            "share of draws with run time <= 120 days and cost <= 5 million USD",
        ),
        ("excess", "excess"),
        ("P50(nothing_known)", "P50(nothing known)"),
    ],
)
def test_a_quantity_or_a_statistic_is_a_noun_phrase(name: str, words: str) -> None:
    assert quantity_words(MODEL, name) == words


def _shown() -> set[str]:
    """List what shipped studies and estimates show: what is asked, kept, decided and assumed."""
    names = {*TARGETS, *PROGRAMME_TARGETS}
    for name in configs.studies():
        study = load_study(name)
        asked: list[Question] = list(study.questions)
        names |= {target for question in asked for target in question.targets()}
        names |= {column for axis in study.problem.grid.axes for column in axis.columns}
        names |= {assumption.quantity for assumption in study.assumptions} | set(study.problem.given)
    return {shown_name(name) for name in names if name in MODEL and not name.startswith("mfu_")}


def test_every_quantity_that_is_shown_has_a_short_wording() -> None:
    long = {name: MODEL[name].wording for name in _shown() if len(MODEL[name].wording) > MAX_WORDS}
    assert long == {}
    assert not [name for name in _shown() if "_" in MODEL[name].wording]


def test_no_two_quantities_read_alike() -> None:
    words = Counter(item.wording for item in MODEL.quantities.values())
    assert [text for text, times in words.items() if times > 1] == []


def test_no_two_rows_of_a_table_read_alike() -> None:
    for table in configs.tables():
        words = Counter(row.shown for row in configs.load(table).rows.values())
        assert [text for text, times in words.items() if times > 1] == []


@pytest.mark.parametrize("name", configs.studies())
def test_in_shipped_studies_points_of_facts_axes_read_otherwise_than_their_keys(name: str) -> None:
    study = load_study(name)
    for axis in study.problem.grid.axes:
        for label in axis.labels or ():
            assert "_" not in point_words(study, axis.name, label)
            assert point_words(study, axis.name, label) not in configs.load("hardware").rows


def test_what_a_study_says_of_a_question(study: Study) -> None:
    assert saying_of(study, "q").texts == ()
    with pytest.raises(KeyError):
        saying_of(study, "r")


@pytest.mark.parametrize(
    ("heading", "text", "said"),
    [
        ("number of chips", "1,024 chips", "number of chips 1,024"),
        ("number of chips", "1 chip", "number of chips 1"),
        ("number of chips", "1.2 million chips", "number of chips 1.2 million"),
        ("power of the site", "10 GW", "power of the site 10 GW"),
        ("precision", "FP8", "precision FP8"),
        ("chip", "H100 chip", "chip H100 chip"),
        ("PUE", "1.2", "PUE 1.2"),
    ],
)
def test_what_is_counted_is_named_once(heading: str, text: str, said: str) -> None:
    assert place_text(heading, text) == said
