"""Public tables held against small facts. The layouts are those of the publishers; every figure here is made up."""

import math
from pathlib import Path

import pytest

from flopwatt import configs
from flopwatt.bench.errors import InputError
from flopwatt.bench.facts import facts_diff
from flopwatt.bench.facts.facts_diff import FactsDiff, FigurePair, compare_file

HARDWARE = """Hardware name,Manufacturer,Release price (USD),Tensor-FP16/BF16 performance (FLOP/s),Memory (bytes),TDP (W)
NVIDIA H100 SXM5 80GB,NVIDIA,{price},{peak},80000000000.0,{tdp}
Nobody's chip,Nobody,1.0,1e15,1e9,1.0
"""


def compared(folder: Path, text: str) -> FactsDiff:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return compare_file(path)


def hardware(folder: Path, price: object = "", peak: object = "", tdp: object = "") -> FactsDiff:
    return compared(folder, HARDWARE.format(price=price, peak=peak, tdp=tdp))


def test_what_agrees_what_differs_and_what_either_lacks(tmp_path: Path) -> None:
    row = configs.load("hardware").find("h100-sxm-80gb")
    result = hardware(tmp_path, peak=row.values["peak_bf16"] * 1.009, tdp=row.values["tdp"] * 1.2)
    assert [pair.quantity for pair in result.agreeing] == ["peak_bf16", "memory_capacity"]
    (tdp,) = result.differing
    assert (tdp.row, tdp.their_name, tdp.quantity) == (row.key, "NVIDIA H100 SXM5 80GB", "tdp")
    assert tdp.change == pytest.approx(0.2)
    assert tdp.source == row.fact_source("tdp")
    assert result.unknown == ("Nobody's chip",)
    assert row.name not in result.absent
    assert len(result.absent) == len(configs.load("hardware").rows) - 1
    assert result.plain()["agreeing"] == 2


def test_a_price_within_the_range_agrees_and_beyond_it_is_told_from_the_nearer_end(tmp_path: Path) -> None:
    values = configs.load("hardware").find("h100-sxm-80gb").values
    low, high = values["chip_price_low"], values["chip_price_high"]
    (middle,) = (pair for pair in hardware(tmp_path, price=(low + high) / 2).agreeing if pair.quantity == "chip_price_low")
    assert middle.change == 0
    (dear,) = hardware(tmp_path, price=1.5 * high).differing
    (cheap,) = hardware(tmp_path, price=0.5 * low).differing
    assert (dear.change, cheap.change) == pytest.approx((0.5, -0.5))
    assert dear.words() == "chip price"


def test_a_figure_that_is_not_published_here_is_listed(tmp_path: Path) -> None:
    row = configs.load("hardware").find("a100-sxm-80gb")
    assert math.isnan(row.values["peak_fp8"])
    text = "Hardware name,FP8 performance (FLOP/s),TDP (W)\nNVIDIA A100 SXM4 80 GB,1e15,\n"
    (pair,) = compared(tmp_path, text).lacking
    assert (pair.quantity, pair.theirs, pair.known) == ("peak_fp8", 1e15, False)
    assert pair.plain()["ours"] is None


def test_of_several_years_the_last_with_a_figure_is_taken(tmp_path: Path) -> None:
    text = "Entity,Code,Year,Carbon intensity of electricity - gCO2/kWh\n"
    lines = "France,FRA,2023,900\nFrance,FRA,2025,\nFrance,FRA,2024,950\nFrance,FRA,2022,1000\n"
    (pair,) = compared(tmp_path, text + lines).differing
    assert pair.plain()["theirs"] == pytest.approx(0.95)  # kgCO2e/kWh
    assert pair.year == "2024"
    assert "(2024)" in pair.their_text()


def test_of_embers_variables_the_intensity_alone_is_read(tmp_path: Path) -> None:
    text = "Area,ISO 3 code,Year,Variable,Unit,Value\n"
    lines = "United States of America,USA,2024,Demand,TWh,4000\nUnited States of America,USA,2024,CO2 intensity,gCO2/kWh,900\n"
    (pair,) = compared(tmp_path, text + lines).differing
    assert (pair.row, pair.plain()["theirs"]) == ("usa", pytest.approx(0.9))


def test_decimal_commas_between_semicolons(tmp_path: Path) -> None:
    text = "\ufeffEntity;Code;Year;Carbon intensity of electricity - gCO2/kWh\nFrance;FRA;2024;1.234,5\n"
    (pair,) = compared(tmp_path, text).differing
    assert pair.plain()["theirs"] == pytest.approx(1.2345)


