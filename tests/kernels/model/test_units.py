"""Units: those known without pint are as pint has them, and what is no unit is an error."""

import pytest

from flopwatt.kernels.model import units


@pytest.mark.parametrize("unit", sorted(units._KNOWN))
def test_shortcut_is_what_pint_says(unit: str) -> None:
    quantity = units._base(unit)
    assert units.factor(unit) == pytest.approx(float(quantity.magnitude), rel=1e-15)
    assert units.dimension(unit) == str(quantity.dimensionality).replace("dimensionless", "")


def test_a_count_of_one_thing_is_none_of_another() -> None:
    assert units.parse("126 layer", "") == 126
    assert units.parse("16,384 GPUs", "chip") == 16384
    for text, unit in [("3 rack", "chip"), ("15 chips", "token"), ("5 token/s", "FLOP/s"), ("2048 sequences", "token")]:
        with pytest.raises(units.UnitError, match=f"'{text}' has the wrong unit; one that converts to '{unit}' is needed"):
            units.parse(text, unit)


def test_the_models_own_units_do_not_wake_pint() -> None:
    from flopwatt import configs
    from flopwatt.kernels.quantities import MODEL

    used = {unit for item in MODEL.quantities.values() for unit in (item.unit, item.show)}
    used |= {unit for table in configs.tables() for unit in configs.load(table).columns.values()}
    used |= {default.unit for default in configs.defaults().values()}
    assert used <= set(units._KNOWN)


STRANGE = ["(", "'''", '"""', "s**", "s**s", "**", "[", "{", "1/0", "\\", "nan", "lambda: 0", "s" * 5000, "(" * 300, "\x00"]
TOWERS = ["10**10**10", "9^9^9^9", "s**9**9**9", "(10)**(10)**(10)", "s**2**9**9", "s^999999999", "s**1e400"]


@pytest.mark.parametrize("unit", STRANGE + TOWERS)
def test_what_is_no_unit_is_refused_at_once(unit: str) -> None:
    with pytest.raises(units.UnitError):
        units.factor(unit)


@pytest.mark.parametrize(
    ("unit", "factor"), [("km**2", 1e6), ("m^-2", 1.0), ("kW/m**2", 1e3), ("cm**(2)", 1e-4), ("h^0.5", 60.0)]
)
def test_powers_of_units(unit: str, factor: float) -> None:
    assert units.factor(unit) == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("95%", 0.95), ("95 %", 0.95), ("  95  % ", 0.95), ("120%", 1.2), ("99.9%", 0.999), ("57%", 0.57), ("7 %", 0.07),
        ("1e2%", 1.0), ("-5%", -0.05), ("inf%", float("inf")), ("0.95", 0.95), ("1_000%", 10.0), ("1e-320%", 1e-322),
        ("1e-99999999999999999999%", 0.0),
    ],
)  # fmt: skip
def test_a_percentage_is_the_nearest_double_of_a_ratio(text: str, value: float) -> None:
    assert units.parse(text, "") == value


@pytest.mark.parametrize(
    ("text", "unit", "says"),
    [
        ("95%", "day", "'95%' has the wrong unit; one that converts to 'day' is needed"),
        ("95 %", "token", "'95 %' has the wrong unit; one that converts to 'token' is needed"),
        ("%", "", "'%' is not a number"),
        ("95%%", "", "'95%%' is not a number"),
        ("5B 1E1", "chip", "unknown unit '1E1'; write one such as 'chip'"),
        ("95 percent%", "", "unknown unit '%%'; a plain number is needed"),
        ("x%", "", "'x%' is not a number"),
        ("nan%", "", "'nan%' is not a number"),
        ("5 day%", "", "'5 day%' has the wrong unit; a plain number is needed"),
    ],
)
def test_a_percentage_of_what_is_no_ratio_is_refused(text: str, unit: str, says: str) -> None:
    with pytest.raises(units.UnitError) as error:
        units.parse(text, unit)
    assert str(error.value) == says


def test_a_unit_that_is_defined_is_known_within_others_too() -> None:
    units.define("XTS", 4.0, "USD")
    assert units.factor("XTS") == 4.0
    assert units.parse("3 XTS/kWh", "USD/kWh") == pytest.approx(12 / 3.6e6)
    units.define("XTS", 5.0, "USD")
    assert units.factor("XTS/h") == pytest.approx(5 / 3600)
    for name in ("USD", "kWh", "X/S"):
        with pytest.raises(units.UnitError, match="cannot be the name of a new unit"):
            units.define(name, 1.0, "USD")


