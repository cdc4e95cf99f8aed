"""Figures of whole services: inside P10 to P90 for their assumptions, which are stated; what cannot be predicted says why."""

from typing import Any

import pytest

from flopwatt import configs
from flopwatt.bench.validate.results import Findings
from flopwatt.bench.validate.rows import CaseRow
from flopwatt.bench.validate.whole_services import SERVICES

_DRAWS = 256


def _rows() -> list[dict[str, Any]]:
    return [dict(row) for row in configs.read_toml(configs.FOLDER / "published" / "services.toml")["cases"]]


@pytest.fixture(scope="module")
def found() -> Findings:
    """The shipped services."""
    return SERVICES.predict([CaseRow(row, str(i)) for i, row in enumerate(_rows())], _DRAWS)


def test_published_figures_lie_inside(found: Findings) -> None:
    assert found.left_out == []
    assert len(found.predicted) >= 6
    for case in found.predicted:
        assert case.low is not None
        assert case.high is not None
        assert case.low <= case.published <= case.high, case.name


def test_intervals_say_something(found: Findings) -> None:
    for case in found.predicted:
        assert case.low is not None
        assert case.high is not None
        assert case.high / case.low < 20, case.name


def test_each_states_its_source_and_assumptions() -> None:
    for row in _rows():
        assert all(row[key] for key in ("source", "date", "assumptions")), row["service"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"chip": "Abacus"}, "'Abacus' is none of the hardware table"),
        ({"model": "GPT-9"}, "'GPT-9' is in no row"),
        ({"counts": "mood"}, "'mood' is no quantity"),
        ({"assumed": {"moood": 1}}, "assumed.moood is no quantity"),
    ],
)
def test_what_cannot_be_predicted_says_why(changed: dict[str, Any], said: str) -> None:
    result = SERVICES.predict([CaseRow({**_rows()[0], **changed}, "1")], 16)
    assert result.predicted == []
    assert said in result.left_out[0].reason
