"""The published runs that the MFU is fitted on, the fit, and fits without one of them."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ... import configs
from ..estimate.best_step import best_step_mfu
from ..estimate.scenario import Assumptions, StatedValue, complete, evaluate, known
from ..estimate.source import Source, SourceKind
from ..prior import developers, fit_text, store
from ..prior.method import Fitted, Observed, fit_runs
from ..step_time import predict
from . import baselines
from .cases import chip_hours_of, chip_of, known_before, uncounted
from .hours_basis import hours_basis
from .rows import CaseRow, UnpredictableError, shipped

SOURCE = "published runs of configs/published/training_runs.toml"


RunInputs = tuple[str, float, float]  # the chip's key, active parameters in billions, tokens in trillions


@dataclass(frozen=True)
class FitCase:
    """A published run as the fit sees it.

    Parameters
    ----------
    inputs
        What was known of it beforehand: by that it is told from others.
    observed
        What is known of it beforehand, and the logarithm of its MFU.
    flat_mfu
        6ND over BF16's peak over its chip-hours, a share from 0 to 1: for the baseline.
    year
        When it was published.
    """

    inputs: RunInputs
    observed: Observed
    flat_mfu: float
    year: float


@dataclass(frozen=True)
class RowFit:
    """The fit that may predict a row, and the baseline on the same runs.

    Parameters
    ----------
    fit
        A fit without the developer of the row's run, or None for the fit in configs/prior.
    constant
        The single MFU (0 to 1) that is best on the same runs.
    note
        What the fit leaves out, for a person.
    """

    fit: Fitted | None
    constant: float
    note: str = ""


def run_inputs(row: CaseRow) -> RunInputs:
    """Return what makes a row the same run as another: chip, size and tokens. Raises UnpredictableError without a chip."""
    return chip_of(row).base_key, row.number("active_params_b"), row.number("tokens_t")


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
        basis = hours_basis(row)
    except UnpredictableError:
        return None
    guess = math.exp(store.recipe().intercept[0])  # where chips follow from a run's time, goodput needs some MFU
    guessed = StatedValue(guess, Source(SourceKind.PRIOR, "the prior's median"))
    held = {**stated, **basis.stated(), "mfu": guessed}
    scenario = complete(held, ["chip_hours"], Assumptions(chip.base_key, row.number("year")))
    at_guess = basis.factor * float(evaluate(scenario.medians(), ["chip_hours"])["chip_hours"][0])
    mfu = guess * at_guess / (hours * 3600)
    before = known(stated, row.number("year"))
    best = best_step_mfu(stated, row.number("year"))
    run = Observed(row.text("model"), row.text("developer"), before, math.log(mfu), chip.base_key, best)
    return FitCase(run_inputs(row), run, baselines.chip_hours_at_one(stated) / (hours * 3600), row.number("year"))


def fit_all() -> Fitted:
    """Fit the method on all of the published runs."""
    return fit_runs([case.observed for case in cases()], store.recipe())


def fit_for_row(row: CaseRow) -> RowFit:
    """Return the fit in configs/prior, or for a run that it was fitted on, the whole method without its developer's runs.

    A run is known by what was known of it beforehand, never by what came of it. Raises UnpredictableError without a chip.
    """
    inputs = run_inputs(row)
    return _without(next((case.observed.developer for case in cases() if case.inputs == inputs), ""))


@functools.cache
def _without(developer: str) -> RowFit:
    others = [case for case in cases() if not developer or case.observed.developer != developer]
    constant = best_constant(others)
    if not developer:
        return RowFit(None, constant)
    return RowFit(fit_runs([case.observed for case in others], store.recipe()), constant, f"fitted without {developer}")


def best_constant(runs: Sequence[FitCase]) -> float:
    """Find the single MFU (0 to 1, of BF16's peak, by 6ND) that has the least mean of the sizes of the logarithms of errors."""
    return float(np.exp(np.median(np.log([case.flat_mfu for case in runs]))))


# --- fitting anew, and how good the method is -------------------------------------------------------------------------


@dataclass(frozen=True)
class Quality:
    """Errors of chip-hours of runs left out: logarithms of predicted over published.

    Parameters
    ----------
    method
        What was left out, for a person.
    n
        The number of runs.
    mean, median
        Of the errors' sizes.
    bias
        Their mean.
    coverage
        The share (0 to 1) of runs that lie between P10 and P90.
    constant_mean, constant_median
        Of the sizes of the errors of the best single MFU.
    """

    method: str
    n: int
    mean: float
    median: float
    bias: float
    coverage: float
    constant_mean: float
    constant_median: float

    def __str__(self) -> str:
        return (
            f"{self.n} runs, {self.method}: logarithm of predicted over published {self.mean:.3f} in the mean of its size, "
            f"{self.median:.3f} in the median, bias {self.bias:+.3f}, P10 to P90 holds {self.coverage:.0%}; "
            f"best single MFU: mean {self.constant_mean:.3f}, median {self.constant_median:.3f}"
        )


def cross_validate(groups: Sequence[str], method: str, known: bool = False) -> Quality:
    """Measure the method on runs left out: those of one group at a time.

    Parameters
    ----------
    groups
        Names the group of each of ``cases()``.
    method
        Says for a person what is left out.
    known
        Whether a run of a developer of other runs takes what these add.
    """
    from scipy.special import stdtrit

    runs, errors, inside, constant = cases(), [], [], []
    for group in dict.fromkeys(groups):
        kept = [case for case, label in zip(runs, groups, strict=True) if label != group]
        fit, single = fit_runs([case.observed for case in kept], store.recipe()), best_constant(kept)
        reach = float(stdtrit(fit.posterior.freedom, 0.9))
        for case in (case for case, label in zip(runs, groups, strict=True) if label == group):
            developer = case.observed.developer if known else ""
            median, scale = fit.predict(case.observed.known, case.observed.best_step, developer)
            errors.append(case.observed.log_mfu - median)
            inside.append(abs(errors[-1]) <= reach * scale)
            constant.append(abs(math.log(case.flat_mfu / single)))
    sizes = np.abs(errors)
    return Quality(
        method=method,
        n=len(errors),
        mean=float(sizes.mean()),
        median=float(np.median(sizes)),
        bias=float(np.mean(errors)),
        coverage=float(np.mean(inside)),
        constant_mean=float(np.mean(constant)),
        constant_median=float(np.median(constant)),
    )


def refit(path: Path = store.FIT) -> tuple[Fitted, dict[str, Quality]]:
    """Fit on the published runs, measure the method, write the file. Raises OSError; then the old file is still there."""
    fit, runs = fit_all(), cases()
    single = [str(number) for number in range(len(runs))]
    qualities = {
        "one_run_left_out": cross_validate(single, "each left out in turn"),
        "one_run_left_out_with_its_developers_effect": cross_validate(
            single, "each left out in turn, with what its developer's others add", known=True
        ),
        "one_developer_left_out": cross_validate([case.observed.developer for case in runs], "each developer left out in turn"),
    }
    lines = {name: str(quality) for name, quality in qualities.items()}
    fit_text.write_fit(
        path, fit, f"{len(runs)} {SOURCE}", predict.chips(), lines, date=f"{max(case.year for case in runs):.0f}"
    )
    store.fitted.cache_clear()
    store.evidence.cache_clear()
    developers.developers.cache_clear()
    configs.defaults.cache_clear()
    return fit, qualities
