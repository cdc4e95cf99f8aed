"""record_schema.md: the line for DuckDB reads all records, old and new, into rows."""

import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest
from house import ROOT
from made_records import record, timed

from flopwatt.bench.records.store import load, save

(QUERY,) = re.findall(r"```sql\n(.*)\n```", (ROOT / "bench" / "records" / "record_schema.md").read_text(encoding="utf-8"))

STORED = ROOT / "results"


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
    assert len(medians) == len(expected) == 66
    assert {name for name, _, _ in medians} == {name for name, _, _ in expected}
    assert sorted(seconds for _, _, seconds in medians) == pytest.approx(sorted(seconds for _, _, seconds in expected))
    assert {row[3] for row in rows} >= {one.machine.name for one in records if one.machine.name != "unknown"}
