"""The precision of a case."""

import pytest

from flopwatt.bench.validate import cases
from flopwatt.bench.validate.rows import CaseRow, UnpredictableError


@pytest.mark.parametrize(("text", "bits"), [("bf16", 16), ("", 16), ("fp8", 8), ("mxfp8", 8), ("NVFP4", 4), ("fp16/bf16", 16)])
def test_a_precision(text: str, bits: int) -> None:
    assert cases.precision_of(CaseRow({"precision": text}, "x")).bits == bits


def test_a_precision_that_is_stated_and_not_known_is_not_taken_for_bf16() -> None:
    assert cases.precision_of(CaseRow({}, "x")).bits == cases.precision_of(CaseRow({"precision": "n/a"}, "x")).bits == 16
    for text in ("fp32", "int4"):
        with pytest.raises(UnpredictableError, match=f"precision '{text}' is not known"):
            cases.precision_of(CaseRow({"precision": text}, "x"))


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"gpu_hours_basis": "derived from 1,800 tokens/s per GPU at 38% MFU"}, ""),
        ({"gpu_hours_basis": "derived 4096*920 h"}, ""),
        ({"gpu_hours_basis": "reported", "mfu": 0.4}, ""),
        ({"validation_use": "none (speculative)"}, "validation_use says none (speculative)"),
        ({"kind": "throughput_benchmark"}, "a throughput benchmark, not a full run"),
    ],
)
def test_what_tests_nothing_says_why(cells: dict[str, object], says: str) -> None:
    reason = cases.uncounted(CaseRow(cells, "x"))
    assert says in reason
    assert bool(says) == bool(reason)
