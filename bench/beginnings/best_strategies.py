"""The MFU of a run's best strategy on each chip that a first study compares: held for one chip, said of several."""

from dataclasses import dataclass

from ..errors import InputError
from ..estimate.best_possible import expected_mfu
from ..estimate.request import Request, run_of
from ..prior.drawn_inputs import TARGETS
from ..terminal import numbers
from .plan import FirstPlan
from .study_parts import noted


@dataclass(frozen=True)
class SearchedChip:
    """What an estimate expects of a run on a chip.

    Attributes
    ----------
    name
        What people call the chip.
    best
        The MFU (0 to 1) of the best strategy by the step-time model.
    chips
        For how many chips it was searched.
    expected
        The expected MFU (0 to 1), the best strategy counted in.
    """

    name: str
    best: float
    chips: float
    expected: float


def searched_chips(plan: FirstPlan) -> tuple[SearchedChip, ...]:
    """Search the best strategy of the plan's run on each of its chips; where there is none, the chip is left out.

    Parameters
    ----------
    plan
        What the study is of: one run.
    """
    trained, stated = plan.trained, {"run_time": plan.days}
    if trained.row is None:
        stated["tokens"] = f"{trained.tokens:.12g}"
    elif trained.own_tokens:
        stated["tokens"] = trained.own_tokens
    searched = []
    for chip in plan.chips:
        request = Request(
            model=trained.row.key if trained.row is not None else None,
            parameters=f"{trained.parameters:.12g}" if trained.row is None else None,
            active_parameters=f"{trained.active_parameters:.12g}" if trained.row is None else None,
            chip=chip.name if chip.scaled_from else chip.key,
            stated=stated,
            unusual=True,
        )
        try:
            run = run_of(request, TARGETS)
        except InputError:  # what the study itself will say
            continue
        expected = expected_mfu(run.scenario)
        if run.best is not None and expected is not None:
            searched.append(SearchedChip(chip.shown, run.best.mfu, run.best.strategy.chips, expected.median))
    return tuple(searched)


def best_lines(plan: FirstPlan, searched: tuple[SearchedChip, ...]) -> list[str]:
    """Hold the MFU of the best strategy, as an estimate does, where the study is of one chip.

    Parameters
    ----------
    plan
        What the study is of.
    searched
        The chips on which a strategy was found.
    """
    if len(plan.chips) != 1 or not searched:
        return []
    (one,) = searched
    where = f"of the best strategy on {numbers.count(one.chips)} {one.name}, by the step-time model"
    return [noted(f"best_step_mfu = {one.best:.5g}", f"{where}; leave it out with other chips")]


def difference_lines(plan: FirstPlan, searched: tuple[SearchedChip, ...]) -> list[str]:
    """Say what an estimate expects of each chip with its best strategy, which a study of several does without.

    Parameters
    ----------
    plan
        What the study is of.
    searched
        The chips on which a strategy was found.
    """
    if len(plan.chips) == 1 or not searched:
        return []
    told = ", ".join(f"{numbers.share(round(one.expected, 3))} on {one.name}" for one in searched)
    return [
        "The MFU is what published runs lead to expect. `flopwatt estimate` searches each chip's best strategy too, and with",
        f"it expects an MFU of {told}.",
    ]
