"""The record: whole, strict JSON, read back equal, read by pytest-benchmark's own tools, refused where it is broken."""

import copy
import dataclasses
import json
import math
import platform
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.machine.info import Cpu, Machine
from flopwatt.bench.machine.noise import Disturbance, DisturbanceKind, Noise
from flopwatt.bench.records.commit import Commit
from flopwatt.bench.records.format import dumps, from_json, stats, to_json
from flopwatt.bench.records.record import (
    MAX_VALUES,
    Benchmark,
    Energy,
    GpuState,
    Memory,
    Phase,
    Reading,
    Record,
    Stop,
    StoredAnswer,
    Values,
    sample_of,
)
from flopwatt.bench.records.store import load, save
from flopwatt.bench.stats.inference import MedianInterval
from flopwatt.kernels.validation import DataError

BIN = Path(sys.executable).parent


def make_benchmark(engine="numpy", question="cheapest", median=0.01, count=20, **changes):
    noise = random.Random(f"{engine}{question}")
    fields = {
        "name": f"test_questions[{question}-{engine}-float64]",
        "group": question,
        "params": {"question": question, "engine": engine, "dtype": "float64"},
        "param": f"{question}-{engine}-float64",
        "samples": tuple(median * noise.uniform(0.99, 1.01) for _ in range(count)),
        "engine": engine,
        "dtype": "float64",
        "points": 1_000_000,
        "answers": (StoredAnswer(question, {"cost": Values("USD", (1.5, None, math.inf), 3)}),),
        **changes,
    }
    return Benchmark(**fields)


def make_record(*benchmarks, **changes):
    fields = {
        "benchmarks": benchmarks or (make_benchmark(), make_benchmark("numba", median=0.001)),
        "machine": Machine(
            "amd-epyc-2-cores", Cpu("AMD EPYC", "x86_64", 2, 2, 2), 2**34, system="Linux", python="CPython 3.11.7"
        ),
        "commit": Commit("0123456789abcdef0123456789abcdef01234567", branch="main"),
        "created": "2026-09-28T10:11:12.345+00:00",
        "kind": "bench",
        "subject": "questions",
        **changes,
    }
    return Record(**fields)


def everything():
    """A benchmark with each field set."""
    return make_benchmark(
        "cupy",
        blocks=(12, 8),
        threads=2,
        evaluated=900_000,
        phases={
            "compile": Phase(MedianInterval(0.4)),
            "copy_in": Phase(None, "no copies"),
            "kernel": Phase(MedianInterval(1e-3), clock="event"),
        },
        stop=Stop("precision", 0.01, 5.0, MedianInterval(0.01, 0.0099, 0.0101, 0.95, 20)),
        cpu_seconds=Reading(0.02),
        noise=Noise(
            0.5,
            0.75,
            0.001,
            0.02,
            "performance",
            ("load average 1.5 on 2 cores",),
            (Disturbance(DisturbanceKind.LOAD, 1.5, 2),),
        ),
        energy=Energy(Reading(1.25), Reading(None, "no RAPL"), "nvml energy counter", "", Reading(1250.0)),
        memory=Memory(Reading(2e8), Reading(3e8)),
        gpu=GpuState(0, 1980.0, 1755.0, (), ("power cap",), (3, 4), True, MedianInterval(0.001, 0.0009, 0.0011, 0.95, 20)),
        max_relative_error=Reading(3e-16),
    )


# --- there and back ---------------------------------------------------------------------------------------------------


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


def test_the_hosts_name_is_not_in_it(tmp_path):
    text = save(dataclasses.replace(make_record(), machine=Machine("any")), tmp_path).read_text()
    assert json.loads(text)["machine_info"]["node"] == "any"
    assert f'"{platform.node()}"' not in text


def test_a_name_for_the_machine(tmp_path):
    path = save(make_record(), tmp_path, "ci-runner")
    assert path.parent == tmp_path / "ci-runner"
    assert load(path).machine.name == "ci-runner"
    with pytest.raises(InputError, match=r"machine: '\.\./x' is no name"):
        save(make_record(), tmp_path, "../x")


def test_a_changed_tree_shows_in_the_name(tmp_path):
    assert save(make_record(commit=Commit("f" * 40, dirty=True)), tmp_path).name.endswith("-ffffffffffff-dirty.json")
    assert save(make_record(commit=Commit()), tmp_path).name.endswith("-unversioned.json")


@pytest.mark.parametrize("samples", [(), (0.0,), (-1.0,), (math.nan,), (math.inf,)])
def test_samples_must_be_times(samples):
    with pytest.raises(ValueError, match="sample"):
        make_benchmark(samples=samples)


def test_blocks_must_add_up():
    with pytest.raises(ValueError, match="add up to the 20 samples"):
        make_benchmark(blocks=(10, 9))


