"""The published runs that the MFU is fitted on, the fit, and fits without one of them."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..estimate.prior import store
from ..estimate.prior.method import Fitted, Observed, fit_runs
from ..estimate.scenario import StatedValue, complete, evaluate, known
from ..estimate.source import Source, SourceKind
from . import baselines
from .cases import chip_hours_of, known_before, uncounted
from .rows import CaseRow, UnpredictableError, shipped

SOURCE = "published runs of configs/published/training_runs.toml"


@dataclass(frozen=True)
class FitCase:
    """A published run as the fit sees it. ``flat_mfu`` is 6ND over BF16's peak over its chip-hours: for the baseline."""

    identity: tuple[str, float]
    observed: Observed
    flat_mfu: float


@dataclass(frozen=True)
class ForRow:
    """The fit that may predict a row, and the single MFU found best on the same runs."""

    fit: Fitted | None  # None for the fit in configs/prior
    constant: float
    note: str = ""


def identity(row: CaseRow) -> tuple[str, float]:
    """What makes a row the same run as another: its name and its chip-hours."""
    return "".join(row.text("model").lower().split()), row.number("gpu_hours")


@functools.cache
def cases() -> tuple[FitCase, ...]:
    """The published runs that come with flopwatt whose chip-hours can be explained."""
    found = (fit_case(row) for row in shipped("training_runs").rows)
    return tuple(case for case in found if case is not None)


def fit_case(row: CaseRow) -> FitCase | None:
    """A row as the fit sees it, or None where it tests nothing or lacks what a prediction needs."""
    hours = chip_hours_of(row)
    if math.isnan(hours) or uncounted(row):
        return None
    try:
        stated, chip = known_before(row)
    except UnpredictableError:
        return None
    guess = math.exp(store.recipe().intercept[0])  # where chips follow from a run's time, goodput needs some MFU
    tried = StatedValue(guess, Source(SourceKind.PRIOR, "the prior's median"))
    scenario = complete(stated | {"mfu": tried}, ["chip_hours"], chip.key, row.number("year"))
    at_guess = float(evaluate(scenario.medians(), ["chip_hours"])["chip_hours"][0])
    mfu = guess * at_guess / (hours * 3600)
    run = Observed(row.text("model"), row.text("developer"), known(stated, row.number("year")), math.log(mfu))
    return FitCase(identity(row), run, baselines.chip_hours_at_one(stated) / (hours * 3600))


def fit_all() -> Fitted:
    """The method on all of the published runs."""
    return fit_runs([case.observed for case in cases()], store.recipe())


def for_row(row: CaseRow) -> ForRow:
    """The fit in configs/prior, or for a run that it was fitted on, the whole method without that run."""
    return _without(identity(row))


@functools.cache
def _without(which: tuple[str, float]) -> ForRow:
    others = [case for case in cases() if case.identity != which]
    constant = best_constant(others)
    if len(others) == len(cases()):
        return ForRow(None, constant)
    return ForRow(fit_runs([case.observed for case in others], store.recipe()), constant, "fitted without it")


def best_constant(runs: Sequence[FitCase]) -> float:
    """The single MFU (of BF16's peak, by 6ND) with the least mean absolute relative error of the chip-hours."""
    mfus = np.array([case.flat_mfu for case in runs])
    grid = np.arange(0.05, 0.8, 0.001)
    return float(grid[np.abs(mfus[:, None] / grid - 1).mean(axis=0).argmin()])


# --- fitting anew, and how good the method is -------------------------------------------------------------------------


@dataclass(frozen=True)
class Quality:
    """Absolute relative errors of chip-hours in nested cross-validation: the method's, and those of the best single MFU."""

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


def nested(groups: Sequence[str], method: str) -> Quality:
    """The method on runs left out: those of one group at a time."""
    from scipy.special import stdtrit

    runs, errors, inside, constant = cases(), [], [], []
    for group in dict.fromkeys(groups):
        kept = [case for case, of in zip(runs, groups, strict=True) if of != group]
        fit, single = fit_runs([case.observed for case in kept], store.recipe()), best_constant(kept)
        reach = float(stdtrit(fit.posterior.freedom, 0.9))
        for case in (case for case, of in zip(runs, groups, strict=True) if of == group):
            median, scale = fit.predict(case.observed.known)
            errors.append(abs(math.exp(case.observed.log_mfu - median) - 1))
            inside.append(abs(case.observed.log_mfu - median) <= reach * scale)
            constant.append(abs(case.flat_mfu / single - 1))
    return Quality(
        method, len(errors), float(np.median(errors)), float(np.mean(errors)), float(np.mean(inside)),
        float(np.median(constant)), float(np.mean(constant)),
    )  # fmt: skip


def refit(path: Path = store.FIT) -> tuple[Fitted, dict[str, Quality]]:
    """Fit on the published runs, measure the method, write the file. Raises OSError; then the old file is still there."""
    fit, runs = fit_all(), cases()
    qualities = {
        "one_run_left_out": nested([str(number) for number in range(len(runs))], "each left out in turn"),
        "one_developer_left_out": nested([case.observed.developer for case in runs], "each developer left out in turn"),
    }
    store.write_fit(path, fit, f"{len(runs)} {SOURCE}", {name: str(quality) for name, quality in qualities.items()})
    store.fitted.cache_clear()
    return fit, qualities
