"""A record as JSON: whole, strict, read back equal, read by pytest-benchmark's own tools, refused where it is broken."""

import copy
import dataclasses
import json
import math
import platform
import random
import statistics
import subprocess
import sys
from pathlib import Path

import pytest
from whole_records import everything, make_benchmark, make_record, refused

from flopwatt.bench.errors import InputError
from flopwatt.bench.records.format import dumps, from_json, stats, to_json
from flopwatt.bench.records.record import (
    Reading,
)
from flopwatt.bench.records.store import load, save
from flopwatt.bench.records.summary import RecordSource, SampleSummary
from flopwatt.kernels.validation.validator import DataError

BIN = Path(sys.executable).parent


def test_read_back_equal(tmp_path):
    record = make_record(everything(), make_benchmark())
    path = save(record, tmp_path)
    assert path == tmp_path / "amd-epyc-2-cores" / "20260928T101112.345Z-0123456789ab.json"
    assert dataclasses.replace(load(path), path=None) == record


def test_it_is_strict_json_and_samples_stand_in_one_place():
    def refuse(name):
        raise AssertionError(name)

    record = make_record(everything())
    document = json.loads(dumps(record), parse_constant=refuse)
    (row,) = document["benchmarks"]
    assert row["stats"]["data"] == list(record.benchmarks[0].samples)
    assert row["flopwatt"]["answers"][0]["values"]["cost"]["data"] == [1.5, None, "inf"]
    assert dumps(record).count(repr(record.benchmarks[0].samples[7])) == 1


def test_what_was_not_measured_is_null_with_a_reason(tmp_path):
    row = json.loads(save(make_record(make_benchmark()), tmp_path).read_text())["benchmarks"][0]["flopwatt"]
    for reading in (row["cpu_seconds"], row["energy"]["gpu"], row["memory"]["device_peak_bytes"], row["max_relative_error"]):
        assert reading == {"value": None, "reason": "not measured"}


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 20, 101])
def test_statistics_are_those_of_the_samples(count):
    data = tuple(random.Random(count).lognormvariate(0, 0.5) for _ in range(count))
    found = stats(data)
    assert found["data"] == list(data)
    assert found["median"] == pytest.approx(statistics.median(data))
    assert found["mean"] == pytest.approx(statistics.fmean(data))
    assert found["stddev"] == pytest.approx(statistics.stdev(data) if count > 1 else 0)
    assert found["min"] <= found["ld15iqr"] <= found["q1"] <= found["median"] <= found["q3"] <= found["hd15iqr"] <= found["max"]


