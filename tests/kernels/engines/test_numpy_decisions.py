"""The reference for decisions against brute force in plain Python."""

import brute_decisions
import pytest
from decision_problems import DrawnDecision, decisions
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from flopwatt.kernels.engines import Settings, cpu_numpy, get


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(decisions(), st.sampled_from(["float64", "float32"]), st.sampled_from([1, 7, 40, 2**17]))
def test_decisions_are_those_of_brute_force(drawn: DrawnDecision, dtype: str, points: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cpu_numpy, "BLOCK_POINTS", points)
        result = get("numpy").prepare(drawn.problem, drawn.question, Settings(dtype)).run()
    try:
        brute_decisions.check(drawn.problem, drawn.question, dtype, result)
    except brute_decisions.BorderlineError:
        assume(False)
