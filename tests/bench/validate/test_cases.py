"""The precision of a case."""

import pytest

from flopwatt.bench.validate import cases
from flopwatt.bench.validate.rows import CaseRow, UnpredictableError


@pytest.mark.parametrize(("text", "bits"), [("bf16", 16), ("", 16), ("fp8", 8), ("mxfp8", 8), ("NVFP4", 4), ("fp16/bf16", 16)])
def test_a_precision(text: str, bits: int) -> None:
    assert cases.precision_of(CaseRow({"precision": text}, "x")).bits == bits


def test_a_precision_that_is_stated_and_not_known_is_not_taken_for_bf16() -> None:
    assert cases.precision_of(CaseRow({}, "x")).bits == cases.precision_of(CaseRow({"precision": "n/a"}, "x")).bits == 16
    for text in ("fp32", "int8"):
        with pytest.raises(UnpredictableError, match=f"precision '{text}' is not known"):
            cases.precision_of(CaseRow({"precision": text}, "x"))
