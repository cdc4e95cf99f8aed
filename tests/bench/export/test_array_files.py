"""netCDF and zarr read back by xarray: the answers' numbers, units, sources, names for people and the study."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray
from hostile_study import LONG, SITES, TEXT, hostile_run

from flopwatt.bench.errors import InputError
from flopwatt.bench.export import array_files
from flopwatt.bench.export.answer_files import check_path, write
from flopwatt.bench.export.file_names import slugs

OPEN: dict[str, dict[str, Any]] = {".nc": {"engine": "netcdf4"}, ".zarr": {"engine": "zarr", "consolidated": False}}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return hostile_run(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module", params=[".nc", ".zarr"])
def tree(request: pytest.FixtureRequest, run: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("out") / f"answers{request.param}"
    assert write(run, path) == [path]
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    return xarray.open_datatree(path, **OPEN[request.param]).load()


def test_each_question_is_a_group_below_the_study(run: Any, tree: Any) -> None:
    names = [answer.name for answer in run.answers]
    assert set(tree.children) == set(slugs(names))
    assert tree.attrs["study_toml"].encode() == TEXT.encode("utf-8", "backslashreplace")
    assert tree.attrs["study_sha256"] == run.study.digest
    assert tree.attrs["questions"].split("\n") == names
    assert tree.attrs["source"].startswith("flopwatt ")


def test_numbers_units_and_words_are_the_answers(run: Any, tree: Any) -> None:
    answer = run.answers[0]
    data = tree[slugs([LONG])[0]]
    np.testing.assert_array_equal(data["run_time"].values, answer.values["run_time"].data)
    assert data["run_time"].attrs == {
        "long_name": "run time", "units": "s", "source": "definition", "flopwatt_name": "run_time",
    }  # fmt: skip
    assert data["site"].values.tolist() == SITES
    assert data["run_time"].dims == ("site", "year", "quantile")
    assert data.attrs["question"] == LONG


def test_statistics_have_names_that_netcdf_takes(run: Any, tree: Any) -> None:
    decided = run.answers[1]
    data = tree[slugs([answer.name for answer in run.answers])[1]]
    assert data["P50_run_time"].attrs["flopwatt_name"] == "P50(run_time)"
    np.testing.assert_array_equal(data["P50_run_time"].values, decided.values["P50(run_time)"].data)
    assert all(name.isidentifier() for name in data.variables)


def test_a_table_has_every_row(run: Any, tree: Any) -> None:
    data, answer = tree["all-of-it"], run.answer("all of it")
    assert data.sizes["scenario"] == answer.total
    np.testing.assert_array_equal(data["run_time"].values, answer.values["run_time"].data)


def test_a_table_that_is_too_large_for_an_array_is_refused_before_the_work(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(array_files, "MAX_TABLE_POINTS", 100)
    with pytest.raises(InputError, match=r"'all of it' may have 108 rows, above 100; .parquet and .csv are written row by row"):
        check_path(tmp_path / "out.nc", run.study)
    check_path(tmp_path / "out.nc", run.study, ["bins"])


def test_a_store_takes_the_place_of_another_and_of_no_other_folder(run: Any, tmp_path: Path) -> None:
    store = tmp_path / "out.zarr"
    write(run, store, ["bins"])
    write(run, store, ["shares"])
    assert set(xarray.open_datatree(store, **OPEN[".zarr"]).children) == {"shares"}
    (tmp_path / "link.zarr").symlink_to("out.zarr")
    write(run, tmp_path / "link.zarr", ["bins"])
    assert (tmp_path / "link.zarr").is_symlink()
    assert set(xarray.open_datatree(store, **OPEN[".zarr"]).children) == {"bins"}
    other = tmp_path / "mine.zarr"
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="is a folder and no zarr store"):
        write(run, other)
    assert (other / "thesis.txt").read_text() == "mine"


@pytest.mark.parametrize("ending", [".nc", ".zarr"])
def test_a_write_that_fails_leaves_the_old_one(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    write(run, path, ["bins"])

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(array_files, "_dataset", fail)
    with pytest.raises(InputError, match="could not be written"):
        write(run, path, ["shares"])
    assert set(xarray.open_datatree(path, **OPEN[ending]).children) == {"bins"}
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("lack", "words"),
    [("No space left on device", "No space left on device"), (None, "the library for .nc failed: NetCDF: HDF error")],
)
def test_a_full_disk_is_one_line(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lack: Any, words: str) -> None:
    def fail(*args: Any, **more: Any) -> None:
        raise RuntimeError("NetCDF: HDF error")

    monkeypatch.setattr("xarray.Dataset.to_netcdf", fail)
    monkeypatch.setattr(array_files, "lack_of_space", lambda folder: lack)
    with pytest.raises(InputError, match=words):
        write(run, tmp_path / "out.nc")
    assert list(tmp_path.iterdir()) == []
