"""Names that a study gives to its axes and their points."""

from pathlib import Path

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.study.loader import load_study
from flopwatt.bench.study.names import point_words

HEAD = """title = "t"
[given]
training_flops = 1e24
chip_count = 1024
goodput = 1
[axes.chip]
from = "{source}"
{keys}
[[questions]]
minimize = "run_time"
by = ["chip"]
"""
TABLE = """[columns]
peak_flops = "FLOP/s"
[rows.a]
name = "A chip"
source = "s"
peak_flops = 1e15
[rows.b]
name = "Another"
label = "A chip"
source = "s"
peak_flops = 2e15
"""


def test_rows_that_read_alike_are_told_apart_by_their_keys(tmp_path: Path) -> None:
    (tmp_path / "chips.toml").write_text(TABLE)
    path = tmp_path / "study.toml"
    path.write_text(HEAD.format(source="chips.toml", keys=""))
    study = load_study(path)
    assert [point_words(study, "chip", key) for key in ("a", "b")] == ["a", "b"]
    path.write_text(HEAD.format(source="chips.toml", keys='names = { b = "B chip" }'))
    study = load_study(path)
    assert [point_words(study, "chip", key) for key in ("a", "b")] == ["A chip", "B chip"]


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        (
            'rows = ["h200-sxm"]\nnames = { h200-sxmm = "x" }',
            "axes.chip.names.h200-sxmm: the axis has no point 'h200-sxmm'; did",
        ),
        (
            'rows = ["h200-sxm", "h100-sxm-80gb"]\nnames = { h200-sxm = "H100" }',
            "axes.chip.names.h200-sxm: 'H100' is what 'h100-sxm-80gb' reads as, too",
        ),
        ("names = 3", "axes.chip.names: must be a table"),
        ("words = 3", "axes.chip.words: must be text"),
    ],
)
def test_what_is_refused(tmp_path: Path, keys: str, says: str) -> None:
    path = tmp_path / "study.toml"
    path.write_text(HEAD.format(source="hardware", keys=keys))
    with pytest.raises(InputError, match=says.replace(".", r"\.")):
        load_study(path)


def test_an_axis_of_values_has_nothing_to_name(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(HEAD.format(source="hardware", keys="") + '[axes.mfu]\nvalues = [0.3]\nnames = { x = "y" }\n')
    with pytest.raises(InputError, match=r"axes\.mfu\.names: goes with labels or rows, and the axis has neither"):
        load_study(path)
