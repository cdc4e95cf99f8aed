"""``flopwatt compare``: which records it finds, what it prints, and its exit codes."""

import csv
import io
import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from made_records import record, timed

from flopwatt.bench.cli import cli
from flopwatt.bench.errors import InputError
from flopwatt.bench.machine.info import Machine
from flopwatt.bench.records.commit import Commit
from flopwatt.bench.records.find import find
from flopwatt.bench.records.store import save

# --- finding records --------------------------------------------------------------------------------------------------


@pytest.fixture
def results(tmp_path):
    """Three records of one machine, the last of another subject, and one of another machine."""
    made = [
        ("a", "09:00", {"subject": "questions"}),
        ("b", "10:00", {"subject": "questions"}),
        ("c", "11:00", {"subject": "other"}),
        ("d", "08:00", {"subject": "questions", "machine": Machine("nvidia-h200-x1")}),
    ]
    for letter, hour, changes in made:
        benchmark = timed(letter)
        save(record(benchmark, commit=Commit(letter * 40), created=f"2026-09-28T{hour}:00.000+00:00", **changes), tmp_path)
    return tmp_path


def names(records):
    return [one.commit.id[0] for one in records]


def test_latest_previous_and_a_commit(results):
    assert names(find("latest", results)) == ["c"]
    assert names(find("previous", results)) == ["b"]  # no earlier one of its subject: the one before it
    assert names(find("bbbb", results)) == ["b"]
    assert names(find("d" * 40, results)) == ["d"]
    save(record(timed("e"), commit=Commit("e" * 40), created="2026-09-28T12:00:00.000+00:00", subject="questions"), results)
    assert names(find("previous", results)) == ["b"]  # of the latest one's subject
    assert names(find(str(results), results)) == ["d", "a", "b", "c", "e"]


def test_what_cannot_be_found_is_said(results, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    for spec, where, message in [
        ("latest", tmp_path / "none", "there is no folder"),
        ("latest", empty, "holds no record"),
        ("feedbeef", results, "neither a file, a folder, latest, previous, a commit nor a label"),
        ("nowhere/x.json", results, "there is no such record"),
        (str(empty), results, "holds no record"),
        ("previous", results / "nvidia-h200-x1", "no record before the latest"),
    ]:
        with pytest.raises(InputError, match=message):
            find(spec, where)


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def pair(tmp_path):
    base = record(timed("fast"), timed("slow"), timed("gone"))
    cand = record(timed("fast", seed=1), timed("slow", 0.02, seed=1), timed("fresh"), commit=Commit("b" * 40))
    return str(save(base, tmp_path / "one")), str(save(cand, tmp_path / "two"))


def run(*args):
    return CliRunner().invoke(cli, ["compare", *map(str, args)], catch_exceptions=False)


def test_the_table_names_what_is_slower(pair):
    done = run(*pair)
    assert done.exit_code == 1
    (line,) = [line for line in done.output.splitlines() if "(threshold 10%)" in line]
    assert line.startswith("test_it[slow]: time +")
    assert "FAILED: 1 of 4 benchmarks fail (1 slower, 1 missing, 1 new, 1 same)" in done.output
    assert done.output.splitlines()[0] == "aaaaaaaaaaaa on amd-epyc-2-cores -> bbbbbbbbbbbb on amd-epyc-2-cores"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 1),
        (["--threshold", "150%"], 0),
        (["--threshold", "150%", "--strict"], 4),
        (["--threshold", "fast"], 2),
        (["--max-size", "0"], 2),
    ],
)
def test_exit_codes(pair, options, code):
    assert run(*pair, *options).exit_code == code


def test_nothing_comparable_is_exit_3(pair, tmp_path):
    other = save(record(timed("elsewhere")), tmp_path / "three")
    done = run(pair[0], other)
    assert done.exit_code == 3
    assert "Nothing was compared" in done.output


def test_json_and_csv_and_markdown(pair):
    document = json.loads(run(*pair, "--json").output)
    assert document["exit_code"] == 1
    assert document["counts"] == {"slower": 1, "missing": 1, "new": 1, "same": 1}
    worst = document["benchmarks"][0]
    assert (worst["name"], worst["verdict"]) == ("test_it[slow]", "slower")
    assert worst["low"] < worst["ratio"] < worst["high"]
    rows = list(csv.DictReader(io.StringIO(run(*pair, "--format", "csv").output)))
    assert [row["verdict"] for row in rows] == [one["verdict"] for one in document["benchmarks"]]
    assert float(rows[0]["ratio"]) == worst["ratio"]
    text = run(*pair, "--format", "markdown").output
    assert text.startswith("**flopwatt compare**: FAILED: 1 of 4")
    assert "| slower | `test_it[slow]` |" in text
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1


