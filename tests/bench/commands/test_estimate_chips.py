"""``flopwatt estimate`` of several chips, and into files, as a user runs it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flopwatt.bench.cli import cli

from_8b = ["--model", "llama-3.1-8b", "--tokens", "1e12", "--chip", "h100", "--chips", "256"]


def run(*args: str) -> Any:
    return CliRunner().invoke(cli, ["estimate", *args])


def test_several_chips_stand_side_by_side() -> None:
    asked = ["--model", "llama-3.1-405b", "--chips", "128", "--draws", "256"]
    result = run(*asked, "--chip", "h100,v100,gb200")
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert "GB200 NVL72 is cheapest and fastest: " in text
    assert "V100 32GB is left out: Llama 3.1 405B needs at least 241 V100-SXM2-32GB, not 128" in text
    assert "H100: Best strategy could reach: " in text
    assert "GB200 NVL72: Best strategy could reach: " in text
    document = json.loads(run(*asked, "--chip", "h100,v100,gb200", "--json").stdout)
    alone = json.loads(run(*asked, "--chip", "gb200", "--json").stdout)
    assert [chip["inputs"]["chip_key"] for chip in document["chips"]] == ["h100-sxm-80gb", "gb200-nvl72"]
    assert document["chips"][1] == alone
    assert document["left_out"][0]["chip_key"] == "v100-sxm2-32gb"


@pytest.mark.parametrize(
    ("chips", "more", "says"),
    [
        ("h100,", (), "--chip: a name is missing in 'h100,'"),
        ("h100,h200x", (), "--chip: 'h200x' "),
        ("h100,H100", (), "--chip: 'h100,H100' names H100-SXM-80GB twice"),
        ("h100,b200", ("--explain",), "--explain: goes with one chip"),
        ("h100,v100", ("--chips", "1"), "--chip: none of the chips can do it: H100: Llama 3.1 8B needs at least "),
        ("h100,b200", ("--mfu", "40"), "--mfu: mfu must be at most 1, not 40"),
        ("h100,b200", ("--my-mfu", "0.4"), "--my-mfu: a pilot is of one chip; name that one"),
        ("h100,b200", ("--like", "nobody"), "--like: no published run of 'nobody' is known; there are runs of "),
        ("h100", ("--out", "a.doc"), "--out: 'a.doc' ends in none of"),
        ("h100", ("--plot", "a.doc"), "--plot: "),
    ],
)
def test_what_is_wrong_with_several_chips_or_files_is_one_line(chips: str, more: tuple[str, ...], says: str) -> None:
    result = run("--model", "llama-3.1-8b", "--tokens", "1e12", "--chips", "256", "--chip", chips, *more)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {says}")
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_out_holds_the_same_numbers(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    result = run(*from_8b, "--draws", "256", "--out", str(path), "--json")
    assert result.stderr == f"wrote {path}\n"
    printed, written = json.loads(result.stdout), json.loads(path.read_text())
    assert written == printed
    several = tmp_path / "chips.json"
    compared = run(*from_8b[:5], "h100,b200", *from_8b[6:], "--draws", "256", "--out", str(several), "--json")
    assert json.loads(several.read_text())["chips"] == json.loads(compared.stdout)["chips"]


def test_a_file_that_is_read_is_not_written_over(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text("{}")
    link = tmp_path / "link.json"
    link.symlink_to(config)
    for out in (config, link):
        result = run("--model", str(config), "--chip", "h100", "--chips", "8", "--out", str(out))
        assert result.exit_code == 2
        assert f"--out: '{out}' is a file that is read; name another" in result.stderr
    assert config.read_text() == "{}"
