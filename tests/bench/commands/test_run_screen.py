"""What ``flopwatt run`` prints for people: sentences first, one screen, all on request; nothing cut and nothing obeyed."""

from pathlib import Path

import pytest
from rich.cells import cell_len
from small_study import STUDY, run

from flopwatt.bench.study.loader import load_study
from flopwatt.kernels import engines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "small.toml"
    file.write_text(STUDY)
    return file


def test_what_is_printed_for_people(path: Path) -> None:
    result = run(path, "--engine", "all")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "Small"
    assert "fastest: least run time, at MFU 25%, where number of chips <= 2,000 chips" in lines
    assert "Computed for 24 different scenarios." in lines
    for name in engines.NAMES:
        assert any(line.startswith(name) for line in lines)


def test_engines_are_listed_where_they_are_asked_for(path: Path, tmp_path: Path) -> None:
    assert "off reference by" not in run(path, "--engine", "numpy").stdout
    for flags in (["--verbose"], ["--full"], ["--save", tmp_path / "results"]):
        assert "(grid)" in run(path, "--engine", "numpy", *flags).stdout


@pytest.mark.parametrize("width", [80, 110, 120])
@pytest.mark.parametrize("flags", [[], ["--full"]])
def test_run_quick_is_read_at_a_glance(width: int, flags: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    result = run("quick", "--engine", "numpy", "--set", "axes.assumptions.draws=64", *flags)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert len(lines) < 30 or flags
    address = "muxup.com/", "epoch.ai/", "github.com/", "(crn.com/", "(epoch.ai"
    assert all(len(line) <= width or any(start in line for start in address) for line in lines)
    assert not any("…" in line or "h100-sxm-80gb" in line for line in lines)
    assert lines[2].startswith("The cheapest") or "GB200" in lines[2]


@pytest.mark.slow
def test_the_first_study_is_told_in_five_sentences_and_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `make run` prints has room for the engines that are not here, and for the paths of a record and a report."""
    for width in (80, 110, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        result = run("nvidia-openai-10gw", "--engine", "numba", "--verbose")
        assert result.exit_code == 0, result.output
        lines = result.stdout.splitlines()
        first = lines.index("") + 1
        told = lines[first : lines.index("", first)]
        assert sum(not line.startswith("  ") for line in told) == 5
        assert len(lines) <= 62
        assert max(map(len, lines)) <= width
        assert not any(key in result.stdout for key in ("gb200-nvl72", "us-household", "site_power", "0.195"))


def test_a_question_that_is_chosen_by_name_is_shown(path: Path) -> None:
    path.write_text(STUDY.replace('name = "all"', 'name = "all"\nshow = false'))
    assert "all: least, mean and greatest run time" not in run(path, "--engine", "numpy").stdout
    assert "1 more answer (all): --full prints all" in run(path, "--engine", "numpy").stdout
    assert "all: least, mean and greatest run time" in run(path, "--engine", "numpy", "--question", "all").stdout


def test_assumptions_are_printed_on_request_with_their_sources() -> None:
    arguments = "quick", "--engine", "numpy", "--set", "axes.assumptions.draws=64"
    plain = run(*arguments).stdout
    assert "What moves them most, P10 to P90, at GB200 NVL72 (--assumptions prints all 34, with sources):" in plain
    assert "MFU, " in plain
    assert "Other choices move them, too: bits of the precision 16 (4: cost -" in plain
    told = run(*arguments, "--assumptions").stdout
    assert "What nobody stated, the most important first; change one with --set KEY=VALUE:" in told
    assert "\nmfu: MFU, " in told
    for assumption in load_study("quick").assumptions:
        assert f"\n{assumption.quantity}: " in told
        assert " ".join(assumption.source.split()) in " ".join(told.split())
    assert len(told.splitlines()) > len(plain.splitlines()) + 30


ODD = {
    "markup": "<script>alert(1)</script>",
    "brackets": "[bold]x[/bold]",
    "wide": "表表表",
    "long": "x" * 200,
    "control": "a\\u001b[31mb\\u202e",
}


@pytest.mark.parametrize("label", ODD.values(), ids=ODD)
@pytest.mark.parametrize("width", [80, 120])
def test_odd_labels_are_shown_as_text(label: str, width: int, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    path.write_text(STUDY.replace('"slow", "fast"', f'"{label}", "fast"'))
    result = run(path, "--engine", "numpy", "--full")
    assert result.exit_code == 0, result.output
    text = "".join(result.stdout.split())
    assert "\x1b" not in text
    assert "\u202e" not in text
    shown = label.replace("\\u001b", "\\x1b").replace("\\u", "\\u")
    assert shown.replace(" ", "")[:12] in text
    if label != ODD["long"]:  # an address stays whole in a sentence, to be copied
        assert max(map(cell_len, result.stdout.splitlines())) <= width


def test_long_answers_are_cut_and_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "long.toml"
    text = STUDY.replace("values = [1000, 2000, 4000]", "linspace = [1000, 100000]\nnum = 90")
    path.write_text(text.replace('by = ["chip_count"]', 'by = ["chip_count"]\nshow = "all"'))
    lines = run(path, "--engine", "numpy", "--question", "all").stdout.splitlines()
    assert "..." in lines
    assert "Not shown: 61 of 89 rows; --full prints all." in " ".join(lines)
    assert not any(line.strip().startswith("1,000 ") for line in lines)  # the conditions rule it out
    assert any(line.strip().startswith("100,000 ") for line in lines)
    assert "..." not in run(path, "--engine", "numpy", "--full").stdout.splitlines()
