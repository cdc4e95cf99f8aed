"""Records on disk: their names, their size, a full disk."""

import dataclasses
import json
import platform

import pytest
from whole_records import make_record, refused

from flopwatt.bench.errors import InputError
from flopwatt.bench.machine.info import Machine
from flopwatt.bench.records.commit import Commit
from flopwatt.bench.records.store import load, save


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


def test_one_of_500_mb_is_refused_by_its_size(tmp_path):
    path = tmp_path / "large.json"
    with open(path, "wb") as file:
        file.truncate(500_000_000)
    assert "is larger than the 100 MB that are read (500 MB)" in refused(path)
    small = save(make_record(), tmp_path)
    refused(small, "is larger than the 0.001 MB that are read", largest_bytes=1000)


def test_a_folder_and_a_missing_file(tmp_path):
    refused(tmp_path / "none.json", "there is no such record")
    refused(tmp_path, "is a folder, not a file")


def test_a_full_disk_is_a_clear_error_and_old_records_stay(tmp_path, monkeypatch):
    old = save(make_record(), tmp_path)
    before = old.read_bytes()

    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("flopwatt.bench.records.store.write_new", fails)
    with pytest.raises(InputError, match=r"could not be written \(No space left on device\); nothing was saved"):
        save(make_record(), tmp_path)
    assert [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()] == [before]
