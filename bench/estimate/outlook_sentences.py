"""What is said beside an estimate: what is expected and why, what the best strategy could reach, what a pilot narrowed."""

from ..errors import Part
from ..prior.drawn_inputs import DEVIATION
from ..terminal import numbers
from . import best_possible
from .best_possible import BestPossible, ExpectedMfu
from .best_step import NOT_SEARCHED, BestStep
from .intervals import Estimate, Spread
from .natural_units import join_words, natural, spread_words
from .outlook import Outlook
from .practice import Practice
from .result_sentences import natural_of, spread_of, words
from .scenario import Scenario

_ROUNDING = 0.005  # of the best strategy's MFU, from which on an expected one reads the same


def outlook_sentences(estimate: Estimate, scenario: Scenario, outlook: Outlook) -> list[tuple[Part, ...]]:
    """Say what is expected and what the best strategy could reach, a sentence of text and parameters each.

    Parameters
    ----------
    estimate
        What was estimated.
    scenario
        Of which run.
    outlook
        What stands beside it.
    """
    mfu = estimate.spreads.get("mfu")
    if mfu is None or mfu.median is None:
        return []
    lines: list[tuple[Part, ...]] = [
        (f"Expected: {_expected(mfu, scenario, outlook.practice)}.{_narrowed(estimate, scenario, outlook)}",)
    ]
    if outlook.reach:
        lines.append(_reach(mfu, scenario, outlook))
    else:
        lines += _bound(mfu, scenario, outlook)
    return lines


def rests_on(scenario: Scenario, practice: Practice) -> tuple[str, ...]:
    """Name what an expected MFU is made from: ``published runs``, ``the best strategy``, ``the pilot``.

    Parameters
    ----------
    scenario
        The run.
    practice
        What is known of those who will train.
    """
    held = scenario.fixed.get("best_step_mfu")
    best = "the best strategy" if held is not None and held.value > NOT_SEARCHED else ""
    pilot = f"the pilot's {numbers.share(practice.pilot)}" if practice.pilot is not None else ""
    return tuple(filter(None, (pilot, "published runs", best)))


def _expected(mfu: Spread, scenario: Scenario, practice: Practice) -> str:
    if DEVIATION in scenario.drawn:
        return f"an MFU of {spread_words(mfu)}, by {join_words(rests_on(scenario, practice))}"
    at = f"at the stated MFU of {natural_of(mfu)}" if "mfu" in scenario.fixed else f"at an MFU of {natural_of(mfu)}"
    drawn = best_possible.expected_mfu(scenario)
    return (
        f"{at}; {join_words(rests_on(scenario, practice))} lead to expect {_expected_words(drawn)}" if drawn is not None else at
    )


def _narrowed(estimate: Estimate, scenario: Scenario, outlook: Outlook) -> str:
    """Say how far a pilot or a developer's runs narrow the interval; nothing without either."""
    name = "chip_count" if scenario.solve else "run_time"
    before, now = outlook.before.get(name), estimate.spreads.get(name)
    if before is None or now is None or now.low is None:
        return ""
    who, developer = outlook.practice.words, outlook.practice.developer
    runs = developer is not None and developer.runs != 1
    verb = "move" if _apart(before, now) or _width(now) >= _width(before) else "narrow"
    several = runs or " and " in who
    return f" {who[0].upper()}{who[1:]} {verb}{'' if several else 's'} the {words(name)} to {_ends(now)}, from {_ends(before)}."


def _width(spread: Spread) -> float:
    return spread.high / spread.low if spread.low and spread.high else 1.0


def _apart(first: Spread, second: Spread) -> bool:
    """Tell whether two intervals have nothing in common."""
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return False
    return first.low > second.high or second.low > first.high


def _ends(spread: Spread) -> str:
    """Word ``218 to 467 days``: an interval with its unit."""
    if spread.low is None or spread.high is None:
        return natural_of(spread)
    low, high = natural(spread.low, spread.quantity), natural(spread.high, spread.quantity)
    number, _, unit = low.partition(" ")
    return f"{number} to {high}" if unit and high.endswith(f" {unit}") else f"{low} to {high}"


def _reach(mfu: Spread, scenario: Scenario, outlook: Outlook) -> tuple[Part, ...]:
    best, reach = outlook.best, outlook.reach
    assert best is not None
    asked = reach.get("chip_count" if scenario.solve else "run_time")
    takes = [spread_words(asked)] if asked is not None else []
    takes += [spread_of(reach["cost"], "of own cost")] if "cost" in reach else []
    model = f"the step-time model of {best.software.name}{_chips_words(best, scenario)}"
    text = f"{join_words(takes)}, at an MFU of {spread_words(reach['mfu'])} by {model}"
    expected = "mfu" not in scenario.fixed
    if mfu.median is not None and mfu.median > best.mfu * (1 - _ROUNDING if expected else 1):
        more = _more(scenario, outlook.practice) if expected else "the stated MFU is above that"
        return (f"Best strategy: {text}; {more}.{_above_bound(mfu, scenario)}",)
    share = numbers.share(round(mfu.median / best.mfu, 2)) if mfu.median is not None else "a part"
    return (f"Best strategy could reach: {text}; {'expected' if expected else 'stated'} is {share} of that.",)


def _more(scenario: Scenario, practice: Practice) -> str:
    """Word what leads to expect no less than the best strategy: a pilot may be above it, published runs count up to it."""
    held = scenario.fixed.get("best_step_mfu")
    if practice.pilot is not None and held is not None and practice.pilot > held.value:
        return "the pilot leads to expect more"
    return "published runs lead to expect no less"


def _above_bound(mfu: Spread, scenario: Scenario) -> str:
    """Say that an MFU is above what large matrix products sustain; nothing where it is not."""
    best = best_possible.best_possible(scenario)
    if best is None or mfu.median is None or mfu.median <= best.mfu:
        return ""
    return f" That MFU is above {_bound_words(best)}."


def _bound_words(best: BestPossible) -> str:
    return f"the {numbers.share(best.mfu)} that large matrix products sustain, by published step times"


def _chips_words(best: BestStep, scenario: Scenario) -> str:
    """Word on how many chips a strategy was searched, where that is another number than the run's."""
    if scenario.solve:
        return f", searched on {numbers.count(best.strategy.chips)} chips"
    idle = best.strategy.chips != best.chips
    return f", on {numbers.count(best.strategy.chips)} of the {numbers.count(best.chips)} chips" if idle else ""


def _bound(mfu: Spread, scenario: Scenario, outlook: Outlook) -> list[tuple[Part, ...]]:
    """Say why no strategy was searched, and what no strategy beats."""
    lines: list[tuple[Part, ...]] = []
    if outlook.unsearched:
        lines.append(("No best strategy was found: ", *outlook.unsearched, "."))
    best = best_possible.best_possible(scenario)
    if best is None or mfu.median is None:
        return lines
    if above := _above_bound(mfu, scenario):
        return [*lines, (above.strip(),)]
    names = ("chip_count" if scenario.solve else "run_time", "energy", "cost")
    shown = [natural(best.values[name], scenario.model[name]) for name in names if name in best.values]
    takes = join_words(shown) or f"an MFU of {numbers.share(best.mfu)}"
    return [*lines, (f"For comparison: {takes}, at {_bound_words(best)}.",)]


def _expected_words(expected: ExpectedMfu) -> str:
    ends = numbers.join_range(numbers.share(expected.low), numbers.share(expected.high))
    return f"{numbers.share(expected.median)} ({ends})"