def test_folders_compare(pair, tmp_path):
    assert run(tmp_path / "one", tmp_path / "two").exit_code == 1


def test_a_limits_file(pair, tmp_path):
    limits = tmp_path / "limits.toml"
    limits.write_text('[[benchmarks]]\nname = "*slow*"\ntime = "200%"\n')
    assert run(*pair, "--thresholds", limits).exit_code == 0


def test_a_rule_that_is_for_nothing_is_bad_input(pair, tmp_path):
    limits = tmp_path / "limits.toml"
    limits.write_text('[[benchmarks]]\nname = "test_it[slow]"\ntime = "200%"\n[[benchmarks]]\nname = "test_it[sloow]"\n')
    done = run(*pair, "--thresholds", limits)
    assert done.exit_code == 2
    nearest = "no benchmark is named 'test_it[sloow]'; did you mean 'test_it[slow]'?"
    assert done.output == f"Error: {limits}: benchmarks[2]: {nearest}\n"


def test_labels_find_records(results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("labelled")
    for letter, label, minute in (("a", "before", 0), ("b", "after", 1), ("c", "twice", 2), ("d", "twice", 3), ("e", "", 4)):
        created = f"2026-09-28T10:0{minute}:00.000+00:00"
        save(record(timed("x"), commit=Commit(letter * 40), label=label, created=created), folder)
    assert names(find("before", folder)) == names(find("label:before", folder)) == ["a"]
    assert names(find("label:twice", folder)) == ["c", "d"]
    with pytest.raises(InputError, match="twice: 2 records have this label; label:twice takes them all"):
        find("twice", folder)
    with pytest.raises(InputError, match=r"label:befoer: no record within .* has this label; did you mean 'before'"):
        find("label:befoer", folder)
    with pytest.raises(InputError, match=r"label:before: no record within .* has this label$"):
        find("label:before", results)
    done = run("label:before", "after", "--results", folder)
    assert done.output.splitlines()[0] == (
        "aaaaaaaaaaaa on amd-epyc-2-cores (before) -> bbbbbbbbbbbb on amd-epyc-2-cores (after)"
    )
    assert json.loads(run("before", "after", "--results", folder, "--json").output)["candidate"][0]["label"] == "after"


@pytest.mark.alone
@pytest.mark.parametrize("broken", ["cut", "empty", "newer", "types", "large", "missing", "folder"])
def test_a_broken_record_is_one_line_and_exit_2_within_a_second(pair, tmp_path, broken):
    """The real command in a process of its own, imports included."""
    text = Path(pair[1]).read_text()
    path = tmp_path / f"{broken}.json"
    if broken == "cut":
        path.write_text(text[: len(text) // 2])
    elif broken == "empty":
        path.write_text("")
    elif broken == "newer":
        path.write_text(text.replace('"schema_version": 1', '"schema_version": 7'))
    elif broken == "types":
        path.write_text(text.replace('"data": [', '"data": ["x",', 1))
    elif broken == "large":
        with open(path, "wb") as file:
            file.truncate(500_000_000)
    elif broken == "folder":
        path.mkdir()
    start = _processor_seconds()
    done = subprocess.run(
        [sys.executable, "-m", "flopwatt", "compare", pair[0], path], capture_output=True, text=True, check=False
    )
    seconds = _processor_seconds() - start
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert str(path) in done.stderr
    assert seconds < 1
    if broken == "large":
        assert "--max-size 500" in done.stderr


def test_links_to_nowhere_in_a_folder_are_passed_over(pair, tmp_path):
    folder = tmp_path / "linked"
    folder.mkdir()
    (folder / "record.json").write_bytes(Path(pair[0]).read_bytes())
    (folder / "gone.json").symlink_to("nothing.json")
    (folder / "loop.json").symlink_to("loop.json")
    assert len(find(str(folder), tmp_path)) == 1


def _processor_seconds():
    """What children used so far: other work on the machine does not count."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
