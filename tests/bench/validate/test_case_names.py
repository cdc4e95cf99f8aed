"""Names of cases told apart by their rows."""

from flopwatt.bench.validate.case_names import told_apart
from flopwatt.bench.validate.results import Findings, LeftOut, Predicted


def named(name: str, where: str, quantity: str = "energy") -> Predicted:
    return Predicted(name, quantity, "J", 1.0, 1.0, where=where)


def names(findings: Findings) -> list[str]:
    return [item.name for item in (*findings.predicted, *findings.left_out)]


def test_what_several_rows_are_called_says_its_row() -> None:
    cases = [
        named("Ours 7B", "a/runs.csv, line 2"),
        named("Ours 7B", "a/runs.csv, line 3"),
        named("Theirs", "a/runs.csv, line 4"),
    ]
    left = [LeftOut("Ours 7B", "energy", "why", "a/runs.csv, line 5")]
    assert names(told_apart(Findings(cases, left))) == ["Ours 7B (line 2)", "Ours 7B (line 3)", "Theirs", "Ours 7B (line 5)"]


def test_of_several_files_the_file_is_said_too() -> None:
    cases = [named("Ours", "a/runs.csv, line 2"), named("Ours", "b/more.csv, line 2")]
    assert names(told_apart(Findings(cases))) == ["Ours (runs.csv, line 2)", "Ours (more.csv, line 2)"]


def test_figures_of_one_row_share_their_name() -> None:
    row = "runs.csv, line 2"
    findings = Findings([named("Ours", row), named("Ours", row, "chip_hours")])
    assert names(told_apart(findings)) == ["Ours", "Ours"]