@pytest.mark.parametrize(("data", "size", "index"), [((1.0,), 2, None), ((1.0, 2.0), 5, (0,))])
def test_values_must_fill_their_places(data, size, index):
    with pytest.raises(ValueError, match=r"data has \d values for \d places"):
        Values("s", data, size, index)


def test_many_values_are_sampled_at_fixed_places():
    values = sample_of([float(i) for i in range(10_001)], "s")
    assert values.size == 10_001
    assert len(values.data) == len(set(values.index)) == MAX_VALUES
    assert (values.index[0], values.index[-1]) == (0, 10_000)
    assert values.data == tuple(float(i) for i in values.index)
    assert sample_of([1.0], "s").index is None


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 20, 101])
def test_statistics_are_those_of_the_samples(count):
    data = tuple(random.Random(count).lognormvariate(0, 0.5) for _ in range(count))
    found = stats(data)
    assert found["data"] == list(data)
    assert found["median"] == pytest.approx(statistics.median(data))
    assert found["mean"] == pytest.approx(statistics.fmean(data))
    assert found["stddev"] == pytest.approx(statistics.stdev(data) if count > 1 else 0)
    assert found["min"] <= found["ld15iqr"] <= found["q1"] <= found["median"] <= found["q3"] <= found["hd15iqr"] <= found["max"]


# --- pytest-benchmark's own tools -------------------------------------------------------------------------------------


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


# --- old versions -----------------------------------------------------------------------------------------------------

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


@pytest.mark.parametrize("key", ["params", "extra_info"])
def test_a_row_of_pytest_benchmarks_that_is_wrong_is_named(key):
    row = {"name": "a", "stats": {"data": [1.0]}, key: "text"}
    with pytest.raises(DataError, match=rf"benchmarks\[0\].{key} must be an object, not 'text'"):
        from_json({"machine_info": {}, "datetime": "", "benchmarks": [row]})


def test_noise_of_a_record_from_before_disturbances_were_data_loads():
    document = to_json(make_record())
    (row, *_) = document["benchmarks"]
    row["flopwatt"]["noise"] = {"load_before": 2.5, "reasons": ["a load average of 2.50 on 2 cores before it began"]}
    found = from_json(document).benchmarks[0].noise
    assert found.unstable
    assert found.disturbances == ()


# --- broken ones ------------------------------------------------------------------------------------------------------


def refused(path, match=None, **options):
    start = time.perf_counter()
    with pytest.raises(InputError, match=match) as caught:
        load(path, **options)
    assert time.perf_counter() - start < 1
    assert str(path) in caught.value.message
    assert "\n" not in caught.value.message
    return caught.value.message


def test_cut_at_every_100th_byte(tmp_path):
    whole = save(make_record(everything()), tmp_path).read_bytes()
    cut = tmp_path / "cut.json"
    for length in range(0, len(whole.rstrip()), 100):
        cut.write_bytes(whole[:length])
        refused(cut, "is empty" if length == 0 else "was cut off")
    assert len(whole) > 5000


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
        ({"benchmarks": 3}, "benchmarks must be a list, not 3"),
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
        ({"flopwatt": []}, "flopwatt must be an object, not a list"),
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
        (b"[1]", "the document must be an object"),
        (b"null", "the document must be an object"),
        (b"{}", "machine_info is missing"),
        (b"\xff\xfe\x00", "not a text file"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": 1' + b"0" * 5000 + b"}", "not JSON"),
    ],
)
def test_what_is_no_record(tmp_path, content, message):
    path = tmp_path / "no.json"
    path.write_bytes(content)
    refused(path, message)


def test_one_of_500_mb_is_refused_by_its_size(tmp_path):
    path = tmp_path / "large.json"
    with open(path, "wb") as file:
        file.truncate(500_000_000)
    assert "500 MB is more than the 100 MB that are read; largest_bytes 500000000 would allow it" in refused(path)
    small = save(make_record(), tmp_path)
    refused(small, "largest_bytes [0-9]+ would allow it", largest_bytes=1000)


def test_a_folder_and_a_missing_file(tmp_path):
    refused(tmp_path / "none.json", "there is no such record")
    refused(tmp_path, "cannot be read")


# --- writing under stress ---------------------------------------------------------------------------------------------


def test_a_full_disk_is_a_clear_error_and_old_records_stay(tmp_path, monkeypatch):
    old = save(make_record(), tmp_path)
    before = old.read_bytes()

    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("flopwatt.bench.records.store.write_new", fails)
    with pytest.raises(InputError, match=r"could not be written \(No space left on device\); nothing was saved"):
        save(make_record(), tmp_path)
    assert [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()] == [before]
