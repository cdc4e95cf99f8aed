"""The factors and dimensions that units.py knows without pint are those that pint gives."""

import pytest

from flopwatt.kernels import units


@pytest.mark.parametrize("unit", sorted(units._KNOWN))
def test_shortcut_is_what_pint_says(unit: str) -> None:
    quantity = units._base(unit)
    assert units.factor(unit) == pytest.approx(float(quantity.magnitude), rel=1e-15)
    assert units.dimension(unit) == str(quantity.dimensionality).replace("dimensionless", "")


def test_counts_of_any_name_convert_into_each_other() -> None:
    assert units.parse("126 layer", "") == 126
    assert units.parse("3 rack", "chip") == 3


def test_the_models_own_units_do_not_wake_pint() -> None:
    from flopwatt import configs
    from flopwatt.kernels.quantities import MODEL

    used = {unit for item in MODEL.quantities.values() for unit in (item.unit, item.show)}
    used |= {unit for table in configs.tables() for unit in configs.load(table).columns.values()}
    used |= {default.unit for default in configs.defaults().values()}
    assert used <= set(units._KNOWN)
