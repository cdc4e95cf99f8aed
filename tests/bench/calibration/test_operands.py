"""Operands are normal random numbers in every format, as the formats' own tables of codes say."""

import numpy as np
import pytest

from flopwatt.bench.calibration.operands import COUNT, magnitudes, random_operand


def test_codes_are_those_of_the_formats() -> None:
    np.testing.assert_array_equal(magnitudes(4), [0, 0.5, 1, 1.5, 2, 3, 4, 6])
    e4m3 = magnitudes(8)
    assert (len(e4m3), e4m3[1], e4m3[8], e4m3[0x38], e4m3[-1]) == (127, 2.0**-9, 2.0**-6, 1.0, 448.0)
    assert (np.diff(e4m3) > 0).all()


@pytest.mark.parametrize("bits", [16, 8, 4])
def test_operands_are_normal_numbers(bits: int) -> None:
    data = random_operand(bits)
    assert data.nbytes == COUNT * bits // 8
    if bits == 16:
        values = (data.view("<u2").astype(np.uint32) << 16).view(np.float32).astype(float)
    else:
        codes = data if bits == 8 else np.stack([data & 15, data >> 4], axis=1).reshape(-1)
        sign = np.where(codes >> (bits - 1), -1.0, 1.0)
        values = sign * magnitudes(bits)[codes & (2 ** (bits - 1) - 1)]
    expected = np.random.default_rng(bits).standard_normal(COUNT)
    assert np.abs(values - expected).mean() < {16: 0.002, 8: 0.03, 4: 0.2}[bits]
    assert abs(values.mean()) < 0.01
    assert values.std() == pytest.approx(1.0, rel=0.03)
