"""A pilot's throughput as an MFU."""

import math

import pytest

from flopwatt.bench.prior.pilot import Pilot, from_tokens
from flopwatt.kernels.quantities import MODEL


def test_tokens_a_second_are_an_mfu() -> None:
    """Ai2: OLMo 2 32B at 1,800 tokens a second and H100, 38% MFU with its attention's operations."""
    pilot = from_tokens(1800.0, 6 * 32.2e9, 989.4e12)
    assert pilot.mfu == pytest.approx(0.35, abs=0.005)
    assert all(MODEL[name].given for name in Pilot(0.4).inputs())


def test_what_is_not_known_gives_no_mfu() -> None:
    assert math.isnan(from_tokens(1800.0, 6e9, math.nan).mfu)
