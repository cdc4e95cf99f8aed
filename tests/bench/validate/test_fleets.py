"""Fleets as cases: the chips that words name, the basis of a power, and what is predicted both ways."""

import pytest

from flopwatt.bench.validate import fleets
from flopwatt.bench.validate.fleets import FLEETS
from flopwatt.bench.validate.rows import CaseRow, UnpredictableError


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
        ("0.5 million H100", ["h100-sxm-80gb"], [1]),
        ("37,888 MI250X GCDs", ["mi250x-die"], [1]),
    ],
)
def test_the_chips_of_a_fleet(text: str, keys: list[str], shares: list[float]) -> None:
    chips = fleets.parts(text)
    assert [part.chip.key for part in chips] == keys
    assert [part.share for part in chips] == pytest.approx(shares)


@pytest.mark.parametrize("text", ["", "custom", "A100..B300", "mixed", "MI450+", "150k H100 + H200", "1,5M H100 + 2k H200"])
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
