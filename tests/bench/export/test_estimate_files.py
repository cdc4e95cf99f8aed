"""Estimates as files: the same numbers come back, one estimate or several side by side."""

import csv
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet
import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.chip_comparison import ChipComparison, UnableChip
from flopwatt.bench.estimate.estimate_result import EstimateResult
from flopwatt.bench.estimate.intervals import estimate
from flopwatt.bench.estimate.request import Request, run_of
from flopwatt.bench.export.estimate_files import check_estimate_path, write_estimate
from flopwatt.bench.prior.drawn_inputs import TARGETS
from flopwatt.kernels.model import units


def estimated(chip: str, **stated: str) -> EstimateResult:
    request = Request(model="llama-3.1-405b", chip=chip, country="france", stated=stated or {"chip_count": "16384"})
    scenario = run_of(request, TARGETS).scenario
    return EstimateResult(estimate(scenario, TARGETS, 512), scenario)


@pytest.fixture(scope="module")
def results() -> dict[str, EstimateResult]:
    return {"H100": estimated("h100"), "=B200": estimated("b200"), "TPU v5e": estimated("tpu-v5e")}


def rows_of(page: Any) -> list[dict[str, Any]]:
    heading, *rows = page.iter_rows(values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def test_a_workbook_has_a_sheet_for_each_with_its_own_numbers(results: dict[str, EstimateResult], tmp_path: Path) -> None:
    assert write_estimate(results, tmp_path / "out.xlsx") == [tmp_path / "out.xlsx"]
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["Answer", "Comparison", "H100", "=B200", "TPU v5e", "Inputs", "Assumptions", "Drivers"]
    scale = {"million": 1e6, "billion": 1e9, "thousand": 1e3}
    named = {"days": "day", "m³": "m**3"}
    for name, result in results.items():
        for row in rows_of(book[name]):
            spread = result.estimate.spreads[row["key"]]
            size, _, unit = str(row["unit"] or "").rpartition(" ")
            unit = named.get(unit, unit.removesuffix("s") if unit.endswith("s") and unit != "s" else unit)
            factor = scale.get(size, 1.0) * (units.factor(unit) / units.factor(spread.quantity.unit) if unit else 1.0)
            for column, end in (("P10", spread.low), ("median", spread.median), ("P90", spread.high)):
                own = spread.median if end is None else end
                assert row[column] == (None if own is None else pytest.approx(own / factor, rel=1e-14))
            assert bool(row["why there is none"]) == (spread.median is None)


def test_several_stand_side_by_side_with_a_chart(results: dict[str, EstimateResult], tmp_path: Path) -> None:
    write_estimate(results, tmp_path / "out.xlsx")
    page = openpyxl.load_workbook(tmp_path / "out.xlsx")["Comparison"]
    rows = rows_of(page)
    assert list(rows[0])[:5] == ["quantity", "unit", "H100: P10", "H100: median", "H100: P90"]
    assert len(rows[0]) == 2 + 3 * len(results)
    (row,) = (row for row in rows if row["quantity"] == "run time")
    assert row["unit"] == "days"
    for name, result in results.items():
        assert row[f"{name}: median"] == pytest.approx(result.quantile("run_time", 0.5) / 86400)
    assert len(page._charts) == 1
    assert page["F1"].data_type == "s"


def test_what_was_stated_and_assumed_have_sources(results: dict[str, EstimateResult], tmp_path: Path) -> None:
    write_estimate({"H100": results["H100"]}, tmp_path / "out.xlsx")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["Answer", "H100", "Inputs", "Assumptions", "Drivers"]
    inputs = {row["key"]: row for row in rows_of(book["Inputs"])}
    assert (inputs["tdp"]["value"], inputs["tdp"]["unit"]) == (700, "W")
    assert "stated with" in inputs["chip_count"]["source"]
    assert all(row["source"] for row in rows_of(book["Assumptions"]))
    assert {row["what it is"] for row in rows_of(book["Assumptions"])} == {"drawn", "fixed"}
    (mfu,) = (row for row in rows_of(book["Assumptions"]) if row["key"] == "mfu")
    assert 0.2 < mfu["P10"] < mfu["median or value"] < mfu["P90"] < 0.7
    shares = {
        (row["key of the quantity"], row["key of the input"]): row["share of the spread"] for row in rows_of(book["Drivers"])
    }
    assert shares["run_time", "mfu"] == pytest.approx(results["H100"].estimate.shares["run_time"]["mfu"])


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_tables_hold_the_numbers_in_their_own_units(results: dict[str, EstimateResult], tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    write_estimate(results, path)
    if ending == ".csv":
        with path.open(newline="", encoding="utf-8") as file:
            rows: list[dict[str, Any]] = list(csv.DictReader(file))
    else:
        rows = pyarrow.parquet.read_table(path).to_pylist()
    assert len(rows) == 3 * len(TARGETS)
    cost = next(row for row in rows if (row["estimate"], row["quantity"]) == ("H100", "cost"))
    assert (float(cost["P50"]), cost["unit"], cost["words"]) == (results["H100"].estimate.spreads["cost"].median, "USD", "cost")
    assert ending != ".csv" or {row["estimate"] for row in rows} == {"H100", "'=B200", "TPU v5e"}


def test_json_is_what_the_command_prints(results: dict[str, EstimateResult], tmp_path: Path) -> None:
    write_estimate({"H100": results["H100"]}, tmp_path / "one.json")
    assert json.loads((tmp_path / "one.json").read_text()) == json.loads(json.dumps(results["H100"].to_dict()))
    write_estimate(results, tmp_path / "all.json")
    assert json.loads((tmp_path / "all.json").read_text()) == json.loads(json.dumps(ChipComparison(results).to_dict()))
    assert [chip["inputs"]["chip_key"] for chip in json.loads((tmp_path / "all.json").read_text())["chips"]] == [
        "h100-sxm-80gb", "b200-sxm", "tpu-v5e",
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "message"), [("a.xlxs", "did you mean '.xlsx'"), ("nowhere/a.csv", "there is no folder")])
def test_a_path_that_will_not_do_is_refused_before_the_work(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_estimate_path(tmp_path / name)


def test_chips_that_were_left_out_are_not_lost(results: dict[str, EstimateResult], tmp_path: Path) -> None:
    whole = ChipComparison({"H100": results["H100"]}, (UnableChip("V100", "v100-sxm2-32gb", ("it has too little memory",)),))
    for name in ("out.json", "out.xlsx"):
        write_estimate(whole, tmp_path / name)
    content = json.loads((tmp_path / "out.json").read_text())
    assert content == json.loads(json.dumps(whole.to_dict()))
    assert content["left_out"][0]["reason"] == "it has too little memory"
    front = openpyxl.load_workbook(tmp_path / "out.xlsx")["Answer"]
    assert "V100 is left out: it has too little memory." in [row[0] for row in front.iter_rows(values_only=True)]


def test_infinity_is_a_number_and_not_empty(tmp_path: Path) -> None:
    result = estimated("h100", chip_count="16384")
    endless = replace(result.estimate.spreads["cost"], high=math.inf)
    spreads = {**result.estimate.spreads, "cost": endless}
    made = {"H100": replace(result, estimate=replace(result.estimate, spreads=spreads))}
    for ending in (".csv", ".parquet"):
        write_estimate(made, tmp_path / f"out{ending}")
    table = pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert next(row for row in table if row["quantity"] == "cost")["P90"] == math.inf
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        assert next(row for row in csv.DictReader(file) if row["quantity"] == "cost")["P90"] == "inf"
