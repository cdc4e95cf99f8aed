# mypy: allow-untyped-defs
"""What a site's chips do in a year: final training runs, research and inference, and how many runs that is.

A run takes as many chips as it needs to be done within a limit of days: the chips follow from the limit, the count from both.
"""

from ..model.quantity import given, maximum, quantity, sqrt, where

_SUM = "definition"
_BEST = "Young 1974, doi:10.1145/361147.361115, and the closed form of the chips at a held interval, in turns"

given(
    "final_run_share",
    "",
    "Share of the site's chip-hours in the final training runs of released models.",
    high=1,
    show="%",
    label="share of final runs",
)
given(
    "research_share",
    "",
    "Share of the site's chip-hours in research: experiments, failed runs, models not released.",
    high=1,
    show="%",
    label="share of research",
)
given(
    "run_days_limit",
    "s",
    "Time within which a training run must be done.",
    low_open=True,
    show="day",
    label="time limit of a run",
)


@quantity(unit="", source="what is neither final runs nor research serves", high=1, show="%", label="share of inference")
def inference_share(final_run_share, research_share):
    """Share of the site's chip-hours in inference."""
    return maximum(1 - final_run_share - research_share, 0)


@quantity(unit="chip", source=_SUM, low_open=True, label="chips of a run without failures")
def run_chips_undisturbed(training_flops, peak_flops, mfu, run_days_limit, spare_share, other_losses):
    """Chips that one training run needs to be done within the limit if no chip ever fails."""
    return training_flops / ((peak_flops * mfu) * run_days_limit) / ((1 - spare_share) * (1 - other_losses))


@quantity(unit="s", source=_BEST, show="min", low_open=True, label="checkpoint interval of such a run")
def run_checkpoint_interval(
    run_chips_undisturbed, chip_mtbf, detection_time, restart_time, checkpoint_write_time, checkpoint_interval
):
    """Training time between two checkpoints of a run that is done within the limit: as given, else the best one.

    The best one hangs on the chips, and these on it, but hardly: three steps from the chips of an undisturbed run leave the
    chips exact to 1e-5 where half of the time is steady training, to 1e-4 where a third is.
    """
    stops, twice = (detection_time + restart_time) / chip_mtbf, 2 * checkpoint_write_time * chip_mtbf
    first = sqrt(twice / run_chips_undisturbed)
    busy = run_chips_undisturbed * (1 + checkpoint_write_time / first)
    second = sqrt(twice / busy * maximum(1 - busy * (stops + first / (2 * chip_mtbf)), 0.01))
    busier = run_chips_undisturbed * (1 + checkpoint_write_time / second)
    third = sqrt(twice / busier * maximum(1 - busier * (stops + second / (2 * chip_mtbf)), 0.01))
    busiest = run_chips_undisturbed * (1 + checkpoint_write_time / third)
    last = sqrt(twice / busiest * maximum(1 - busiest * (stops + third / (2 * chip_mtbf)), 0.01))
    return where(checkpoint_interval > 0, checkpoint_interval, last)


@quantity(unit="chip", source="the fewest chips whose run_time is within the limit, solved for", low=1, label="chips of a run")
def run_chips(
    run_chips_undisturbed,
    run_checkpoint_interval,
    chip_mtbf,
    detection_time,
    restart_time,
    checkpoint_write_time,
    checkpoint_interval,
):
    """Chips that one training run needs to be done within the limit; infinite where failures leave hardly any time for it.

    At a held interval the chips over their goodput are linear in the chips, which follow. Where failures eat nearly all time
    the best interval of these chips is another one, with which they would be late: no number is answered there. At a held
    interval none is where less than a twentieth of the time is left, since a rounding of the MFU would change it too much.
    Chips are not rounded up: the next whole one would hang on the last digit of an MFU that nobody knows so well.
    """
    busy = run_chips_undisturbed * (1 + checkpoint_write_time / run_checkpoint_interval)
    left = 1 - busy * ((detection_time + restart_time + run_checkpoint_interval / 2) / chip_mtbf)
    best = sqrt(2 * checkpoint_write_time * (chip_mtbf / busy) * maximum(left, 0))
    held = (checkpoint_interval > 0) & (left > 0.05)
    known = held | ((checkpoint_interval <= 0) & (best > 0.99 * run_checkpoint_interval))
    return maximum(busy / where(known, maximum(left, 0), 0), 1)


@quantity(unit="", source=_SUM, show="%", label="share of the site that a run takes")
def run_share_of_site(run_chips, site_chips):
    """Share of the site's chips that one training run holds while it lasts."""
    return run_chips / site_chips


@quantity(unit="run", source=_SUM, label="runs in a year")
def runs_per_year(site_chips, final_run_share, year_length, run_chips, run_days_limit):
    """Final training runs, each done within the limit, in the site's chip-hours for them; 0 where a run exceeds the site."""
    count = site_chips * final_run_share * year_length / (run_chips * run_days_limit)
    return where(run_chips > site_chips, 0, count)


@quantity(unit="FLOP", source=_SUM, label="training compute in a year")
def site_run_flops(runs_per_year, training_flops):
    """Operations of the final training runs that the site does in a year."""
    return runs_per_year * training_flops


@quantity(unit="USD", source=_SUM, label="cost of a run at the site")
def site_cost_per_run(run_chips, run_days_limit, chip_hour_cost):
    """What one training run costs the owner of the site: the hours of its chips, idle time's share included."""
    return run_chips * run_days_limit * chip_hour_cost


@quantity(unit="kWh", source=_SUM, label="energy of a run at the site")
def site_energy_per_run(run_chips, run_days_limit, facility_power_per_chip):
    """Energy of one training run at the site."""
    return run_chips * run_days_limit * facility_power_per_chip
