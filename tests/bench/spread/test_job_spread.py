"""Parts in one process: side by side by threads where each is one thread's, and the bits of one run."""

from pathlib import Path

import numpy as np
import pytest
from spread_studies import DRAWN, answers, flopwatt, load, results_of, table_text, write_study

from flopwatt.bench.spread.spreading import Spreading
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings

STATISTICS = (
    DRAWN.replace("num = 60", "num = 300").replace("draws = 64", "draws = 512")
    + """[[questions]]
name = "summary"
summary = "P50(cost)"
[[questions]]
name = "quantiles"
quantiles = "P90(energy)"
by = ["chip"]
"""
)


@pytest.mark.slow
def test_threads_that_compute_statistics_do_not_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flopwatt.bench.spread.cuts.PART_SECONDS", 1e-3)
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    study = load(tmp_path, STATISTICS)
    expected = {q.name: engines.get("numpy").prepare(study.problem, q, Settings()).run() for q in study.questions}
    for _ in range(3):
        for name, result in results_of(study, Spreading(checkpoint=None), "numpy").items():
            for key, values in expected[name].values.items():
                np.testing.assert_array_equal(result.values[key], values, err_msg=f"{name} {key}")


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_threads_that_write_a_table_do_not_meet(tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow.dataset

    from flopwatt.bench.spread.stretches import Stretches

    monkeypatch.setattr("flopwatt.bench.spread.cuts.PART_SECONDS", 1e-5)
    monkeypatch.setattr("flopwatt.bench.spread.table_job.Stretches", lambda shape: Stretches(shape, 700))
    study = write_study(tmp_path, table_text('where = ["cost >= 20e6 USD"]').replace("num = 50", "num = 500"))
    expected = answers(flopwatt("run", study, "--engine", engine, "--json"))
    plain = tmp_path / "plain.parquet"
    assert flopwatt("run", study, "--engine", engine, "--out", plain).exit_code == 0
    whole = pyarrow.dataset.dataset(plain).to_table()
    for attempt in range(3):
        place = tmp_path / f"{attempt}.parquet"
        assert answers(flopwatt("run", study, "--engine", engine, "--json", "--threads", 8, "--table", place)) == expected
        rows = pyarrow.dataset.dataset(place).to_table()
        for name in whole.column_names:
            assert rows[name].to_pylist() == whole[name].to_pylist(), name
