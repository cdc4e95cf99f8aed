"""``--plot`` of `run` and of `estimate`."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flopwatt.bench.cli import cli
from flopwatt.bench.pictures.drawing import WIDTH

STUDY = """title = "A small study"
[given]
training_flops = 1e24
peak_flops = 1e15
goodput = 1
[axes.chip_count]
values = [1000, 2000]
[axes.mfu]
values = [0.25, 0.5]
[[questions]]
name = "time"
quantiles = "run_time"
by = ["chip_count"]
[[questions]]
name = "one quantity"
table = ["run_time"]
"""


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


@pytest.fixture
def study(tmp_path: Path) -> str:
    path = tmp_path / "small.toml"
    path.write_text(STUDY)
    return str(path)


def test_run_draws_its_main_picture_alike_every_time(study: str, tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        result = invoke("run", study, "--engine", "numpy", "--plot", str(tmp_path / name))
        assert result.exit_code == 0, result.output
        assert f"wrote {tmp_path / name}" in result.output
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert f'width="{WIDTH}"' in (tmp_path / "a.svg").read_text()


def test_an_answer_without_a_picture_is_one_line_after_the_answer(study: str, tmp_path: Path) -> None:
    result = invoke("run", study, "--engine", "numpy", "--question", "one quantity", "--plot", str(tmp_path / "a.svg"))
    assert result.exit_code == 2
    assert "Error: --plot: no answer has a picture" in result.output
    assert not (tmp_path / "a.svg").exists()


@pytest.mark.parametrize("command", [("run", "no such study"), ("estimate", "--model", "no such model")])
def test_a_wrong_path_is_said_before_anything_else(command: tuple[str, ...], tmp_path: Path) -> None:
    result = invoke(*command, "--plot", str(tmp_path / "a.pdf"))
    assert result.exit_code == 2
    assert result.output.startswith("Error: --plot: ")
    assert "ends in neither .svg nor .png" in result.output


def test_estimate_draws_what_a_run_takes(tmp_path: Path) -> None:
    path = tmp_path / "e.png"
    result = invoke(
        "estimate", "--model", "llama-3.1-405b", "--chip", "h100", "--chips", "16384", "--draws", "256", "--plot", str(path)
    )
    assert result.exit_code == 0, result.output
    assert path.read_bytes().startswith(b"\x89PNG")
