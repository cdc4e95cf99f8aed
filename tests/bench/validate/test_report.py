"""Findings for people: every case and what was left, the summary beside the baselines, and names that are no markup."""

import io

from rich.console import Console

from flopwatt.bench.validate.report import markdown, print_findings
from flopwatt.bench.validate.results import Findings, LeftOut, Predicted

FOUND = Findings(
    [
        Predicted("one [red]", "energy", "J", 3.6e9, 3.96e9, 3.0e9, 4.0e9, {"TDP": 5.4e9}, "by its [bold] chips"),
        Predicted("two", "energy", "J", 3.6e9, 1.8e9, 1.7e9, 1.9e9),
        Predicted("three", "chip_hours", "h", 100.0, 100.0),
    ],
    [LeftOut("four", "energy", "its scope [is] unknown")],
)


def test_every_case_is_there_and_names_are_text() -> None:
    console = Console(file=io.StringIO(), width=160)
    print_findings(console, FOUND)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    for words in ("one [red]", "by its [bold] chips", "its scope [is] unknown", "+10.0%", "-50.0%", "+0.0%"):
        assert words in text
    rows = {line.split()[0]: line.split() for line in text.splitlines() if line.split()}
    assert rows["two"][-1] == "no"
    assert rows["three"][-1] == "+0.0%"


def test_where_nothing_is_predicted_no_table_of_errors_stands_empty() -> None:
    console = Console(file=io.StringIO(), width=160)
    print_findings(console, Findings([], FOUND.left_out))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "four" in text
    assert text.endswith("\n\nNothing could be predicted, so there are no errors.\n")
    assert "absolute relative errors" not in text


def test_the_summary_has_the_baselines_below() -> None:
    lines = markdown(FOUND).splitlines()
    assert {line.count("|") for line in lines} == {8}
    assert lines[2:] == [
        "| energy | **flopwatt** | 2 | 30.0% | 30.0% | 50.0% | 50% |",
        "| | TDP | 1 | 50.0% | 50.0% | 50.0% |  |",
        "| chip_hours | **flopwatt** | 1 | 0.0% | 0.0% | 0.0% |  |",
    ]


def test_a_baselines_name_is_no_markup_in_markdown() -> None:
    named = Findings([Predicted("one", "energy", "J", 3.6e9, 3.6e9, baselines={"\x1b]0;a|b\x07": 3.6e9})], [])
    line = markdown(named).splitlines()[3]
    assert line == r"| | \\x1b\]0;a\|b\\x07 | 1 | 0.0% | 0.0% | 0.0% |  |".replace(r"\]", "]")
