# mypy: allow-untyped-defs, allow-untyped-calls
"""A build-out over time: phases that come online, slip, and are retired, seen in periods.

A phase is so much power of one chip generation, planned for a date. It comes online when there is both power and chips: each
may slip, and the pace of the whole build-out may stretch. It ramps up in a straight line, serves its life, and is retired as it
came. A period sees the mean over its time of what is online, which is exact for a straight ramp: so no stock jumps by the
choice of periods, and what was built is always online or retired.

Dates are calendar years with their fraction, lengths in years. Quantities of a site (fleet.py) are those of one phase here,
whose power is the site's.
"""

from ..model.quantity import cumulative, given, maximum, minimum, quantity, total, where

_SUM = "definition"
_RAMP = "a straight ramp, integrated over the period"

given(
    "period_date",
    "",
    "Calendar year, with its fraction, in which a period begins.",
    low=1900,
    high=2200,
    label="begin of the period",
)
given("period_years", "", "Years that a period lasts.", low_open=True, high=100, label="years of a period")
given(
    "schedule_date",
    "",
    "Calendar year from which the pace of a build-out counts.",
    low=1900,
    high=2200,
    label="begin of the build-out",
)
given(
    "phase_date",
    "",
    "Calendar year, with its fraction, in which a phase is planned to have power.",
    low=1900,
    high=2200,
    label="planned date of a phase",
)
given(
    "phase_power",
    "W",
    "Power of a phase, as announced, on the basis that site_basis names.",
    low_open=True,
    show="GW",
    label="power of a phase",
)
given(
    "phase_ramp_years",
    "",
    "Years from a phase's first chips to its last.",
    low_open=True,
    high=20,
    label="years in which a phase comes online",
)
given(
    "phase_chip_date",
    "",
    "Calendar year, with its fraction, from which a phase's chips are delivered.",
    low=1900,
    high=2200,
    label="date of a phase's chips",
)
given("phase_generation", "", "Number of a phase's chip generation.", whole=True, label="generation of a phase")
given(
    "counted_generation",
    "",
    "Number of the generation that is counted; 0 for all.",
    whole=True,
    label="generation that is counted",
)
given(
    "build_pace",
    "",
    "Time that the build-out takes over what is planned, from its begin.",
    low_open=True,
    high=10,
    show="times",
    label="time of the build-out over the plan",
)
given("power_slip", "", "Years that a phase's power comes later than planned.", high=20, label="slip of power, years")
given("chip_slip", "", "Years that a phase's chips come later than planned.", high=20, label="slip of chips, years")
given(
    "built_share",
    "",
    "Share of the announced power that is built.",
    high=1,
    low_open=True,
    show="%",
    label="share of the announced that is built",
)
given("phase_gain_years", "", "Years of progress that a phase's chips are ahead of the row that stands for them.", high=50)
given(
    "efficiency_growth",
    "",
    "Growth of performance per watt in a year.",
    high=5,
    show="%",
    label="growth of performance per watt in a year",
)
given(
    "fleet_life_years",
    "",
    "Years that a phase's chips serve before they are retired.",
    low_open=True,
    high=100,
    label="years that chips serve",
)


@quantity(unit="", source=_SUM, low_open=True, label="years that chips are written off over")
def chip_life_years(chip_life, calendar_year):
    """Years over which chips are written off; fleet_life_years may be this, so that what serves is what is paid for."""
    return chip_life / calendar_year


@quantity(unit="W", source=_SUM, low_open=True, label="power of a phase that is built")
def built_phase_power(phase_power, built_share):
    """Power of a phase that is built in the end."""
    return phase_power * built_share


@quantity(unit="", source=_SUM, low=1900, high=2300, label="date of a phase")
def phase_online_date(schedule_date, phase_date, build_pace, power_slip, phase_chip_date, chip_slip):
    """Calendar year in which a phase's first chips are online: when it has power and chips."""
    powered = schedule_date + (phase_date - schedule_date) * build_pace + power_slip
    return maximum(powered, phase_chip_date + chip_slip)


@quantity(unit="", source=_SUM)
def period_end(period_date, period_years):
    """Calendar year in which a period ends."""
    return period_date + period_years


@quantity(unit="h", source=_SUM, label="time of a period")
def period_time(period_years, calendar_year):
    """Time of a period."""
    return period_years * calendar_year


def _ramped(date, begin, ramp):
    """Share of a phase that has come by a date."""
    return minimum(maximum((date - begin) / ramp, 0), 1)


def _ramped_years(date, begin, ramp):
    """Years of the whole phase that have passed by a date: the ramp's integral."""
    since = maximum(date - begin, 0)
    return where(since < ramp, since * since / (2 * ramp), since - ramp / 2)


@quantity(unit="", source=_RAMP, show="%")
def phase_built_share(period_end, phase_online_date, phase_ramp_years):
    """Share of a phase that is built by the end of a period."""
    return _ramped(period_end, phase_online_date, phase_ramp_years)


@quantity(unit="", source=_RAMP, show="%")
def phase_retired_share(period_end, phase_online_date, phase_ramp_years, fleet_life_years):
    """Share of a phase that is retired by the end of a period."""
    return _ramped(period_end, phase_online_date + fleet_life_years, phase_ramp_years)


@quantity(unit="", source=_RAMP, show="%")
def phase_added_share(phase_built_share, period_date, phase_online_date, phase_ramp_years):
    """Share of a phase that is built in a period."""
    return phase_built_share - _ramped(period_date, phase_online_date, phase_ramp_years)


