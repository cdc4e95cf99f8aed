"""What is known of those who will train: a developer whose published runs are like theirs, and a pilot on their machines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import InputError, Parameter
from ..terminal import numbers
from .known_values import known_values
from .scenario import Scenario, StatedValue
from .source import Source, SourceKind

if TYPE_CHECKING:
    from ..prior.developers import DeveloperEffect

PILOT, RATE = "pilot_mfu", "chip_token_rate"  # quantities that a pilot is stated as
MFU, LIKE = "mfu", "like"
_OF_ONE_CHIP = ("flops_per_token", "peak_flops", "reachable_mfu")
_ABOVE = 1.2  # of what large matrix products sustain, which is fitted: up to there a pilot may be right
_MANY = 10.0  # peaks of a chip, from which they are counted
_LEAST = 0.01  # an MFU below which a pilot is of something else


@dataclass(frozen=True)
class Practice:
    """What is known of those who will train.

    Attributes
    ----------
    inputs
        That of the expected MFU which it fixes, by quantity.
    developer
        Whose published runs are like theirs; None where nobody is named.
    pilot
        The MFU (0 to 1) that was measured; None without a pilot.
    rate
        The tokens per second and chip that it was computed from; None where it was stated itself.
    """

    inputs: Mapping[str, StatedValue] = field(default_factory=dict)
    developer: "DeveloperEffect | None" = None
    pilot: float | None = None
    rate: float | None = None

    @property
    def words(self) -> str:
        """What narrows an interval: ``the pilot``, ``Meta's 4 published runs``, or both."""
        runs = ""
        if self.developer is not None:
            runs = f"{numbers.count(self.developer.runs, 'published run')} of {self.developer.name}"
        return " and ".join(filter(None, ("the pilot" if self.pilot is not None else "", runs)))


def check_practice(stated: Mapping[str, object], like: str | None) -> None:
    """Refuse what contradicts itself: two pilots, or a pilot or a developer beside an MFU that is stated.

    Parameters
    ----------
    stated
        What is stated, by quantity.
    like
        The developer that is named.

    Raises
    ------
    InputError
        Names both parameters.
    """
    if PILOT in stated and RATE in stated:
        raise InputError("says again what ", Parameter(RATE), " says of the pilot; give one of them", where=Parameter(PILOT))
    given = [Parameter(name) for name in (PILOT, RATE) if name in stated] + ([Parameter(LIKE)] if like is not None else [])
    if MFU in stated and given:
        raise InputError(
            "holds the MFU of the whole run, which ", given[0], " would tell; give one of them", where=Parameter(MFU)
        )


def practice_of(fixed: Mapping[str, StatedValue], like: str | None, run: Scenario, *, unusual: bool) -> Practice:
    """Read what is stated of those who will train.

    Parameters
    ----------
    fixed
        What is stated of the run, in base units.
    like
        The developer that is named.
    run
        The run as it is without these.
    unusual
        Whether to take a pilot that no chip can do.

    Raises
    ------
    InputError
        Where no run of the developer is fitted, and where a pilot cannot be.
    """
    developer = _developer(like) if like is not None else None
    inputs: dict[str, StatedValue] = {}
    if developer is not None:
        source = Source(SourceKind.STATED, option=Parameter(LIKE))
        inputs |= {name: StatedValue(value, source) for name, value in developer.inputs().items()}
    if PILOT not in fixed and RATE not in fixed:
        return Practice(inputs, developer)
    known = known_values(run.medians(), _OF_ONE_CHIP)
    if RATE not in fixed:
        held = fixed[PILOT]
        _check_pilot(held.value, known, unusual)
        return Practice(inputs | {PILOT: held}, developer, held.value)
    rate = fixed[RATE]
    mfu = _mfu_of_rate(rate.value, known, fixed, unusual)
    return Practice(inputs | {PILOT: StatedValue(mfu, rate.source)}, developer, mfu, rate.value)


def _developer(name: str) -> "DeveloperEffect":
    from ..prior.developers import developer_effect, developers

    effect = developer_effect(name)
    if effect is None:
        known = ", ".join(sorted(developers()))
        raise InputError(f"no published run of {name!r} is known; there are runs of {known}", where=Parameter(LIKE))
    return effect


def _check_pilot(mfu: float, known: Mapping[str, float], unusual: bool) -> None:
    if unusual or "reachable_mfu" not in known or _LEAST <= mfu <= _most(known):
        return
    if mfu < _LEAST:
        wrong = f"{numbers.share(mfu)} is less than any training reaches; it is a share of the chip's dense peak, such as 0.38"
    else:
        wrong = f"{numbers.share(mfu)} is above the {numbers.share(known['reachable_mfu'])} that large matrix products sustain"
    raise InputError(wrong, "; ", Parameter("unusual"), " would take it", where=Parameter(PILOT))


def _mfu_of_rate(rate: float, known: Mapping[str, float], fixed: Mapping[str, StatedValue], unusual: bool) -> float:
    """Compute a pilot's MFU from its tokens per second and chip. Raises InputError where no chip can do these."""
    if any(name not in known for name in _OF_ONE_CHIP):
        raise InputError("needs the model's operations per token and the chip's peak", where=Parameter(RATE))
    from ..prior.pilot import from_tokens

    mfu = from_tokens(rate, known["flops_per_token"], known["peak_flops"]).mfu
    if _LEAST <= mfu <= _most(known) or (unusual and mfu <= 1):
        return mfu
    would = f"an MFU of {numbers.share(mfu)}" if mfu < _MANY else f"{numbers.count(round(mfu))} times its peak"
    text = f"{numbers.number(rate)} tokens a second of one chip would be {would}"
    chips = fixed["chip_count"].value if "chip_count" in fixed else 1.0
    if mfu > _LEAST and chips > 1 and _LEAST <= mfu / chips <= _most(known):
        of_one = numbers.number(numbers.significant(rate / chips, 3))
        raise InputError(
            f"{text}; if that is what {numbers.count(chips)} chips do together, give {of_one}, that of one",
            where=Parameter(RATE),
        )
    right = f"{numbers.number(numbers.significant(0.4 * known['peak_flops'] / known['flops_per_token'], 2))} would be 40%"
    raise InputError(f"{text}; {right}", where=Parameter(RATE))


def _most(known: Mapping[str, float]) -> float:
    return min(_ABOVE * known["reachable_mfu"], 1.0)