@pytest.mark.parametrize(
    ("heading", "cell"),
    [("TDP (kW)", "0.7"), ("TDP [W]", "700"), ("TDP (W)", "0.7 kW"), ("TDP", "700 W"), ("TDP (kW)", "700 W")],
)
def test_another_unit_is_converted(heading: str, cell: str, tmp_path: Path) -> None:
    result = compared(tmp_path, f"Hardware name,{heading}\nNVIDIA H100 SXM5 80GB,{cell}\n")
    assert [(pair.quantity, pair.theirs) for pair in result.agreeing] == [("tdp", pytest.approx(700, rel=1e-12))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Hardware name,TDP\nNVIDIA H100 SXM5 80GB,700\n", "line 2: TDP .W. holds '700', and nothing tells its unit"),
        ("Hardware name,TDP (horses)\nNVIDIA H100 SXM5 80GB,1\n", r"has a column 'TDP \(horses\)', a unit that is not read"),
        ("Hardware name,TDP (kW),TDP (MW)\nNVIDIA H100 SXM5 80GB,1,1\n", r"two columns of one quantity, 'TDP \(kW\)' and"),
        ("Hardware name,TDP (W)\nNVIDIA H100 SXM5 80GB,700 kg\n", "line 2: TDP .W. holds '700 kg'; .*converts to 'W'"),
        ('Hardware name,TDP (W)\nNVIDIA H100 SXM5 80GB,"700,5"\n', "line 2: TDP .W. holds '700,5'; write 700.5"),
        ("Hardware name;TDP (W)\nNVIDIA H100 SXM5 80GB;1,200\n", "holds '1,200', and no number .* 1200 or 1.2"),
    ],
)
def test_a_unit_or_a_sign_that_is_not_known_is_refused(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        compared(tmp_path, text)


def test_embers_unit_is_converted(tmp_path: Path) -> None:
    text = "Area,ISO 3 code,Year,Variable,Unit,Value\nUnited States of America,USA,2024,CO2 intensity,{unit},{value}\n"
    (pair,) = compared(tmp_path, text.format(unit="kgCO2/MWh", value=900)).differing
    assert pair.plain()["theirs"] == pytest.approx(0.9)
    with pytest.raises(InputError, match="line 2: Unit holds 'TWh', a unit that is not read"):
        compared(tmp_path, text.format(unit="TWh", value=900))


def test_models_by_parameters_and_tokens(tmp_path: Path) -> None:
    text = "Model,Parameters,Training compute (FLOP),Training dataset size (gradients)\n"
    lines = 'DeepSeek-V3,671000000000.0,1e24,"29,600,000,000,000"\n'
    result = compared(tmp_path, text + lines)
    assert [pair.quantity for pair in result.agreeing] == ["published_parameters"]
    (tokens,) = result.differing
    assert tokens.change == pytest.approx(1)


def test_the_row_that_differs_by_most_comes_first() -> None:
    def pair(row: str, quantity: str, theirs: float) -> FigurePair:
        return FigurePair(row, row, row, "", quantity, "W", 1.0, 1.0, theirs, 0.01, configs.FactSource("x"))

    pairs = [pair("a", "p", 1.1), pair("b", "p", 1.2), pair("a", "q", 3.0), pair("b", "q", 0.9)]
    assert [(p.row, p.quantity) for p in facts_diff._sorted(pairs)] == [("a", "q"), ("a", "p"), ("b", "p"), ("b", "q")]


def test_a_figure_beside_nothing_has_no_end_of_change() -> None:
    zero = FigurePair("a", "a", "a", "", "tdp", "W", 0.0, 0.0, 5.0, 0.01, configs.FactSource("x"))
    assert zero.change == math.inf
    assert not zero.agrees


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "France,FRA,2024,-3",
            "line 2: Carbon intensity of electricity - gCO2/kWh holds -3; nothing that is compared is below 0",
        ),
        ("France,FRA,soon,44", "line 2: Year holds 'soon'; write a number"),
    ],
)
def test_what_no_figure_can_be_is_refused(line: str, message: str, tmp_path: Path) -> None:
    text = f"Entity,Code,Year,Carbon intensity of electricity - gCO2/kWh\n{line}\n"
    with pytest.raises(InputError, match=message):
        compared(tmp_path, text)
