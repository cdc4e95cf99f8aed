"""Shards that are merged have the bits of one run; those that do not belong together are named."""

import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from spread_studies import EVERY_KIND, answers, flopwatt, load, results_of, table_text, write_study

from flopwatt.bench.cli import cli
from flopwatt.bench.errors import InputError
from flopwatt.bench.spread.merged_shards import MergedSpread, read_parts
from flopwatt.bench.spread.opening import opened
from flopwatt.bench.spread.part_of_study import compute_shard, write_part
from flopwatt.bench.spread.shard import Shard
from flopwatt.bench.spread.shared_study import SharedStudy
from flopwatt.bench.spread.spreading import Spreading
from flopwatt.bench.study.loader import load_study
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings


def write_shards(study: Path, count: int, *options: object) -> list[Path]:
    paths = []
    for number in range(1, count + 1):
        paths.append(study.with_name(f"{study.stem}-{number}-of-{count}.fw"))
        result = flopwatt("run", study, "--engine", "numba", "--shard", f"{number}/{count}", "--out", paths[-1], *options)
        assert result.exit_code == 0, result.stderr
        assert f"Computed shard {number}/{count} of {study.stem} by numba in " in result.stdout
    return paths


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 7])
def test_shards_in_any_order_have_the_bits_of_one_run(tmp_path: Path, count: int) -> None:
    study = write_study(tmp_path)
    expected = answers(flopwatt("run", study, "--engine", "numba", "--json"))
    paths = write_shards(study, count)
    random.Random(count).shuffle(paths)
    assert answers(flopwatt("merge", *paths, "--json")) == expected


@pytest.mark.slow
def test_many_more_shards_than_steps(tmp_path: Path) -> None:
    path = write_study(tmp_path, EVERY_KIND.replace("num = 60", "num = 3"))
    study = load_study(path, only=("unmet", "front"))
    parts = []
    for number in range(64, 0, -1):
        spreading = Spreading(shard=Shard(number, 64))
        with opened(spreading, study, "numba", "float64", None, lambda line: None) as (shared, origin):
            compute_shard(shared, "float64", lambda label: None)
            parts.append(tmp_path / f"{number}.fw")
            write_part(parts[-1], shared, Shard(number, 64), origin, {})
    merged = SharedStudy(study, "numba", MergedSpread(read_parts(parts)), None, lambda line: None).collapsing()
    for question in study.questions:
        expected = engines.get("numba").prepare(study.problem, question, Settings()).run()
        result = merged.prepare(study.problem, question, Settings()).run()
        for name, values in expected.values.items():
            np.testing.assert_array_equal(result.values[name], values, err_msg=f"{question.name} {name}")


def test_shards_that_do_not_belong_together_are_named(tmp_path: Path) -> None:
    one, two = write_shards(write_study(tmp_path), 2, "--question", "best")
    (other, _) = write_shards(write_study(tmp_path, name="other"), 2, "--question", "best")
    (three, *_) = write_shards(write_study(tmp_path), 3, "--question", "best")
    (single,) = write_shards(write_study(tmp_path, name="single"), 1, "--question", "best", "--dtype", "float32")
    again = tmp_path / "again.fw"
    again.write_bytes(one.read_bytes())
    cut = tmp_path / "cut.fw"
    cut.write_bytes(two.read_bytes()[:-200])
    for paths, told in (
        ((one,), "the parts: shard 2 of 2 is missing; name the files of all"),
        ((one, again, two), f"{again}: is shard 1/2, as {one} is; name each shard once"),
        ((one, other), f"{other}: is of the study 'other', not of 'study'"),
        ((one, three), f"{three}: is shard 1/3 and {one} is 1/2; merge shards of one count"),
        ((one, single), f"{single}: is of the study 'single', not of 'study', unlike {one}"),
        ((one, one), f"{one}: is named twice; name each shard once"),
        ((one, cut), f"{cut}: is no whole file of parts"),
        ((one, tmp_path / "none.fw"), f"{tmp_path / 'none.fw'}: there is no such file"),
    ):
        with pytest.raises(InputError) as caught:
            read_parts(paths)
        assert str(caught.value).startswith(told)
    result = flopwatt("merge", one)
    assert (result.exit_code, result.stderr) == (2, "Error: the parts: shard 2 of 2 is missing; name the files of all\n")


