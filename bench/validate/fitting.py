"""The published runs that the MFU is fitted on, the fit, and fits without one of them."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ... import configs
from ..estimate.scenario import Assumptions, StatedValue, complete, evaluate, known
from ..estimate.source import Source, SourceKind
from ..prior import store
from ..prior.method import Fitted, Observed, fit_runs
from ..step_time import predict
from . import baselines
from .cases import chip_hours_of, known_before, uncounted
from .rows import CaseRow, UnpredictableError, shipped

SOURCE = "published runs of configs/published/training_runs.toml"


@dataclass(frozen=True)
class FitCase:
    """A published run as the fit sees it.

    Parameters
    ----------
    identity
        Its name and its chip-hours.
    observed
        What is known of it beforehand, and the logarithm of its MFU.
    flat_mfu
        6ND over BF16's peak over its chip-hours, a share from 0 to 1: for the baseline.
    year
        When it was published.
    """

    identity: tuple[str, float]
    observed: Observed
    flat_mfu: float
    year: float


@dataclass(frozen=True)
class RowFit:
    """The fit that may predict a row, and the baseline on the same runs.

    Parameters
    ----------
    fit
        A fit without the row's run, or None for the fit in configs/prior.
    constant
        The single MFU (0 to 1) that is best on the same runs.
    note
        What the fit leaves out, for a person.
    """

    fit: Fitted | None
    constant: float
    note: str = ""


def identity(row: CaseRow) -> tuple[str, float]:
    """Return what makes a row the same run as another: its name and its chip-hours (h)."""
    return "".join(row.text("model").lower().split()), row.number("gpu_hours")


@functools.cache
def cases() -> tuple[FitCase, ...]:
    """Collect the published runs that come with flopwatt whose chip-hours can be explained."""
    runs = (fit_case(row) for row in shipped("training_runs").rows)
    return tuple(run for run in runs if run is not None)


def fit_case(row: CaseRow) -> FitCase | None:
    """Read a row as the fit sees it, or None where it tests nothing or lacks what a prediction needs."""
    hours = chip_hours_of(row)
    if math.isnan(hours) or uncounted(row):
        return None
    try:
        stated, chip = known_before(row)
    except UnpredictableError:
        return None
    guess = math.exp(store.recipe().intercept[0])  # where chips follow from a run's time, goodput needs some MFU
    guessed = StatedValue(guess, Source(SourceKind.PRIOR, "the prior's median"))
    scenario = complete(stated | {"mfu": guessed}, ["chip_hours"], Assumptions(chip.base_key, row.number("year")))
    at_guess = float(evaluate(scenario.medians(), ["chip_hours"])["chip_hours"][0])
    mfu = guess * at_guess / (hours * 3600)
    before = known(stated, row.number("year"))
    run = Observed(row.text("model"), row.text("developer"), before, math.log(mfu), chip.base_key)
    return FitCase(identity(row), run, baselines.chip_hours_at_one(stated) / (hours * 3600), row.number("year"))


def fit_all() -> Fitted:
    """Fit the method on all of the published runs."""
    return fit_runs([case.observed for case in cases()], store.recipe())


def fit_for_row(row: CaseRow) -> RowFit:
    """Return the fit in configs/prior, or for a run that it was fitted on, the whole method without that run."""
    return _without(identity(row))


@functools.cache
def _without(run: tuple[str, float]) -> RowFit:
    others = [case for case in cases() if case.identity != run]
    constant = best_constant(others)
    if len(others) == len(cases()):
        return RowFit(None, constant)
    return RowFit(fit_runs([case.observed for case in others], store.recipe()), constant, "fitted without it")


def best_constant(runs: Sequence[FitCase]) -> float:
    """Find the single MFU (0 to 1, of BF16's peak, by 6ND) with the least mean absolute relative error of the chip-hours."""
    mfus = np.array([case.flat_mfu for case in runs])
    grid = np.arange(0.05, 0.8, 0.001)
    return float(grid[np.abs(mfus[:, None] / grid - 1).mean(axis=0).argmin()])


# --- fitting anew, and how good the method is -------------------------------------------------------------------------


@dataclass(frozen=True)
class Quality:
    """Absolute relative errors of chip-hours in nested cross-validation, as shares of the published figures.

    Parameters
    ----------
    method
        What was left out, for a person.
    n
        The number of runs.
    median, mean
        The method's errors.
    coverage
        The share (0 to 1) of runs that lie between P10 and P90.
    constant_median, constant_mean
        The errors of the best single MFU.
    """

    method: str
    n: int
    median: float
    mean: float
    coverage: float
    constant_median: float
    constant_mean: float

    def __str__(self) -> str:
        return (
            f"{self.n} runs, {self.method}: median {self.median:.1%}, mean {self.mean:.1%}, "
            f"P10 to P90 holds {self.coverage:.0%}; "
            f"best single MFU: median {self.constant_median:.1%}, mean {self.constant_mean:.1%}"
        )


def cross_validate(groups: Sequence[str], method: str) -> Quality:
    """Measure the method on runs left out: those of one group at a time.

    ``groups`` names the group of each of ``cases()``, ``method`` says for a person what is left out.
    """
    from scipy.special import stdtrit

    runs, errors, inside, constant = cases(), [], [], []
    for group in dict.fromkeys(groups):
        kept = [case for case, label in zip(runs, groups, strict=True) if label != group]
        fit, single = fit_runs([case.observed for case in kept], store.recipe()), best_constant(kept)
        reach = float(stdtrit(fit.posterior.freedom, 0.9))
        for case in (case for case, label in zip(runs, groups, strict=True) if label == group):
            median, scale = fit.predict(case.observed.known)
            errors.append(abs(math.exp(case.observed.log_mfu - median) - 1))
            inside.append(abs(case.observed.log_mfu - median) <= reach * scale)
            constant.append(abs(case.flat_mfu / single - 1))
    return Quality(
        method=method,
        n=len(errors),
        median=float(np.median(errors)),
        mean=float(np.mean(errors)),
        coverage=float(np.mean(inside)),
        constant_median=float(np.median(constant)),
        constant_mean=float(np.mean(constant)),
    )


def refit(path: Path = store.FIT) -> tuple[Fitted, dict[str, Quality]]:
    """Fit on the published runs, measure the method, write the file. Raises OSError; then the old file is still there."""
    fit, runs = fit_all(), cases()
    qualities = {
        "one_run_left_out": cross_validate([str(number) for number in range(len(runs))], "each left out in turn"),
        "one_developer_left_out": cross_validate([case.observed.developer for case in runs], "each developer left out in turn"),
    }
    lines = {name: str(quality) for name, quality in qualities.items()}
    store.write_fit(path, fit, f"{len(runs)} {SOURCE}", predict.chips(), lines, date=f"{max(case.year for case in runs):.0f}")
    store.fitted.cache_clear()
    store.evidence.cache_clear()
    configs.defaults.cache_clear()
    return fit, qualities