def test_a_rate_of_interest_may_be_in_percent() -> None:
    assert units.parse("7%", "1/year") == units.parse(0.07, "1/year")
    assert units.parse("7% per year", "1/year") == pytest.approx(units.parse(0.07, "1/year"), rel=1e-15)
    with pytest.raises(units.UnitError, match="has the wrong unit"):
        units.parse("7%", "1/s")


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("3T", "token", 3e12),
        ("15 T", "token", 15e12),
        ("15T tokens", "token", 15e12),
        ("15.6T", "token", 15.6e12),
        ("405B", "parameter", 405e9),
        ("70b", "", 70e9),
        ("70B params", "parameter", 70e9),
        ("500K", "token", 500e3),
        ("70k", "", 70e3),
        ("8M", "token", 8e6),
        ("60M USD", "USD", 60e6),
        ("$60M", "USD", 60e6),
        ("$60 million", "USD", 60e6),
        ("1,500B", "token", 1.5e12),
        ("1_500 B", "token", 1.5e12),
        ("3 billion tokens", "token", 3e9),
        ("2.8M GPU-hours", "h", 2.8e6 * 3600),
        ("80B", "byte", 80.0),
        ("80 B", "byte", 80.0),
    ],
)
def test_letters_for_thousands_stand_behind_counts(text: str, unit: str, value: float) -> None:
    assert units.parse(text, unit) == value


@pytest.mark.parametrize(
    ("text", "unit", "says"),
    [
        ("5m", "token", "'m' behind a count is not read; write 5e-3 or 5e6"),
        ("1.5e3 m", "", "'m' behind a count is not read; write 1.5e0 or 1.5e9"),
        ("5t", "token", "'t' behind a count is not read; write 5e12"),
        ("2G", "", "'G' behind a count is not read; write 2e9"),
        ("80G", "byte", "'80G' has the wrong unit; one that converts to 'byte' is needed"),
        ("989T", "FLOP/s", "'989T' has the wrong unit; one that converts to 'FLOP/s' is needed"),
        ("xB", "token", "'xB' is not a number, or a number and a unit such as '1.5 token'"),
        ("7,5e9", "token", "'7,5e9' has a decimal comma; write 7.5e9"),
        ("0,05 kg/kWh", "kgCO2e/kWh", "'0,05 kg/kWh' has a decimal comma; write 0.05 kg/kWh"),
        ("50,5 EUR/MWh", "USD/kWh", "'50,5 EUR/MWh' has a decimal comma; write 50.5 EUR/MWh"),
        ("15,6T", "token", "'15,6T' has a decimal comma; write 15.6T"),
        ("128 nodes", "chip", "unknown unit 'nodes'; write one such as 'chip'"),
        ("1.2x", "", "unknown unit 'x'; a plain number is needed"),
        ("1e400", "token", "the number is too large"),
        ("1e300 trillion", "token", "the number is too large"),
        ("5 rad", "token", "'5 rad' has the wrong unit; one that converts to 'token' is needed"),
        ("5 ppm", "", "'5 ppm' has the wrong unit; a plain number is needed"),
        ("5 kwh", "kWh", "unknown unit 'kwh'; did you mean 'kWh'?"),
        ("5 GPU-days", "s", "'5 GPU-days' has the wrong unit; one that converts to 's' is needed"),
    ],
)
def test_what_is_no_number_of_a_quantity_is_refused(text: str, unit: str, says: str) -> None:
    with pytest.raises(units.UnitError) as error:
        units.parse(text, unit)
    assert str(error.value) == says


@pytest.mark.parametrize(
    "text", ["4 kWh;", "4 kWh#2", "4 kWh # 5", "4 kWh.", "4 kWh'", "4 kWh~", "4 kWh!", "4%1", "4%;", "4%*1", "5M 1"]
)
def test_a_unit_is_read_whole(text: str) -> None:
    """pint passes over marks and ones behind a unit, and takes what stands behind a # for a comment."""
    with pytest.raises(units.UnitError):
        units.parse(text, "kWh" if "k" in text else "")


def test_a_rate_of_a_year_may_be_in_percent() -> None:
    assert units.parse("7 %/year", "1/year") == pytest.approx(0.07 / 31536000.0)
    assert units.dimension("%/year") == units.dimension("1/year")
    assert units.dimension(units.TIMES) == units.dimension("")
