"""What a picture is headed by, and how its caption tells of its axes."""

from pathlib import Path

import pytest

from flopwatt.bench.pictures.kinds import pictures_of
from flopwatt.bench.pictures.spread import KeptAxis
from flopwatt.bench.pictures.titles import axes_words
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.study.loader import load_study


def axis(words: str, *points: str) -> KeptAxis:
    return KeptAxis("name", words, points)


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        ([], ""),
        ([axis("chip", "A", "B"), axis("precision", "FP8")], " by chip and precision"),
        ([axis("gigawatts of", "facility", "IT"), axis("chip", "A")], " by chip, gigawatts of facility or IT"),
        ([axis("gigawatts of the", "facility", "IT"), axis("chip", "A")], " by chip, gigawatts of the facility or IT"),
        ([axis("compared with", *"ABCDEF")], ", compared with each of 6"),
        ([axis("done within", "a" * 40, "b" * 40)], ", done within each of 2"),
    ],
)
def test_axes_are_said_as_a_sentence_says_them(axes: list[KeptAxis], said: str) -> None:
    assert axes_words(axes) == said


STUDY = """
[given]
tokens = 1e12
[axes.model]
from = "models"
rows = ["llama-3.1-405b"]
[axes.chip]
from = "hardware"
rows = ["h100-sxm-80gb", "b200-sxm"]
[axes.chip_count]
geomspace = [1e3, 1e5]
num = 5
[axes.bound]
quantity = "run_days_limit"
words = "done within"
values = ["30 day", "60 day"]
"""


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ('name = "cheapest"\nminimize = "cost"\nby = ["chip"]', "Cheapest: least cost by chip"),
        ('name = "energy"\nquantiles = "energy"\nby = ["chip"]', "Energy by chip"),
        ('name = "energy by chip"\nquantiles = "energy"\nby = ["chip"]', "Energy by chip"),
        ('name = "power"\nquantiles = "peak_facility_power"\nby = ["chip"]', "Peak power of the facility by chip"),
        ('name = "q1"\nquantiles = "energy"\nby = ["bound"]', "q1: energy"),
        ('name = "run time"\nhistogram = "run_time"\nby = ["chip"]', "Run time"),
        ('name = "trade"\npareto = ["cost", "energy"]\nby = ["chip"]', "Trade: energy over cost by chip"),
        ('name = "q1"\ntitle = "What a run uses"\nquantiles = "energy"\nby = ["chip"]', "What a run uses"),
    ],
)
def test_a_picture_is_headed_by_what_is_asked(tmp_path: Path, question: str, title: str) -> None:
    path = tmp_path / "made.toml"
    path.write_text(f'title = "x"\n{STUDY}[[questions]]\n{question}\n', encoding="utf-8")
    study = load_study(path)
    (answer,) = run_study(study, "numpy", budget_seconds=0).answers_of("numpy")
    assert pictures_of(answer, study)[0].title == title
