"""Findings for people: sentences, scores beside the baselines, groups, single cases, and names that are no markup."""

import io

from made_findings import two_generations
from rich.console import Console

from flopwatt.bench.validate.report import MOST_REASONS, ShownDetail, markdown_scores, print_findings
from flopwatt.bench.validate.results import Findings, LeftOut, Predicted

FOUND = Findings(
    [
        Predicted("one [red]", "energy", "J", 3.6e9, 3.96e9, 3.0e9, 4.0e9, {"TDP [x]": 5.4e9}, "by its [bold] chips"),
        Predicted("two", "energy", "J", 3.6e9, 1.8e9, 1.7e9, 1.9e9),
        Predicted("three", "chip_hours", "h", 100.0, 100.0),
    ],
    [LeftOut("four", "energy", "its scope [is] unknown")],
)


def printed(findings: Findings, detail: ShownDetail, width: int = 160) -> str:
    console = Console(file=io.StringIO(), width=width)
    print_findings(console, findings, detail)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_every_case_is_there_where_asked_for_and_names_are_text() -> None:
    text = printed(FOUND, ShownDetail(cases=True, left_out=True))
    for words in ("one [red]", "by its [bold] chips", "its scope [is] unknown", "TDP [x]", "+10.0%", "-50.0%", "+0.0%"):
        assert words in text
    rows = {line.split()[0]: line.split() for line in text.splitlines() if line.split()}
    assert rows["two"][-1] == "no"
    assert rows["three"][-1] == "+0.0%"


def test_without_that_there_are_sentences_scores_and_reasons() -> None:
    text = printed(FOUND, ShownDetail())
    assert "one [red]" not in text
    assert text.startswith("Energy: off by 30% in the median of 2 measurements (mean 30%), 1 of 2 inside P10 to P90. TDP [x]")
    assert "not predicted: 1 figures" not in text
    assert "not predicted: 1 figure" in text
    assert "its scope [is] unknown" in text


def test_few_rows_say_where_it_is_best_and_worst() -> None:
    text = printed(two_generations(), ShownDetail())
    (row,) = (line for line in text.splitlines() if line.startswith("step_time  generation"))
    assert row.split() == [
        "step_time",
        "generation",
        "Hopper",
        "10%",
        "of",
        "6",
        "Ampere",
        "20%",
        "of",
        "6",
        "Ampere",
        "0%",
        "of",
        "6",
    ]


def test_scores_by_group_stand_alone() -> None:
    text = printed(two_generations(), ShownDetail(label="generation"))
    rows = [line.split() for line in text.splitlines() if line.strip()]
    assert rows[1][:4] == ["step_time", "Hopper", "6", "10.0%"]
    assert rows[2][:3] == ["Ampere", "6", "20.0%"]
    assert "not predicted" not in text
    assert printed(FOUND, ShownDetail(label="precision")) == "No case says its precision.\n"


def test_groups_of_one_case_are_one_row() -> None:
    named = [Predicted(f"{i}", "energy", "J", 1.0, 1.1, labels={"source": f"paper {i}"}) for i in range(3)]
    text = printed(Findings(named), ShownDetail(label="source"))
    assert "3 of one case each" in text
    assert "paper 1" not in text


def test_many_reasons_end_in_how_many_more() -> None:
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
    left = [LeftOut(f"case {word}", "energy", f"its {word} is missing") for word in words]
    text = printed(Findings(FOUND.predicted, left), ShownDetail())
    assert "2 more for 2 other reasons; full lists all one by one." in text
    assert len([line for line in text.splitlines() if "is missing" in line]) == MOST_REASONS
    assert (
        len([line for line in printed(Findings([], left), ShownDetail(left_out=True)).splitlines() if "is missing" in line])
        == 10
    )


def test_where_nothing_is_predicted_no_table_of_errors_stands_empty() -> None:
    text = printed(Findings([], FOUND.left_out), ShownDetail(left_out=True))
    assert "four" in text
    assert text.endswith("\n\nNothing could be predicted, so there are no errors.\n")
    assert "median" not in text


def test_the_scores_have_the_baselines_below() -> None:
    lines = markdown_scores(FOUND).splitlines()
    assert lines[2:] == [
        r"| energy | **flopwatt** | 2 | 30.0% | 30.0% | 0.394 | -25.8% | 1 of 2 |",
        r"|  | TDP [x] | 1 | 50.0% | 50.0% | 0.405 | +50.0% |  |",
        r"|  | flopwatt on the cases of TDP [x] | 1 | 10.0% | 10.0% | 0.095 | +10.0% | 1 of 1 |",
        r"| chip_hours | **flopwatt** | 1 | 0.0% | 0.0% | 0.000 | 0.0% |  |",
    ]
    assert lines[0] == r"| quantity | by | cases | median | mean | mean \|ln\| | bias | inside P10 to P90 |"


def test_groups_as_markdown() -> None:
    lines = markdown_scores(two_generations(), "generation").splitlines()
    assert lines[2].startswith("| step_time | Hopper | 6 | 10.0% |")
    assert lines[3].startswith("|  | Ampere | 6 | 20.0% |")


def test_a_baselines_name_is_no_markup_in_markdown() -> None:
    named = Findings([Predicted("one", "energy", "J", 3.6e9, 3.6e9, baselines={"\x1b]0;a|b\x07": 3.6e9})], [])
    line = markdown_scores(named).splitlines()[3]
    assert line.startswith(r"|  | \\x1b]0;a\|b\\x07 | 1 | 0.0% |")


def test_on_a_narrow_screen_names_are_whole_and_nothing_is_wider() -> None:
    names = [f"Somebody's own model {i}B on 1024 H100-SXM" for i in range(3)]
    cases = [Predicted(name, "energy", "J", 3.6e9, 3.96e9, 3.0e9, 4.0e9, {"a rule": 3e9}, "its note") for name in names]
    lines = printed(Findings(cases), ShownDetail(cases=True), 80).splitlines()
    assert max(map(len, lines)) <= 80
    (scores,) = (line.split() for line in lines if line.startswith("energy  ") and line.split()[1:])
    assert scores[:3] == ["energy", "3", "10.0%"]
    assert any(line.startswith("  a rule ") for line in lines)
    for name in names:
        place = next(i for i, line in enumerate(lines) if line.startswith(name))
        assert lines[place].split()[-2:] == ["+10.0%", "yes"]
        assert lines[place + 1].strip() == "its note"
    grouped = printed(two_generations(), ShownDetail(label="generation"), 80).splitlines()
    assert [line.split()[0] for line in grouped[1:4]] == ["step_time", "Hopper", "Ampere"]


def test_what_a_terminal_would_obey_is_written_out_and_moves_no_column() -> None:
    cases = [Predicted(name, "energy", "J", 3.6e9, 3.96e9) for name in ("\x1b[31mred\x07", "plain", "x" * 5000)]
    lines = printed(Findings(cases), ShownDetail(cases=True)).splitlines()
    ends = {line.index("+10.0%") for line in lines if line.startswith((r"\x1b[31mred\x07 ", "plain ", "xxx")) and "%" in line}
    assert len(ends) == 1
    assert len(lines) < 25
