"""Findings made up for the tests of scores, their pictures and their page."""

from flopwatt.bench.validate.baselines import FLATS
from flopwatt.bench.validate.results import Findings, LeftOut, Predicted

HOPPER, AMPERE = {"generation": "Hopper", "precision": "BF16"}, {"generation": "Ampere", "precision": "BF16"}


def case(ratio: float, published: float = 100.0, *, reach: float = 1.2, **own) -> Predicted:
    """A case whose prediction is ``ratio`` times what was published, between that over ``reach`` and times it."""
    predicted = ratio * published
    given = {"low": predicted / reach, "high": predicted * reach, "labels": HOPPER, "name": f"{ratio:g} of {published:g}"}
    return Predicted(quantity="step_time", unit="s", published=published, predicted=predicted, **(given | own))


def two_generations() -> Findings:
    """Six cases of Hopper that are 10% too high, six of Ampere 20% too low beside a peer, and an energy without an interval."""
    hopper = [case(1.1, 10.0**i) for i in range(6)]
    ampere = [case(0.8, 2 * 10.0**i, labels=AMPERE, baselines={"peer": 3 * 10.0**i}) for i in range(6)]
    alone = Predicted("a run", "energy", "MWh", 10.0, 12.0, labels={"source": "a paper"})
    left = [LeftOut("first", "energy", "no hours"), LeftOut("second", "energy", "'x' (far) is no scope")]
    return Findings([*hopper, *ampere, alone], left)


def flat(published: float, at_one: float) -> Predicted:
    """A case that is predicted right, with flat MFUs beside; an MFU of 1 would predict ``at_one``."""
    return case(1.0, published, baselines={name: at_one / share for share, name in FLATS.items()})
