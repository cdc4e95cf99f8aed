"""A study says where its grid has fewer chips than hold a model's states."""

from pathlib import Path

import pytest

from flopwatt import configs
from flopwatt.bench.study.loader import load_study

STUDY = """
title = "two models on two chips"
[axes.model]
from = "models"
rows = ["llama-3.1-8b", "deepseek-v3"]
columns = { tokens = "published_tokens" }
[axes.chip]
from = "hardware"
rows = ["h100-sxm-80gb", "b200-sxm"]
[axes.chip_count]
values = [16, 1024]
[[questions]]
minimize = "run_time"
by = ["model"]
"""


def notes(folder: Path, text: str, *sets: str) -> list[str]:
    path = folder / "study.toml"
    path.write_text(text)
    return [note for note in load_study(path, sets).notes if "hold the model's states" in note]


def test_points_that_cannot_be_are_named(tmp_path: Path) -> None:
    (note,) = notes(tmp_path, STUDY)
    assert note.startswith("25% of the grid has fewer chips than hold the model's states: deepseek-v3 on h100-sxm-80gb needs")
    assert note.endswith('and gets 16; where = ["chip_count >= least_chips"] leaves such points out')


def test_nothing_is_said_where_they_are_left_out_or_do_not_matter(tmp_path: Path) -> None:
    guarded = STUDY.replace("by =", 'where = ["chip_count >= least_chips"]\nby =')
    assert notes(tmp_path, guarded) == []
    assert notes(tmp_path, STUDY.replace('"run_time"', '"training_flops"').replace('by = ["model"]', "by = []")) == []
    assert notes(tmp_path, STUDY, "chip_count=1024") == []
    assert notes(tmp_path, STUDY, "chip_count=16")


@pytest.mark.parametrize("name", sorted(configs.studies()))
def test_no_shipped_study_has_such_points(name: str) -> None:
    assert not [note for note in load_study(name).notes if "hold the model's states" in note]