def pytest_benchmark_compare(*args, cwd):
    done = subprocess.run([BIN / "pytest-benchmark", "compare", *args], capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0, done.stderr
    assert "Failed to load" not in done.stderr  # it exits 0 on broken files too
    return done.stdout


@pytest.mark.slow
def test_pytest_benchmark_compares_our_records(tmp_path):
    others = make_benchmark(name="test_other", params={}), make_benchmark(name="test_third", params={"size": 3})
    paths = [str(save(make_record(everything(), make_benchmark(median=m), *others), tmp_path)) for m in (0.01, 0.02)]
    text = pytest_benchmark_compare(*paths, "--columns=min,median,rounds,ops", "--csv=out", cwd=tmp_path)
    assert text.count("test_questions[cheapest-numpy-float64]") == 2
    assert text.count("test_questions[cheapest-cupy-float64]") == 2
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 9
    grouped = pytest_benchmark_compare(*paths, "--group-by=param:engine", cwd=tmp_path)
    assert "benchmark 'engine=cupy': 2 tests" in grouped
    assert "benchmark 'size=3': 2 tests" in pytest_benchmark_compare(*paths, "--group-by=param:size", cwd=tmp_path)
    assert load(Path(paths[0])).benchmarks[2].params == {}
    between = pytest_benchmark_compare(*paths, "--between=median", "--group-by=fullname", cwd=tmp_path)
    assert between.count("%") >= 2


def test_pytest_benchmark_draws_its_histogram(tmp_path):
    path = save(make_record(), tmp_path / "results")
    pytest_benchmark_compare(path, "--histogram=plot", cwd=tmp_path)
    pictures = list(tmp_path.glob("plot*.svg"))
    assert pictures
    assert all("<svg" in picture.read_text() for picture in pictures)


def test_what_github_action_benchmark_reads_is_there():
    for row in to_json(make_record())["benchmarks"]:
        assert isinstance(row["fullname"], str)
        assert all(isinstance(row["stats"][key], (int, float)) for key in ("ops", "stddev", "mean", "rounds"))


PLAIN_TEST = """
import pytest

@pytest.mark.parametrize("engine", ["numpy"])
def test_sum(benchmark, engine):
    benchmark.extra_info["points"] = 1000
    benchmark(sum, range(1000))
"""


@pytest.mark.alone  # pytest-benchmark measures nothing in processes side by side
def test_a_file_that_pytest_benchmark_wrote_loads(tmp_path):
    (tmp_path / "test_plain.py").write_text(PLAIN_TEST)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--benchmark-max-time=0.01",
        "--benchmark-json=plain.json",
        "test_plain.py",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    record = load(tmp_path / "plain.json")
    (benchmark,) = record.benchmarks
    assert (benchmark.engine, benchmark.points, benchmark.params) == ("numpy", 1000, {"engine": "numpy"})
    assert len(benchmark.samples) >= 5
    assert platform.node() not in (record.machine.name, record.machine.cpu.model)


def test_a_record_of_version_1_loads():
    """Written by hand from record_schema.md's required keys: it must load for ever."""
    document = {
        "machine_info": {"flopwatt": {"name": "amd-epyc-2-cores"}},
        "commit_info": {"id": "0123456789abcdef"},
        "benchmarks": [{"name": "a", "stats": {"data": [1, 0.5]}}],
        "datetime": "2026-09-28T10:11:12+00:00",
        "flopwatt": {"schema_version": 1, "a key of a later minor change": [1]},
    }
    record = from_json(document)
    assert record.benchmarks[0].samples == (1.0, 0.5)
    assert record.benchmarks[0].energy.gpu == Reading(None, "not measured")


@pytest.mark.parametrize("sample", [0, -0.5, None, math.nan, math.inf, 1e300])
def test_a_sample_that_is_no_time_costs_its_benchmark_alone(tmp_path, sample):
    document = to_json(make_record())
    document["benchmarks"][1]["stats"]["data"][3] = sample
    path = tmp_path / "r.json"
    path.write_text(json.dumps(document))
    record = load(path)
    assert [benchmark.engine for benchmark in record.benchmarks] == ["numpy"]
    (name, reason), *rest = record.unreadable.items()
    assert (name, rest) == ("test_questions[cheapest-numba-float64]", [])
    assert reason.startswith("stats.data[3] is ")
    assert load(save(record, tmp_path / "again")).unreadable == record.unreadable


def test_nan_elsewhere_in_a_benchmark_costs_it_too():
    document = to_json(make_record())
    document["benchmarks"][0]["flopwatt"]["cpu_seconds"] = {"value": math.nan, "reason": ""}
    (reason,) = from_json(document).unreadable.values()
    assert reason == "flopwatt.cpu_seconds.value is NaN or infinite, which is no number"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"blocks": [-1, 21]}, "blocks must be positive and add up to the 20 samples"),
        ({"blocks": [3]}, "blocks must be positive and add up to the 20 samples"),
        ({"points": -1}, "points must be 0 or more, not -1"),
        ({"threads": -2}, "threads must be 0 or more, not -2"),
        ({"cpu_blocks": [-0.1]}, "cpu_blocks must be seconds, 0 or more"),
        ({"summary": {"statistic": "median", "seconds": 1.0}}, "a benchmark has samples or a summary, not both"),
    ],
)
def test_impossible_statistics_are_refused_with_the_benchmark(changes, message):
    document = to_json(make_record())
    document["benchmarks"][0]["flopwatt"] |= changes
    with pytest.raises(
        DataError, match=rf"benchmarks\[0\]: {message} \(benchmark 'test_questions\[cheapest-numpy-float64\]'\)"
    ):
        from_json(document)


def test_no_iterations_are_refused():
    document = to_json(make_record())
    document["benchmarks"][0]["stats"]["iterations"] = 0
    with pytest.raises(DataError, match="iterations must be 1 or more, not 0"):
        from_json(document)


