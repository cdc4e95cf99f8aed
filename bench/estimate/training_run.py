"""A training run as it was stated, with its best strategy and what is known of those who will train it."""

from dataclasses import dataclass, field

from ..errors import Part
from .best_step import BestStep
from .practice import Practice
from .scenario import Scenario


@dataclass(frozen=True)
class StrategyAndPractice:
    """A run's best strategy, and what is known of those who will train it.

    Attributes
    ----------
    best
        The step of the best strategy; None where none was found.
    unsearched
        Why none was, as text and parameters.
    shows_strategy
        Whether somebody asked for the strategy.
    practice
        What is known of those who will train.
    """

    best: BestStep | None = None
    unsearched: tuple[Part, ...] = ()
    shows_strategy: bool = False
    practice: Practice = field(default_factory=Practice)


@dataclass(frozen=True, kw_only=True)
class TrainingRun(StrategyAndPractice):
    """A training run as it was stated.

    Attributes
    ----------
    scenario
        What is fixed, and what is drawn.
    """

    scenario: Scenario