def _online_years(first, last, begin, ramp, life):
    """Years of the whole phase that are online between two dates."""
    built = _ramped_years(last, begin, ramp) - _ramped_years(first, begin, ramp)
    retired = _ramped_years(last, begin + life, ramp) - _ramped_years(first, begin + life, ramp)
    return maximum(built - retired, 0)


@quantity(unit="", source=_RAMP, show="%")
def phase_online_share(period_date, period_end, period_years, phase_online_date, phase_ramp_years, fleet_life_years):
    """Share of a phase that is online in a period, the mean over its time."""
    return _online_years(period_date, period_end, phase_online_date, phase_ramp_years, fleet_life_years) / period_years


@quantity(unit="", source=_RAMP, show="%")
def phase_year_share(period_end, phase_online_date, phase_ramp_years, fleet_life_years):
    """Share of a phase that is online in the year that ends with a period, the mean over it."""
    return _online_years(period_end - 1, period_end, phase_online_date, phase_ramp_years, fleet_life_years)


@quantity(unit="", source=_SUM)
def phase_counted(phase_generation, counted_generation):
    """1 for a phase whose generation is counted, else 0."""
    counted = (counted_generation < 1) | ((phase_generation <= counted_generation) & (phase_generation >= counted_generation))
    return where(counted, 1.0, 0.0)


# --- stocks: what there is at the end of a period, or in its mean -------------------------------------------------------------


@quantity(unit="W", source=_SUM)
def phase_built_power(built_phase_power, phase_built_share, phase_counted):
    """Power of a phase that is built by the end of a period."""
    return built_phase_power * phase_built_share * phase_counted


@quantity(unit="W", source=_SUM, show="GW", label="power built so far")
def built_power(phase_built_power, phase_date):
    """Power built by the end of a period, what is retired included."""
    return total(phase_built_power, phase_date)


@quantity(unit="W", source=_SUM)
def phase_retired_power(built_phase_power, phase_retired_share, phase_counted):
    """Power of a phase that is retired by the end of a period."""
    return built_phase_power * phase_retired_share * phase_counted


@quantity(unit="W", source=_SUM, show="GW", label="power retired so far")
def retired_power(phase_retired_power, phase_date):
    """Power retired by the end of a period."""
    return total(phase_retired_power, phase_date)


@quantity(unit="W", source=_SUM, show="GW", label="power online")
def online_power(built_power, retired_power):
    """Power online at the end of a period: what was built and is not retired, on the basis of the announcement."""
    return built_power - retired_power


@quantity(unit="W", source=_SUM)
def phase_added_power(built_phase_power, phase_added_share, phase_counted):
    """Power of a phase that is built in a period."""
    return built_phase_power * phase_added_share * phase_counted


@quantity(unit="W", source=_SUM, show="GW", label="power added")
def added_power(phase_added_power, phase_date):
    """Power built in a period."""
    return total(phase_added_power, phase_date)


@quantity(unit="W", source=_SUM, show="GW", label="power added so far")
def added_power_so_far(added_power, period_date):
    """Power built since the first period began."""
    return cumulative(added_power, period_date)


@quantity(unit="chip", source=_SUM)
def phase_online_chips(site_chips, phase_built_share, phase_retired_share, phase_counted):
    """Chips of a phase online at the end of a period."""
    return site_chips * (phase_built_share - phase_retired_share) * phase_counted


@quantity(unit="chip", source=_SUM, label="chips online")
def online_chips(phase_online_chips, phase_date):
    """Chips (packages) online at the end of a period, all generations that are counted."""
    return total(phase_online_chips, phase_date)


@quantity(unit="chip", source=_SUM)
def phase_mean_chips(site_chips, phase_online_share, phase_counted):
    """Chips of a phase online in a period, the mean."""
    return site_chips * phase_online_share * phase_counted


@quantity(unit="chip", source=_SUM, label="chips online, the mean of the period")
def mean_online_chips(phase_mean_chips, phase_date):
    """Chips (packages) online in a period, the mean."""
    return total(phase_mean_chips, phase_date)


@quantity(unit="", source="performance per watt that grows by the same share each year", low_open=True, show="times")
def phase_gain(efficiency_growth, phase_gain_years):
    """What a phase's chips do over those of its row of facts, at the same power: of a generation that has no row yet."""
    return (1 + efficiency_growth) ** phase_gain_years


@quantity(unit="FLOP/s", source=_SUM)
def phase_online_flops(site_flops, phase_gain, phase_built_share, phase_retired_share, phase_counted):
    """Dense peak of a phase's chips online at the end of a period."""
    return site_flops * phase_gain * (phase_built_share - phase_retired_share) * phase_counted


@quantity(unit="FLOP/s", source=_SUM, label="peak FLOP/s online")
def online_flops(phase_online_flops, phase_date):
    """Dense peak of all chips online at the end of a period."""
    return total(phase_online_flops, phase_date)


@quantity(unit="FLOP/s", source=_SUM)
def phase_online_fp4_flops(phase_online_chips, peak_fp4, phase_gain):
    """Dense FP4 peak of a phase's chips online at the end of a period."""
    return phase_online_chips * peak_fp4 * phase_gain


@quantity(unit="FLOP/s", source=_SUM, label="peak FLOP/s of FP4 online")
def online_fp4_flops(phase_online_fp4_flops, phase_date):
    """Dense FP4 peak of all chips online at the end of a period; unknown where a chip has none."""
    return total(phase_online_fp4_flops, phase_date)


@quantity(unit="FLOP/s/W", source=_SUM, show="TFLOP/s/W", label="FLOP/s per watt")
def online_flops_per_watt(online_flops, online_power):
    """Dense peak of what is online per watt of it; unknown where nothing is."""
    return online_flops / online_power
