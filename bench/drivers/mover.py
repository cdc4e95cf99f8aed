"""What varying one input alone does to an answer."""

import math
from dataclasses import dataclass
from typing import Literal

MoverKind = Literal["drawn", "assumed"]


@dataclass(frozen=True)
class Mover:
    """An input that moves an answer, all others held at one place.

    Attributes
    ----------
    name
        The input, as a key of the model.
    kind
        Whether it is drawn, or a default that was assumed.
    low, base, high
        The values of the input that were tried, in its own unit. Of an input that chooses, ``low`` is the choice with the least
        answer and ``high`` that with the greatest.
    answer_low, answer_base, answer_high
        The answer's main quantity at these values, in its own unit; NaN where a fact is not published, infinite where the
        answer is.
    basis
        Which values were tried, in words: ``P10 to P90 of its draws``. Where an end has no finite answer it says so.
    place
        Where on the axes it was taken, by the axis and its point, in words.
    is_choice
        Whether another value is another choice, or a tenth more or less: then no range is known that it may lie in.
    """

    name: str
    kind: MoverKind
    low: float
    base: float
    high: float
    answer_low: float
    answer_base: float
    answer_high: float
    basis: str
    place: tuple[tuple[str, str], ...] = ()
    is_choice: bool = False

    @property
    def effect(self) -> float:
        """How far apart the greatest and the least answer are, in the answer's unit; a NaN among them is left out."""
        answers = [answer for answer in (self.answer_low, self.answer_base, self.answer_high) if not math.isnan(answer)]
        return 0.0 if not answers or max(answers) == min(answers) else max(answers) - min(answers)

    @property
    def relative_effect(self) -> float:
        """The effect as a share of the answer; infinite where the answer is 0 or infinite."""
        if not self.effect:
            return 0.0
        return self.effect / abs(self.answer_base) if self.answer_base and math.isfinite(self.answer_base) else math.inf
