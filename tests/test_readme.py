"""What README and docs/ show is what their commands print."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from house import ROOT
from readme import PAGES, PART, PICTURE, README, missing_line, output_of, shown

import flopwatt
from flopwatt import configs
from flopwatt.bench.runner.sentences import headlines
from flopwatt.kernels.model.evaluate import evaluate_at
from flopwatt.kernels.model.grid import Grid
from flopwatt.kernels.model.questions import Problem
from flopwatt.kernels.quantities import MODEL

TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
STUDIES = [block for block in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL) if "[[questions]]" in block]
MAX_LINES = 250  # of README: the rest stands in docs/
TIMED = re.compile(r"flopwatt (bench|compare|history|plan|doctor|calibrate)\b|make |pip |python3 ")  # differ by machine
PARTS = {part[2]: part[3] for part in PART.finditer(TEXT)}
PICTURES = {
    command: page.parent / path for page in PAGES for command, path in PICTURE.findall(page.read_text(encoding="utf-8"))
}
SHOWN = {command: lines for command, lines in shown(TEXT) if any(lines) and not TIMED.match(command)}


@pytest.fixture
def evaluate_defaults() -> Callable[..., float]:
    def evaluate(quantity: str, **given: float) -> float:
        defaults = {name: default.value for name, default in configs.defaults().items()}
        inputs = {name: defaults[name] for name in MODEL.inputs([quantity], given) if name in defaults}
        return float(evaluate_at(Problem(MODEL, Grid(()), inputs | given), [quantity], np.arange(1))[quantity][0])

    return evaluate


@pytest.mark.slow
@pytest.mark.parametrize("command", PARTS)
def test_a_generated_part_is_what_its_command_prints(command: str) -> None:
    assert PARTS[command].rstrip() == output_of(command).rstrip(), "python tests/readme.py writes README and docs/ anew"


@pytest.mark.slow
@pytest.mark.parametrize("study", STUDIES, ids=lambda study: str(tomllib.loads(study)["title"]))
def test_a_study_runs_as_it_stands(study: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(study, encoding="utf-8")
    few = ["axes.assumptions.draws=16"] if "draws" in study else []
    run = flopwatt.run_study(flopwatt.load_study(path, few), "numpy")
    assert headlines(run)


@pytest.mark.slow
@pytest.mark.parametrize("command", PICTURES)
def test_a_picture_is_what_its_command_draws(command: str, tmp_path: Path) -> None:
    shown, again = PICTURES[command], tmp_path / "again.svg"
    assert f"--plot {shown.relative_to(ROOT)}" in command
    output_of(command.replace(str(shown.relative_to(ROOT)), str(again)))
    texts = [re.findall(r"<text[^>]*>([^<]*)", path.read_text(encoding="utf-8")) for path in (shown, again)]
    assert texts[0]  # where letters stand depends on the machine's fonts; what they say does not
    assert texts[0] == texts[1], "python tests/readme.py draws it anew"


@pytest.mark.slow
@pytest.mark.parametrize("command", SHOWN)
def test_what_a_console_block_shows_is_printed(command: str) -> None:
    assert missing_line(SHOWN[command], output_of(command)) is None


def test_the_fit_is_as_good_as_readme_says() -> None:
    quality = tomllib.loads(configs.MFU_FIT.read_text(encoding="utf-8"))["quality"]["one_developer_left_out"]
    told = re.search(r"the mean of \|ln\| is ([\d.]+), and ([\d.]+) of the best single MFU", " ".join(TEXT.split()))
    assert told is not None
    ours = re.findall(r"([\d.]+) in the mean of its size", quality)
    assert list(told.groups()) == [*ours, *re.findall(r"best single MFU: mean ([\d.]+)", quality)]


def test_goodput_is_what_readme_says(evaluate_defaults: Callable[..., float]) -> None:
    shares = re.search(r"([\d.]+) at 10,000 chips, ([\d.]+) at 100,000 and ([\d.]+) at a million", TEXT)
    assert shares is not None
    goodputs = [evaluate_defaults("goodput", chip_count=chips) for chips in (1e4, 1e5, 1e6)]
    assert [f"{goodput:.2f}" for goodput in goodputs] == list(shares.groups())


def test_readme_is_short_and_leads_to_every_page() -> None:
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) < MAX_LINES
    assert {f"docs/{page.name}" for page in PAGES if page != README} <= set(re.findall(r"\]\(([\w./-]+\.md)", text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[\w-]+)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_readme_shows_commands_and_generated_parts() -> None:
    assert any("estimate" in command for command in SHOWN)
    assert any("run quick" in command for command in SHOWN)


def test_a_line_that_is_not_printed_is_told() -> None:
    output = "one\ntwo\nthree\n"
    assert missing_line(["one", "...", "three"], output) is None
    assert missing_line(["one", "three"], output) == "three"
    assert missing_line(["two", "one"], output) == "two"
    assert missing_line(["...", "four"], output) == "four"
