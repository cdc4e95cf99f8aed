"""The records beside those that are compared."""

import dataclasses

from made_records import MACHINE, record, timed

from flopwatt.bench.records.past import MAX_RECORDS, past_records
from flopwatt.bench.records.store import load, save


def saved(folder, count, **changes):
    return [
        load(save(record(timed("a", seed=i), created=f"2026-09-28T10:{i:02d}:00.000+00:00", **changes), folder))
        for i in range(count)
    ]


def test_records_of_the_same_machine_are_gathered_oldest_first(tmp_path):
    written = saved(tmp_path, 4)
    other = dataclasses.replace(MACHINE, name="another")
    save(record(timed("a"), machine=other), tmp_path)
    past = past_records(tmp_path, [written[0]])
    assert [item.created for item in past] == [item.created for item in written]
    assert {item.machine.name for item in past} == {MACHINE.name}


def test_the_folder_of_a_record_counts_wherever_it_is(tmp_path):
    written = saved(tmp_path / "here", 3)
    assert len(past_records(tmp_path / "nowhere", [written[2]])) == 3
    assert past_records(tmp_path / "nowhere", [dataclasses.replace(written[2], path=None)]) == []


def test_files_that_are_no_records_are_passed_over(tmp_path):
    (first, *_) = saved(tmp_path, 1)
    folder = tmp_path / MACHINE.name
    (folder / "notes.json").write_text("{}")
    (folder / "20260101T000000.000Z-0123456789ab.json").write_text("cut o")
    assert [item.path for item in past_records(tmp_path, [first])] == [first.path.resolve()]


def test_the_newest_are_enough(tmp_path):
    written = saved(tmp_path, MAX_RECORDS + 3)
    past = past_records(tmp_path, [written[0]])
    assert len(past) == MAX_RECORDS
    assert past[-1].created == written[-1].created