def test_a_study_that_has_changed_since_is_refused(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    paths = write_shards(study, 2, "--question", "best")
    study.write_text(EVERY_KIND.replace("15e12", "16e12"))
    result = flopwatt("merge", *paths)
    assert result.exit_code == 2
    assert f"--study: {study} is not the study that {paths[0]} is of, or its text has changed since" in result.stderr
    study.unlink()
    assert "--study" in flopwatt("merge", *paths).stderr
    moved = write_study(tmp_path, name="moved")
    assert "of the study" not in flopwatt("merge", *paths, "--study", moved).stderr


def test_a_part_of_another_study_is_not_replaced(tmp_path: Path) -> None:
    part, study = tmp_path / "1.fw", write_study(tmp_path)
    command = ("--question", "best", "--shard", "1/2", "--out", part)
    assert flopwatt("run", study, *command).exit_code == 0
    assert flopwatt("run", study, *command, "--set", "tokens=1e12").exit_code == 0
    before = part.read_bytes()
    other = flopwatt("run", study, "--question", "best", "--set", "tokens=1e12", "--shard", "2/2", "--out", part)
    assert f"--out: {str(part)!r} is shard 1/2, not 2/2" in other.stderr
    refused = flopwatt("run", "quick", "--shard", "1/2", "--out", part)
    told = f"--out: {str(part)!r} is a part of the study 'study'; name another file, or remove it"
    assert (refused.exit_code, told in refused.stderr) == (2, True)
    assert part.read_bytes() == before
    part.write_text("a letter")
    assert f"--out: {str(part)!r} is there, and no part of a study" in flopwatt("run", study, *command).stderr
    assert part.read_text() == "a letter"


def test_more_shards_than_parts_are_said_to_gain_nothing(tmp_path: Path) -> None:
    result = flopwatt("run", "quick", "--engine", "numba", "--shard", "1/1000000", "--out", tmp_path / "1.fw")
    assert result.exit_code == 0, result.stderr
    assert "more shards than that gain nothing. Nothing fell to this one." in result.stdout
    result = flopwatt("run", "quick", "--engine", "numba", "--shard", "1/2", "--out", tmp_path / "1.fw")
    assert "gain nothing" not in result.stdout


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--shard", "0/16", "--out", "a.fw"), "--shard: there is no shard 0/16"),
        (("--shard", "17/16", "--out", "a.fw"), "--shard: there is no shard 17/16"),
        (("--shard", "1/2"), "--out: is needed"),
        (("--shard", "1/2", "--out", "a.csv"), "--out: 'a.csv' is no file of a part"),
        (("--shard", "1/2", "--out", "a.fw", "--json"), "--json: a shard prints and draws no answers"),
        (("--shard", "1/2", "--out", "a.fw", "--plot", "a.svg"), "--plot: a shard prints and draws no answers"),
        (("--checkpoint", "c", "--save", "r"), "--save: a record times one engine"),
        (("--checkpoint", "c", "--engine", "all"), "--engine: one engine computes what is shared out"),
        (("--shard", "1/2", "--out", "a.fw", "--full"), "--full: a shard prints and draws no answers"),
        (("--device", "all"), "--device: all: no GPU engine can run here"),
        (("--device", "0"), "--device: 0: no GPU engine can run here"),
        (("--device", "1", "--engine", "numba"), "--device: 1: numba runs on no GPU"),
        (("--device", "-1"), "--device: must be at least 0"),
        (("--dask", "here"), "--dask: 'here' is no address"),
        (("--dask", "local:0"), "--dask: 'local:0' names no number of workers"),
        (("--dask", "local:2", "--threads", "2"), "--threads: does not go with --dask"),
        (("--table", "a.csv"), "--table: 'a.csv' ends in neither .parquet"),
        (("--table", "a.parquet"), "--table: takes one table, and the study asks for no table"),
        (("--dask", "local:2", "--engine", "nix"), "--engine: there is no engine 'nix'"),
        (("--dask", "local:" + "9" * 5000), "--dask: 'local:999"),
        (("--shard", "1/" + "9" * 5000, "--out", "a.fw"), "--shard: '1/999"),
        (("--checkpoint", "c", "--dtype", "float16"), "--dtype: there is no dtype 'float16'"),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], told: str) -> None:
    monkeypatch.chdir(tmp_path)
    write_study(tmp_path)
    result = flopwatt("run", "study.toml", *options)
    assert result.exit_code == 2
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith(f"Error: {told}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study.toml"]


