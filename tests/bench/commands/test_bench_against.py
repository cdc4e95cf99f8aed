"""``flopwatt bench --against``: how a comparison is asked for, printed and stored; timing itself is stood in for."""

import json

import pytest
from click.testing import CliRunner
from made_records import record, timed
from rendered import rendered_tables

from flopwatt.bench.cli import cli
from flopwatt.bench.compare.interleave import InterleavedComparison
from flopwatt.bench.compare.match import compare
from flopwatt.bench.records.find import find
from flopwatt.bench.records.store import load


@pytest.fixture
def compared(monkeypatch):
    """Stands in for timing two commits: two benchmarks, one of them slower; returns the options that it was given."""
    given = []

    def run_against(ref, suites, arguments, options, **_):
        given.append(options)
        sides = [record(timed("slow", median, seed=seed), timed("a|b", seed=seed)) for seed, median in enumerate((0.01, 0.02))]
        outcome = compare([sides[0]], [sides[1]], options)
        return InterleavedComparison(*sides, outcome, {}, {}, 4, 1.0)

    monkeypatch.setattr("flopwatt.bench.compare.against.run_against", run_against)
    return given


def against(*args):
    return CliRunner().invoke(cli, ["bench", "questions", "--against", "HEAD", *map(str, args)], catch_exceptions=False)


def test_a_comparison_is_printed_and_stored_as_asked(compared, tmp_path):
    done = against("--format", "markdown", "--save", tmp_path, "--label", "gate")
    assert done.exit_code == 1
    assert [row[:2] for row in rendered_tables(done.stdout)[0]] == [["slower", "test_it[slow]"]]
    assert rendered_tables(done.stdout)[1][0][1] == "test_it[a|b]"
    assert {load(path).label for path in tmp_path.rglob("*.json")} == {"gate"}
    assert len(find("label:gate", tmp_path)) == 2
    assert json.loads(against("--json").stdout) == json.loads(against("--format", "json").stdout)
    assert against("--format", "csv").stdout.startswith("name,fullname,verdict")
    assert "FAILED: 1 of 2" in against().stdout


def test_a_comparison_takes_thresholds_and_a_margin(compared, tmp_path):
    limits = tmp_path / "limits.toml"
    limits.write_text('[[benchmarks]]\nname = "test_it[slow]"\ntime = "150%"\n')
    assert against("--thresholds", limits, "--margin", "5%").exit_code == 0
    assert compared[-1].thresholds.default.margin == 0.05
    limits.write_text('[[benchmarks]]\nname = "test_it[slwo]"\ntime = "150%"\n')
    done = against("--thresholds", limits)
    assert done.exit_code == 2
    assert "limits.toml: benchmarks[1]: no benchmark is named 'test_it[slwo]'; did you mean 'test_it[slow]'?" in done.stderr
    assert "FAILED: 1 of 2" in done.stdout  # what was measured is printed all the same
