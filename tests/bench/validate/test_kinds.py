"""Reading cases: what words in cells mean, fleets of several chips, scopes and conventions."""

import math
from pathlib import Path

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.scenario import StatedValue
from flopwatt.bench.validate import cases, fleets, rows, training_runs
from flopwatt.bench.validate.fleets import FLEETS
from flopwatt.bench.validate.results import Findings, LeftOut, Predicted, baseline_summaries, summaries
from flopwatt.bench.validate.rows import CaseRow, UnpredictableError
from flopwatt.bench.validate.run import SHIPPED, kind_of, kinds
from flopwatt.bench.validate.training_runs import TRAINING_RUNS


@pytest.mark.parametrize(
    ("text", "keys", "shares"),
    [
        ("H100", ["h100-sxm-80gb"], [1]),
        ("150k H100 + 50k H200", ["h100-sxm-80gb", "h200-sxm"], [0.75, 0.25]),
        ("GB200/GB300", ["gb200-nvl72", "gb300-nvl72"], [0.5, 0.5]),
        ("H100/H200 mostly", ["h100-sxm-80gb", "h200-sxm"], [0.5, 0.5]),
        ("Vera Rubin & later", ["vr200-nvl72"], [1]),
        ("GB200 NVL72", ["gb200-nvl72"], [1]),
        ("30,000 H100 + 0.01M TPU v7", ["h100-sxm-80gb", "tpu-v7-ironwood"], [0.75, 0.25]),
        ("30k GB200 and 10k H100s", ["gb200-nvl72", "h100-sxm-80gb"], [0.75, 0.25]),
        ("NVIDIA H100 80GB", ["h100-sxm-80gb"], [1]),
    ],
)
def test_the_chips_of_a_fleet(text: str, keys: list[str], shares: list[float]) -> None:
    chips = fleets.parts(text)
    assert [part.chip.key for part in chips] == keys
    assert [part.share for part in chips] == pytest.approx(shares)


@pytest.mark.parametrize("text", ["", "custom", "A100..B300", "mixed", "MI450+", "150k H100 + H200"])
def test_a_fleet_of_unknown_chips_is_left_with_the_reason(text: str) -> None:
    with pytest.raises(UnpredictableError):
        fleets.parts(text)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("facility MW (Epoch)", "peak_facility_power_per_chip"),
        ("facility GW (announced)", "peak_facility_power_per_chip"),
        ('IT MW ("more than 200 MW")', "peak_it_power_per_chip"),
        ("active (IT) MW", "peak_it_power_per_chip"),
        ("critical IT MW", "peak_it_power_per_chip"),
        ("rack IT MW", "peak_server_power"),
        ("sum of chip TDP (not facility)", "tdp"),
        ("capacity MW", "peak_facility_power_per_chip"),
        ("average facility MW", "facility_power_per_chip"),
        ("average IT MW", "it_power_per_chip"),
        ("HPL MW (Top500)", "it_power_per_chip"),
    ],
)
def test_a_power_basis(text: str, quantity: str) -> None:
    assert fleets.basis(text) == quantity


def fleet(**cells: object) -> CaseRow:
    return CaseRow(
        {"project": "x", "chips": 1000, "chip_type": "H100", "power_mw": 2, "power_basis": "facility MW", **cells}, "x"
    )


def test_both_ways_are_one_relation() -> None:
    power, count = FLEETS.predict([fleet()], 512).predicted
    assert (power.quantity, power.unit, count.quantity, count.unit) == ("facility_power", "MW", "chip_count", "chip")
    assert power.predicted / 1000 == pytest.approx(2 / count.predicted)
    assert power.low is not None
    assert count.high is not None
    assert power.low / 1000 == pytest.approx(2 / count.high)


def test_a_mixture_lies_between_its_parts() -> None:
    hot, cold, both = (
        FLEETS.predict([fleet(chip_type=chips)], 512).predicted[0].predicted for chips in ("GB300", "A100", "GB300/A100")
    )
    assert both == pytest.approx((hot + cold) / 2, rel=0.01)