def test_a_summary_is_read_back_equal_and_no_statistic_is_made_up(tmp_path):
    summary = SampleSummary("median", 0.02, 0.001, 30)
    record = make_record(make_benchmark(samples=(), summary=summary), source=RecordSource("pytest-benchmark", "5.1.0"))
    (row,) = to_json(record)["benchmarks"]
    assert row["stats"] == {"median": 0.02, "stddev": 0.001, "rounds": 30, "iterations": 1}
    assert dataclasses.replace(load(save(record, tmp_path)), path=None) == record


def test_noise_of_a_record_from_before_disturbances_were_data_loads():
    document = to_json(make_record())
    (row, *_) = document["benchmarks"]
    row["flopwatt"]["noise"] = {"load_before": 2.5, "reasons": ["a load average of 2.50 on 2 cores before it began"]}
    found = from_json(document).benchmarks[0].noise
    assert found.reasons == ("a load average of 2.50 on 2 cores before it began",)
    assert found.disturbances == ()


def test_cut_at_every_100th_byte(tmp_path):
    whole = save(make_record(everything()), tmp_path).read_bytes()
    cut = tmp_path / "cut.json"
    for length in range(0, len(whole.rstrip()), 100):
        cut.write_bytes(whole[:length])
        refused(cut, "is empty" if length == 0 else "was cut off")
    assert len(whole) > 4000


WRONG = (None, True, -1, 0.5, "text", [], {}, [[]], {"a": 1}, 10**400, 2**70)


def places(data, path=()):
    """Every place in a document."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


@pytest.mark.slow
def test_any_value_of_a_wrong_type_is_named_and_never_crashes(tmp_path):
    document = to_json(make_record(dataclasses.replace(everything(), samples=(0.5, 0.25), blocks=(1, 1))))
    path, messages = tmp_path / "wrong.json", []
    for place in list(places(document)):
        for wrong in WRONG:
            changed = copy.deepcopy(document)
            target = changed
            for key in place[:-1]:
                target = target[key]
            target[place[-1]] = wrong
            path.write_text(json.dumps(changed))
            try:
                load(path)
            except InputError as error:
                messages.append(error.message)
    assert len(messages) > 500
    assert all("not a valid record" in message or "not JSON" in message for message in messages)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"benchmarks": 3}, "benchmarks must be a list of objects, not 3"),
        (
            {"benchmarks": [{"name": "a", "stats": {"data": ["x"]}}]},
            r"benchmarks\[0\].stats.data\[0\] must be a number, not 'x'",
        ),
        ({"benchmarks": [{"name": "a", "stats": {"data": []}}]}, r"benchmarks\[0\]: a benchmark needs at least one sample"),
        ({"benchmarks": [{"name": "a"}]}, r"benchmarks\[0\].stats is missing"),
        ({"machine_info": {"flopwatt": {}}}, "machine_info.flopwatt.name is missing"),
        ({"flopwatt": {"schema_version": 99}}, "flopwatt.schema_version is 99, newer than .* upgrade flopwatt"),
        ({"flopwatt": {"schema_version": "1"}}, "flopwatt.schema_version must be a whole number, not '1'"),
        ({"flopwatt": {"schema_version": 0}}, "flopwatt.schema_version must be 1 or more"),
        ({"flopwatt": []}, "flopwatt must be an object with schema_version, not a list"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, change, message):
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps({**to_json(make_record()), **change}))
    refused(path, message)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"[1]", "neither a record of flopwatt's nor JSON of "),
        (b"null", "neither a record of flopwatt's nor JSON of "),
        (b"{}", "neither a record of flopwatt's nor JSON of "),
        (b'{"flopwatt": {"schema_version": 1}}', "machine_info is missing"),
        (b"\xff\xfe\x00", "is UTF-16 text"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"flopwatt": {"schema_version": 1}, "a": [NaN]}', r"a\[0\]: NaN and Infinity are not JSON numbers"),
        (b'{"a": 1' + b"0" * 5000 + b"}", "not JSON"),
    ],
)
def test_what_is_no_record(tmp_path, content, message):
    path = tmp_path / "no.json"
    path.write_bytes(content)
    refused(path, message)
