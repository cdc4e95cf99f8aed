"""What answers rest on, in the terminal: the few inputs that move them most, and on request all, with sources whole."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from flopwatt.bench.drivers.assumption_lines import MAX_CHOICES, MAX_MOVERS, SCREEN, print_assumptions, print_movers
from flopwatt.bench.drivers.movers import study_movers
from flopwatt.bench.errors import Parameter
from flopwatt.bench.runner.outcome import Run
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.study.loader import load_study

TEXT = """title = "t"
[given]
training_flops = 1e24
goodput = 0.9
chip_count = 1000
mfu = 0.4
[axes.chip]
from = "hardware"
rows = ["h100-sxm-80gb", "b200-sxm"]
[[questions]]
minimize = "cost"
by = ["chip"]
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    path: Path = tmp_path_factory.mktemp("assumed") / "t.toml"
    path.write_text(TEXT)
    return run_study(load_study(path), "numpy", budget_seconds=0)


def spell(parameter: Parameter) -> str:
    return f"--{parameter.name} {parameter.value or ''}".rstrip()


def printed(run: Run, width: int, above: int = 0, *, all_of_them: bool = False) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    if all_of_them:
        print_assumptions(console, run.answers, run.study, spell)
    else:
        print_movers(console, run.answers, run.study, spell, above)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 120])
def test_five_inputs_have_a_line_or_two_each_with_all_sources_or_none(run: Run, width: int) -> None:
    blank, head, *lines = printed(run, width)
    assert blank == ""
    assert head.startswith("What moves them most, at B200 (--assumptions prints all ")
    assert sum(not line.startswith("  ") for line in lines) == MAX_MOVERS + 1  # and the choices
    assert len(lines) <= SCREEN
    assert max(map(len, lines)) <= width or any("/" in line for line in lines)
    first = run.study.assumptions
    assert any(source.source.split(";")[0][:20] in " ".join(lines) for source in first)
    *_, last = short = printed(run, width, above=SCREEN)
    assert len(short) <= 2 + 2 * MAX_MOVERS + MAX_CHOICES
    assert "%" in last


def test_where_an_answer_is_of_all_scenarios_no_place_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text(TEXT.replace('minimize = "cost"\nby = ["chip"]', 'name = "all"\ntable = ["cost"]'))
    _, head, *_ = printed(run_study(load_study(path), "numpy", budget_seconds=0), 120)
    assert head.startswith("What moves them most (--assumptions prints all ")


def test_what_moves_most_stands_first_and_says_by_how_much(run: Run) -> None:
    lines = [line for line in printed(run, 200, above=SCREEN)[2:] if not line.startswith(("Other choices", "  "))]
    effects = [
        max(abs(float(part.strip("+%"))) for part in line.split() if part.endswith("%") and part[0] in "+-") for line in lines
    ]
    assert effects == sorted(effects, reverse=True)
    assert all(": cost " in line for line in lines)


def test_what_nobody_knows_goes_before_choices(run: Run) -> None:
    movers = study_movers(run.answers, run.study)
    chosen = {one.mover.name for one in movers if one.mover.is_choice}
    assert {"precision_bits", "depreciation"} <= chosen
    assert not chosen & {"chip_price", "chip_life"}
    *told, last = [" ".join(line.split()) for line in "\n".join(printed(run, 400, above=SCREEN)[2:]).split("\n")]
    assert last.startswith("Other choices move them, too: ")
    assert "depreciation capital-recovery (declining-value: cost -" in last
    words = {run.study.problem.model[name].wording for name in chosen}
    known = [line.partition(",")[0] not in words for line in told]
    assert known == sorted(known, reverse=True)
    assert known[0]


def test_keys_follow_words_that_do_not_say_them_and_take_no_line(run: Run) -> None:
    text = "\n".join(printed(run, 120, above=SCREEN))
    assert "price of a chip (chip_price), " in text
    assert "PUE (pue)" not in text
    assert len(printed(run, 60, above=SCREEN)) <= 2 + 2 * MAX_MOVERS + 2 * MAX_CHOICES


def test_an_axis_whose_columns_vary_together_and_places_of_several_questions_are_named(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text(
        'title = "t"\n[given]\ntraining_flops = 1e24\npeak_flops = 1e15\ngoodput = 1\nserver_rating = 1000\n'
        '[axes.site]\nwords = "kind of site"\n'
        'labels = ["a", "b"]\nuncertain = true\ncolumns.mfu = [0.2, 0.4]\ncolumns.load = [0.6, 0.8]\n'
        "[axes.chip_count]\nvalues = [1000, 2000]\n[axes.tdp]\nvalues = [500, 700]\n"
        '[[questions]]\nname = "time"\nquantiles = "run_time"\nat = [0.5]\nby = ["chip_count"]\n'
        'say = "{run_time chip_count=1000}"\n[[questions]]\nname = "energy"\nquantiles = "it_power"\nat = [0.5]\n'
        'by = ["chip_count"]\nsay = "{it_power chip_count=2000}"\n'
    )
    told = run_study(load_study(path), "numpy", budget_seconds=0)
    text = "\n".join(printed(told, 200, above=SCREEN))
    assert "\nkind of site (site), 20% to 40%: run time +100% to 0% (at 1,000 chips)\n" in text
    assert text.count("(at 2,000 chips)") == 1  # and further inputs of the same question go without
    assert "\nsite: kind of site, " in "\n".join(printed(told, 200, all_of_them=True))


def test_all_that_was_assumed_is_there_with_its_whole_source(run: Run) -> None:
    text = " ".join(" ".join(printed(run, 80, all_of_them=True)).split())
    assert "change one with --sets KEY=VALUE:" in text
    for assumption in run.study.assumptions:
        assert f" {assumption.quantity}: " in text
        assert " ".join(assumption.source.split()) in text
    assert "…" not in text


def test_where_nothing_was_assumed_nothing_is_said(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text(
        'title = "t"\n[given]\ntraining_flops = 1e24\npeak_flops = 1e15\ngoodput = 1\nmfu = 0.4\n'
        '[axes.chip_count]\nvalues = [1, 2]\n[[questions]]\nminimize = "run_time"\n'
    )
    told = run_study(load_study(path), "numpy", budget_seconds=0)
    assert printed(told, 80) == printed(told, 80, all_of_them=True) == []