def test_tables_and_statistics_of_shards(tmp_path: Path) -> None:
    study = write_study(tmp_path, table_text('where = ["cost >= 20e6 USD"]'))
    expected = answers(flopwatt("run", study, "--engine", "numba", "--json"))
    place = tmp_path / "rows.parquet"
    paths = write_shards(study, 3, "--table", place)
    assert (place / ".unfinished.json").exists()
    assert answers(flopwatt("merge", *paths, "--json")) == expected
    assert not (place / ".unfinished.json").exists()
    import pyarrow.dataset

    rows = pyarrow.dataset.dataset(place).to_table()
    assert rows.num_rows == expected[0]["rows"]
    assert rows["scenario"].to_pylist() == sorted(set(rows["scenario"].to_pylist()))


def test_a_checkpoint_of_every_kind(tmp_path: Path) -> None:
    study = load(tmp_path)
    whole = results_of(study, Spreading(checkpoint=tmp_path / "done"))
    again = results_of(study, Spreading(checkpoint=tmp_path / "done"))
    for name, result in whole.items():
        for key, values in result.values.items():
            assert (again[name].values[key].tobytes()) == values.tobytes(), (name, key)


def test_a_table_of_shards_is_checked_before_it_counts_as_whole(tmp_path: Path) -> None:
    study, place = write_study(tmp_path, table_text()), tmp_path / "rows.zarr"
    both = write_shards(study, 2, "--table", place)
    shutil.rmtree(place / "cost" / "c")
    result = flopwatt("merge", *both)
    assert (result.exit_code, "lacks 1 of 1 parts of the table; compute shard 2 of 2 again" in result.stderr) == (2, True)
    assert (place / ".unfinished.json").exists()
    shutil.rmtree(place)
    assert "there is no such folder, into which the table was written" in flopwatt("merge", *both).stderr
    second = both[1].read_bytes()
    first, _ = write_shards(study, 2, "--table", tmp_path / "other.parquet")
    both[1].write_bytes(second)
    told = f"{both[1]}: was computed with other places of the table, unlike {first}; give all shards the same"
    assert told in flopwatt("merge", first, both[1]).stderr


def test_shards_of_no_table_file_leave_those_of_others(tmp_path: Path) -> None:
    study, place = write_study(tmp_path, table_text()), tmp_path / "rows.parquet"
    for number in (3, 2, 1):  # the table has one file, which the last shard has
        path = tmp_path / f"{number}.fw"
        result = flopwatt("run", study, "--engine", "numba", "--shard", f"{number}/3", "--out", path, "--table", place)
        assert result.exit_code == 0, result.stderr
        assert len(list(place.glob("part-*"))) == 1
    assert flopwatt("merge", *(tmp_path / f"{number}.fw" for number in (1, 2, 3))).exit_code == 0


def test_two_questions_of_one_statistic(tmp_path: Path) -> None:
    twice = (
        EVERY_KIND.partition("[[questions]]")[0]
        + """[[questions]]
summary = "P50(cost)"
[[questions]]
quantiles = "P50(cost)"
"""
    )
    study = write_study(tmp_path, twice)
    expected = answers(flopwatt("run", study, "--engine", "numba", "--json"))
    assert answers(flopwatt("merge", *write_shards(study, 2), "--json")) == expected


def test_shards_may_have_one_checkpoint(tmp_path: Path) -> None:
    study, folder = write_study(tmp_path), tmp_path / "done"
    options = ("--question", "summary", "--checkpoint", folder)
    write_shards(study, 3, *options)
    kept = {path: path.stat().st_mtime_ns for path in folder.glob("*/*")}
    write_shards(study, 3, *options)
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*/*")} == kept


def test_other_options_are_named(tmp_path: Path) -> None:
    study, parts = write_study(tmp_path), [tmp_path / "1.fw", tmp_path / "2.fw"]
    for number, path in enumerate(parts, 1):
        options = ("--currency", "EUR") if number == 2 else ()
        flopwatt("run", study, "--engine", "numba", "--question", "best", "--shard", f"{number}/2", "--out", path, *options)
    assert (
        f"{parts[1]}: was computed with other options, unlike {parts[0]}; give all shards the same"
        in flopwatt("merge", *parts).stderr
    )


def test_shards_of_the_standard_input_want_a_file(tmp_path: Path) -> None:
    path = tmp_path / "1.fw"
    run = CliRunner().invoke(cli, ["run", "-", "--engine", "numba", "--shard", "1/1", "--out", str(path)], input=EVERY_KIND)
    assert run.exit_code == 0, run.stderr
    assert "--study: the shards read it from the standard input; name a file of it" in flopwatt("merge", path).stderr
    assert flopwatt("merge", path, "--study", write_study(tmp_path)).exit_code == 0
