"""Series: all records of a folder in the order of time, machines and hardware apart."""

import dataclasses
from pathlib import Path

import pytest
from made_history import SLOWER, history_of
from made_records import MACHINE, record, timed

from flopwatt.bench.errors import InputError
from flopwatt.bench.history.series import History, gather, select, series_of
from flopwatt.bench.machine.info import Machine
from flopwatt.bench.machine.nvml import Gpu
from flopwatt.bench.records.store import save


def test_every_record_counts_in_the_order_of_time() -> None:
    records = history_of(SLOWER)
    (series, steady) = series_of(reversed(records))
    assert (series.name, steady.name) == ("test_it[a]", "test_it[steady]")
    assert [one.record for one in series.points] == records
    assert [step.position for step in series.fit.steps] == [9]
    assert series.levels == pytest.approx(SLOWER, rel=0.02)
    assert series.change == pytest.approx(1, abs=0.02)  # the last against the level it has had since the step
    assert steady.fit.steps == ()


def test_the_change_is_that_of_the_last_record_against_the_level_before() -> None:
    (series, _) = series_of(history_of([0.01] * 9 + [0.012]))
    assert series.fit.steps == ()
    assert series.change == pytest.approx(1.2, rel=0.02)
    assert series_of(history_of([0.01]))[0].change is None


def test_records_without_a_time_zone_or_a_time_are_sorted_too() -> None:
    times = ["2026-10-02T00:00:00", "", "2026-10-01T23:00:00+00:00", "2026-10-03T01:00:00+02:00", "yesterday"]
    (series,) = series_of(record(timed("a"), created=created) for created in times)
    created = [one.record.created for one in series.points]
    assert created == ["", "yesterday", "2026-10-01T23:00:00+00:00", "2026-10-02T00:00:00", "2026-10-03T01:00:00+02:00"]


@pytest.mark.parametrize(
    "change", [{"dtype": "float32"}, {"engine": "numba"}, {"points": 7}, {"threads": 1}, {"extra": {"first_pass_of": ["b"]}}]
)
def test_other_work_is_another_benchmark(change: dict) -> None:  # type: ignore[type-arg]
    assert len(series_of([record(timed("a")), record(timed("a", **change))])) == 2


def test_other_hardware_stands_apart_within_a_machines_name_too() -> None:
    boosted = dataclasses.replace(MACHINE, cpu=dataclasses.replace(MACHINE.cpu, boost=True, cache="512 KB"))
    plain = dataclasses.replace(MACHINE, cpu=dataclasses.replace(MACHINE.cpu, boost=False))
    unknown = MACHINE  # says nothing of boost: it differs from nothing
    other = dataclasses.replace(MACHINE, name="other")
    machines = [plain, boosted, plain, boosted, unknown, other]
    series = series_of(
        record(timed("a"), machine=machine, created=f"2026-10-0{i + 1}T00:00:00+00:00") for i, machine in enumerate(machines)
    )
    assert [(one.machine, len(one.points), one.apart) for one in series] == [
        ("amd-epyc-2-cores", 3, ""),
        ("amd-epyc-2-cores", 2, "CPU boost False and True"),
        ("other", 1, ""),
    ]


def test_gpus_tell_only_gpu_engines_apart() -> None:
    def machine(policy: str) -> Machine:
        return Machine("h200", MACHINE.cpu, gpus=(Gpu(name="H200", clock_policy=policy),))

    for engine, count in (("numba", 1), ("cupy", 2)):
        records = [record(timed("a", engine=engine), machine=machine(policy)) for policy in ("default", "locked")]
        assert len(series_of(records)) == count


def test_a_folder_is_read_whole_and_what_is_no_record_is_said(tmp_path: Path) -> None:
    for one in history_of(SLOWER):
        save(one, tmp_path)
    (tmp_path / "broken.json").write_text("{")
    history = gather(tmp_path)
    assert [len(series.points) for series in history.series] == [14, 14]
    (line,) = history.unread
    assert "broken.json: the record is not JSON" in line


def test_a_folder_without_records_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no record"):
        gather(tmp_path)
    with pytest.raises(InputError, match="there is no such folder of records"):
        gather(tmp_path / "none")
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(InputError, match=r"broken\.json: the record is not JSON"):
        gather(tmp_path)
    save(record(), tmp_path / "empty")
    with pytest.raises(InputError, match="empty: no record holds a benchmark"):
        gather(tmp_path / "empty")


NAMED = [timed(name, fullname=f"tests/t.py::test_it[{name}]") for name in ("1", "12", "x-numba", "x-cupy")]
HISTORY = History(tuple(series_of([record(*NAMED)])))


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("test_it[1]", ["1"]),
        ("tests/t.py::test_it[1]", ["1"]),
        ("test_it[1*", ["12", "1"]),
        ("*x-*", ["x-cupy", "x-numba"]),
        ("test_it[x-?u*]", ["x-cupy", "x-numba"]),
    ],
)
def test_benchmarks_are_chosen_by_name_or_pattern(pattern: str, names: list[str]) -> None:
    assert [one.name for one in select(HISTORY, pattern).series] == [f"test_it[{name}]" for name in names]


def test_a_name_that_is_none_is_an_error_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"^test_it\[x-nuba\]: no benchmark .* did you mean 'test_it\[x-numba\]'\?$"):
        select(HISTORY, "test_it[x-nuba]")