def test_dies_are_counted_where_the_maker_counts_them() -> None:
    packages = FLEETS.predict([fleet(chip_type="GB200", power_basis="sum of chip TDP")], 128).predicted[0]
    dies = FLEETS.predict([fleet(chip_type="Vera Rubin", power_basis="sum of chip TDP")], 128).predicted[0]
    assert packages.predicted == pytest.approx(1.2)
    assert dies.predicted == pytest.approx(0.9)  # 1,800 W a package of two
    assert "by the die" in dies.note


@pytest.mark.parametrize("cells", [{"chips": None}, {"power_mw": None}, {"power_basis": "megawatts of something"}])
def test_what_a_fleet_lacks_is_said(cells: dict[str, object]) -> None:
    findings = FLEETS.predict([CaseRow({k: v for k, v in fleet(**cells).cells.items() if v is not None}, "x")], 128)
    assert not findings.predicted
    assert findings.left_out[0].reason


@pytest.mark.parametrize(
    ("scope", "target"),
    [
        ("system incl host, x PUE", "energy"),
        ('GPU only, raw (x PUE not included)', "chip_energy"),
        ("GPU (measured; scope per Ai2)", "chip_energy"),
        ("datacenter (GPU x 1.74 overhead)", "energy"),
        ("node", "server_energy"),
        ("IT", "it_energy"),
        ("GPU x PUE 1.1", "energy"),
        ("facility", "energy"),
    ],
)  # fmt: skip
def test_an_energy_scope(scope: str, target: str) -> None:
    stated: dict[str, StatedValue] = {}
    assert training_runs.energy_scope(scope, stated) == target
    assert ("host_load" in stated) == (scope == "GPU x PUE 1.1")


def test_a_scope_that_says_nothing_is_left() -> None:
    with pytest.raises(UnpredictableError, match="no energy scope"):
        training_runs.energy_scope("", {})
    with pytest.raises(UnpredictableError, match="does not say"):
        training_runs.energy_scope("measured", {})


@pytest.mark.parametrize(
    ("cells", "convention"),
    [
        ({"flops_basis": "Epoch 6ND"}, 2.0),
        ({"flops_basis": "paper"}, 2.0),
        ({"flops_basis": "paper, full attention"}, 1.0),
        ({"flops_basis": "causal"}, 0.0),
    ],
)
def test_a_flops_convention(cells: dict[str, str], convention: float) -> None:
    assert training_runs.flops_convention(CaseRow(cells, "x")) == convention


@pytest.mark.parametrize("cells", [{}, {"flops_basis": "Epoch"}, {"flops_basis": "paper", "notes": "incl attention"}])
def test_a_convention_that_is_not_stated_is_left(cells: dict[str, str]) -> None:
    with pytest.raises(UnpredictableError):
        training_runs.flops_convention(CaseRow(cells, "x"))


@pytest.mark.parametrize(("text", "bits"), [("bf16", 16), ("", 16), ("fp8", 8), ("mxfp8", 8), ("NVFP4", 4), ("fp16/bf16", 16)])
def test_a_precision(text: str, bits: int) -> None:
    assert cases.precision_of(CaseRow({"precision": text}, "x")).bits == bits


def test_a_precision_that_is_stated_and_not_known_is_not_taken_for_bf16() -> None:
    assert cases.precision_of(CaseRow({}, "x")).bits == cases.precision_of(CaseRow({"precision": "n/a"}, "x")).bits == 16
    for text in ("fp32", "int8"):
        with pytest.raises(UnpredictableError, match=f"precision '{text}' is not known"):
            cases.precision_of(CaseRow({"precision": text}, "x"))


