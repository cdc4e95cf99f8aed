"""``flopwatt compare`` of other tools' files: what it compares, what it says, its exit codes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from foreign_examples import EXAMPLES

from flopwatt.bench.cli import cli

CASES = Path(__file__).parent / "compare_cases"


def run(*args):
    return CliRunner().invoke(cli, ["compare", *map(str, args)], catch_exceptions=False)


def verdicts(*args):
    done = run(*args, "--json")
    return {row["name"]: row["verdict"] for row in json.loads(done.output)["benchmarks"]}, done.exit_code


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("dup", {"tests/test_csv.py::test_read": "slower", "tests/test_json.py::test_read": "unsure"}),
        ("br", {"test_x[1]": "slower", "test_x[2]": "unsure"}),
        ("nodata", {"test_x": "slower"}),
        ("zero", {"test_x": "unsure", "test_y": "unsure"}),
    ],
)
def test_pairs_of_cases(case, expected):
    """One run of each side tells what is twice as slow; that two are the same takes more than one process of either."""
    rows, code = verdicts(CASES / f"{case}-base.json", CASES / f"{case}-cand.json")
    assert rows == expected
    assert code == (1 if "slower" in expected.values() else 0)


def test_a_byte_order_mark_costs_nothing():
    rows, code = verdicts(CASES / "bom-base.json", CASES / "zero-cand.json")
    assert (rows["test_x"], code) == ("unsure", 0)


def test_what_is_compared_where_there_are_no_samples_is_said():
    pair = CASES / "nodata-base.json", CASES / "nodata-cand.json"
    words = "compared by pytest-benchmark's medians and IQR, for the file holds no raw samples"
    assert f"nodata-cand.json: {words}" in run(*pair).output
    assert words.replace("'", "&#39;") in run(*pair, "--format", "markdown").output.replace("'", "&#39;")
    document = json.loads(run(*pair, "--json").output)
    assert document["candidate"][0]["tool"] == "pytest-benchmark"
    assert document["candidate"][0]["remarks"][0].startswith(words)
    assert document["benchmarks"][0]["ratio"] == pytest.approx(2.0, rel=1e-3)


def test_samples_that_were_left_out_are_said():
    assert (
        "zero-base.json: t.py::test_x: 1 of 30 samples left out"
        in run(CASES / "zero-base.json", CASES / "zero-cand.json").output
    )


@pytest.mark.parametrize(
    "path", [CASES / "gbench.json", CASES / "hyperfine.json", *sorted(EXAMPLES.iterdir())], ids=lambda path: path.stem
)
def test_a_file_compares_with_itself(path):
    rows, code = verdicts(path, path)
    assert not {"slower", "faster", "wrong", "missing", "new"} & set(rows.values())
    assert set(rows.values()) & {"same", "unsure"}
    assert code == 0


def test_what_could_not_be_used_has_a_row():
    done = run(EXAMPLES / "google_benchmark.json", EXAMPLES / "google_benchmark.json")
    assert (
        "skipped: the baseline's cannot be used: no such device; the candidate's cannot be used: no such device" in done.output
    )


def test_a_benchmark_twice_is_bad_input(tmp_path):
    document = json.loads((CASES / "nodata-base.json").read_text())
    document["benchmarks"] *= 2
    path = tmp_path / "twice.json"
    path.write_text(json.dumps(document))
    done = CliRunner().invoke(cli, ["compare", str(path), str(path)])
    assert done.exit_code == 2
    assert "twice.json: benchmarks[0] and benchmarks[1] cannot be told apart: both are 't.py::test_x'" in done.output


def test_a_tools_other_output_is_bad_input_with_the_option_that_helps(tmp_path):
    path = tmp_path / "h.csv"
    path.write_text("command,mean,stddev,median,user,system,min,max\n")
    done = CliRunner().invoke(cli, ["compare", str(path), str(path)])
    assert done.exit_code == 2
    assert "hyperfine's CSV is not read; hyperfine --export-json FILE writes one" in done.output
