"""Units as people write them are read as what they mean, or refused where that is not certain."""

import pytest

from flopwatt.kernels.model import units

KWH, PER_KWH = 3.6e6, 1 / 3.6e6


@pytest.mark.parametrize(
    "text",
    [
        "400 gCO2/kWh",
        "400 gCO2eq/kWh",
        "400gCO2e/kWh",
        "400 g CO2e/kWh",
        "400 gCO₂-eq per kWh",
        "400 g/kWh",
        "400 kgCO2e/MWh",
        "400 kgCO2/MWh",
        "0.4 tCO2e/MWh",
        "0.4kg/kWh",
        "0.4 kg CO2/kWh",
        "400 gco2e/kWh",
    ],
)
def test_a_carbon_intensity(text: str) -> None:
    assert units.parse(text, "kgCO2e/kWh") == pytest.approx(0.4 * PER_KWH, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1000 tCO2e", "kgCO2e", 1e6),
        ("2 MtCO2e", "kgCO2e", 2e9),
        ("10 metric tons CO2", "kgCO2e", 1e4),
        ("5 t", "kgCO2e", 5e3),
        ("100 lbs CO2/MWh", "kgCO2e/kWh", 45.359237 * PER_KWH / 1e3),
        ("0.07 $/kWh", "USD/kWh", 0.07 * PER_KWH),
        ("$0.07/kWh", "USD/kWh", 0.07 * PER_KWH),
        ("US$70/MWh", "USD/kWh", 0.07 * PER_KWH),
        ("70 USD/MWh", "USD/kWh", 0.07 * PER_KWH),
        ("7 ¢/kWh", "USD/kWh", 0.07 * PER_KWH),
        ("7 US cents/kWh", "USD/kWh", 0.07 * PER_KWH),
        ("2 $/h", "USD/h", 2 / 3600),
        ("$2/h", "USD/h", 2 / 3600),
        ("$2 per GPU-hour", "USD/h", 2 / 3600),
        ("2 USD/GPU/h", "USD/h", 2 / 3600),
        ("989 TFLOPS", "FLOP/s", 989e12),
        ("989 TFLOPs", "FLOP/s", 989e12),
        ("989 TFLOP/s", "FLOP/s", 989e12),
        ("989 TF", "FLOP/s", 989e12),
        ("2 PFLOPS", "FLOP/s", 2e15),
        ("2 PF", "FLOP/s", 2e15),
        ("2PF", "FLOP/s", 2e15),
        ("2 petaflops", "FLOP/s", 2e15),
        ("5 GF", "FLOP/s", 5e9),
        ("1 EFLOPS", "FLOP/s", 1e18),
        ("1 exaFLOP/s", "FLOP/s", 1e18),
        ("989 tflops", "FLOP/s", 989e12),
        ("2e25 FLOPs", "FLOP", 2e25),
        ("20 YFLOP", "FLOP", 2e25),
        ("3 ZFLOPs", "FLOP", 3e21),
        ("7 EFLOP", "FLOP", 7e18),
        ("10 PF-days", "FLOP", 8.64e20),
        ("10 petaflop/s-days", "FLOP", 8.64e20),
        ("10 PFLOPS-day", "FLOP", 8.64e20),
        ("3.35 TB/s", "byte/s", 3.35e12),
        ("400 Gbps", "byte/s", 5e10),
        ("400 Gbit/s", "byte/s", 5e10),
        ("50 GBps", "byte/s", 5e10),
        ("80 GB", "byte", 80e9),
        ("80GiB", "byte", 80 * 2**30),
        ("500W", "W", 500.0),
        ("10GW", "W", 1e10),
        ("8760 MWh/year", "W", 1e6),
        ("3 GWh", "kWh", 3e6 * KWH),
        ("120days", "s", 120 * 86400),
        ("2 d", "s", 2 * 86400),
        ("3 weeks", "s", 21 * 86400),
        ("5 yrs", "year", 5 * 31536000),
        ("5 hr", "h", 18000.0),
        ("5 hrs", "h", 18000.0),
        ("5 mins", "s", 300.0),
        ("5 secs", "s", 5.0),
        ("15e12 tokens", "token", 15e12),
        ("126 layers", "layer", 126.0),
        ("16,384 GPUs", "chip", 16384.0),
        ("2.8e6 GPU hours", "h", 2.8e6 * 3600),
        ("0.4 l/kWh", "L/kWh", 0.4e-3 * PER_KWH),
        ("0.4 m3/MWh", "L/kWh", 0.4e-3 * PER_KWH),
        ("5 m³", "L", 5.0),
        ("12 percent", "", 0.12),
        ("12 pct", "", 0.12),
        ("3 per year", "1/year", 3 / 31536000),
        ("3/year", "1/year", 3 / 31536000),
        ("700 W/GPU", "W", 700.0),
    ],
)
def test_the_fields_spellings(text: str, unit: str, value: float) -> None:
    assert units.parse(text, unit) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "unit", "says"),
    [
        ("3 months", "s", "months: a month has 28 to 31 days; write days"),
        (
            "7 ct/kWh",
            "USD/kWh",
            "ct: that is a carat, or a cent of any currency; write ¢ for US cents, or 0.07 EUR for 7 of a euro",
        ),
        ("5 ¥/kWh", "USD/kWh", "¥: that is yen or yuan; write JPY or CNY"),
        ("5 mtCO2e", "kgCO2e", "mtCO2e: that is milli, metric or mega; write tCO2e, ktCO2e or MtCO2e"),
        ("60 mUSD", "USD", "mUSD: nothing is counted in these; write MUSD for millions"),
        ("2e25 FLOPS", "FLOP", "'2e25 FLOPS' has the wrong unit; one that converts to 'FLOP' is needed"),
        ("989 TFLOP", "FLOP/s", "'989 TFLOP' has the wrong unit; one that converts to 'FLOP/s' is needed"),
        ("1 PF", "FLOP", "'1 PF' has the wrong unit; one that converts to 'FLOP' is needed"),
        ("400 Gb/s", "byte/s", "Gb: a small b is bits or a slip; write Gbit or GB"),
        ("2,048 H800", "chip", "unknown unit 'H800'; write one such as 'chip'"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(text: str, unit: str, says: str) -> None:
    with pytest.raises(units.UnitError) as error:
        units.parse(text, unit)
    assert str(error.value) == says
