"""record_schema.md: every key of a record stands there, and its line for DuckDB reads all records, old and new, into rows."""

import dataclasses
import json
import re
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from house import ROOT
from made_records import record, timed

from flopwatt.bench.records.format import to_json
from flopwatt.bench.records.store import load, save
from flopwatt.bench.timing.session import QUICK

PAGE = (ROOT / "bench" / "records" / "record_schema.md").read_text(encoding="utf-8")
(QUERY,) = re.findall(r"```sql\n(.*)\n```", PAGE)
KEYS = {key for code in re.findall(r"`([^`\n]+)`", PAGE) for key in (code, *re.findall(r"\w+", code))}
NAMED_BY_OTHERS = {
    "params",
    "packages",
    "values",
    "unreadable",
    "assumptions",
    "shape",
    "absent_engines",
    "given",
    "absent",
}  # not by the format

STORED = ROOT / "results"


def keys_of(document: Any) -> set[str]:
    """Collect the keys of a document, at every depth, but those that others name."""
    if isinstance(document, list):
        return {key for item in document for key in keys_of(item)}
    if not isinstance(document, dict):
        return set()
    return set(document).union(*(keys_of(value) for key, value in document.items() if key not in NAMED_BY_OTHERS))


def test_every_key_of_a_record_stands_on_the_page() -> None:
    policy = {"arguments": [], **dataclasses.asdict(QUICK)}
    document = to_json(dataclasses.replace(record(timed("one", count=7)), options=policy))
    assert len(keys_of(document)) > 90
    assert keys_of(document) - KEYS == set()


@pytest.mark.parametrize("path", sorted(STORED.glob("*/*.json")), ids=lambda path: path.stem)
def test_every_key_of_a_stored_record_stands_on_the_page(path: Path) -> None:
    assert keys_of(json.loads(path.read_text(encoding="utf-8"))) - KEYS == set()


def test_it_is_one_line() -> None:
    assert QUERY.startswith("SELECT ")
    assert QUERY.count("results/**/*.json") == 1


@pytest.mark.slow
def test_duckdb_reads_every_record_into_rows(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    save(record(timed("new", count=7), label="x", created="2026-11-27T10:11:12.000+00:00"), tmp_path)
    suite = tmp_path / "test_plain.py"
    suite.write_text("def test_sum(benchmark):\n    benchmark(sum, range(100))\n")
    options = ["--benchmark-max-time=0.01", f"--benchmark-json={tmp_path / 'plain.json'}", "-p", "no:xdist", str(suite)]
    subprocess.run([sys.executable, "-m", "pytest", "-q", *options], cwd=tmp_path, check=True, capture_output=True)
    paths = [*STORED.glob("*/*.json"), *tmp_path.rglob("*.json")]
    rows = set()
    for folder in (STORED, tmp_path):
        rows |= set(duckdb.sql(QUERY.replace("results/", f"{folder}/")).fetchall())
    medians = {(row[0], row[1], row[4]) for row in rows}
    records = [load(path) for path in paths]
    expected = {
        (benchmark.name, one.commit.id, statistics.median(benchmark.samples)) for one in records for benchmark in one.benchmarks
    }
    assert len(medians) == len(expected) > 2
    assert {name for name, _, _ in medians} == {name for name, _, _ in expected}
    assert sorted(seconds for _, _, seconds in medians) == pytest.approx(sorted(seconds for _, _, seconds in expected))
    assert {row[3] for row in rows} >= {one.machine.name for one in records if one.machine.name != "unknown"}