def test_summaries_count_what_has_an_interval() -> None:
    predictions = [
        Predicted("a", "q", "h", 100, 110, 90, 120, {"rule": 150}),
        Predicted("b", "q", "h", 100, 60, 50, 70, {"rule": 100}),
        Predicted("c", "q", "h", 100, 100),
    ]
    summary = summaries(predictions)["q"]
    assert (summary.n, summary.coverage) == (3, 0.5)
    assert summary.median_absolute_relative_error == pytest.approx(0.1)
    assert summary.mean_absolute_relative_error == pytest.approx(0.5 / 3)
    assert baseline_summaries(predictions)["q"]["rule"].n == 2
    assert baseline_summaries(predictions)["q"]["rule"].mean_absolute_relative_error == pytest.approx(0.25)
    gathered = Findings(predictions[:1])
    gathered.add(Findings(predictions[1:], [LeftOut("d", "q", "why")]))
    assert (len(gathered.predicted), len(gathered.left_out)) == (3, 1)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.csv", "", "holds no cases"),
        ("a.csv", "model,hardware\n", "holds no cases"),
        ("a.csv", "model,model\n1,2\n", "two columns 'model'"),
        ("a.csv", "model,hardware\nx\n", "line 2: has 1 cells for 2 columns"),
        ("a.csv", "x,y\n1,2\n", "columns do not say what it holds"),
        ("a.csv", 'model,hardware\n"x,y\n', "is not valid CSV"),
        ("a.toml", "cases = 3", "holds no cases"),
        ("a.toml", "[[cases]\n", "is not valid TOML"),
        ("a.txt", "x", "must be a .csv or a .toml"),
    ],
)
def test_a_file_that_is_wrong_is_said_in_one_line(tmp_path: Path, name: str, text: str, says: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InputError, match=says) as error:
        kind_of(rows.read(path))
    assert "\n" not in error.value.message


@pytest.mark.parametrize(
    "cell", ["seven", "inf", "-3", "0", "1,00", "1.000,5", "1e999", "1e300", "1e-300", "12 h", True, 10**400, [1], {"a": 1}]
)
def test_a_number_that_is_none_names_row_and_column(cell: object) -> None:
    row = CaseRow({"gpu_hours": cell}, "runs.csv, line 7")
    with pytest.raises(InputError, match=r"runs\.csv, line 7: gpu_hours (must|is)"):
        row.positive("gpu_hours")
    assert math.isnan(row.positive("tokens_t"))


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1,000", 1000), ("2,788,000.5", 2788000.5), ("30 840 000", 3.084e7), ("~5e6", 5e6), (" 7 ", 7), (12, 12)],
)
def test_a_number_as_people_write_it(cell: object, number: float) -> None:
    assert CaseRow({"gpu_hours": cell}, "").positive("gpu_hours") == number


@pytest.mark.parametrize("cell", ["n/a", "N/A", "nan", "-", "unknown", "Not reported", "not stated", ""])
def test_a_cell_that_says_there_is_none(cell: str) -> None:
    assert math.isnan(CaseRow({"gpu_hours": cell}, "").positive("gpu_hours"))


def test_a_csv_as_spreadsheets_leave_it(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_bytes("\ufeffModel, Hardware ,gpu_hours,,\r\n\r\nx,H100,n/a,,\r\n,,,,\r\n".encode())
    read = rows.read(path)
    assert read.columns == {"model", "hardware", "gpu_hours"}
    assert kind_of(read) is kinds()[0]
    assert [row.cells for row in read.rows] == [{"model": "x", "hardware": "H100", "gpu_hours": "n/a"}]


RUN = {
    "model": "x", "developer": "x", "year": 2024, "active_params_b": 70, "tokens_t": 2, "hardware": "H100", "gpu_hours": 600000,
}  # fmt: skip


def run(**cells: object) -> Findings:
    return TRAINING_RUNS.predict([CaseRow({k: v for k, v in (RUN | cells).items() if v is not None}, "x")], 128)


def test_hours_follow_from_chips_and_days() -> None:
    (case,) = run(gpu_hours=None, num_chips=1024, wall_days=20).predicted
    assert case.published == 1024 * 20 * 24
    assert not run(gpu_hours=None, num_chips=1024).predicted


def test_an_mfu_computed_from_the_hours_tests_nothing() -> None:
    at_forty = 6 * 70e9 * 2e12 / (0.4 * 989.4e12 * 3600)
    steady = run(mfu=0.45, reported_flops=8.4e23, gpu_hours=at_forty)
    assert [case.quantity for case in steady.predicted] == ["chip_hours", "chip_hours_given_mfu"]
    circular = run(mfu=0.4, reported_flops=8.4e23, gpu_hours=at_forty)
    assert [case.quantity for case in circular.predicted] == ["chip_hours"]
    assert ("chip_hours_given_mfu", True) in [
        (figure.quantity, "itself computed" in figure.reason) for figure in circular.left_out
    ]


def test_every_kind_tells_itself_apart() -> None:
    for name in SHIPPED:
        assert kind_of(rows.shipped(name)) in kinds()
    needs = [kind.needs for kind in kinds()]
    assert not any(a < b or b < a for a in needs for b in needs)
