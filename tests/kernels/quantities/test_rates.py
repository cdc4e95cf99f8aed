"""What chips sustain: power, age, precision, generations of attention, kernels that are not fused."""

import pytest
from step_scenario import compute

from flopwatt import configs


def test_a_chip_with_more_watts_per_flop_sustains_a_greater_share() -> None:
    shares = [
        compute("bf16_rate", chip=c) / configs.load("hardware").find(c).values["peak_bf16"] for c in ("A100", "H100", "B200")
    ]
    assert shares[0] > shares[1] > shares[2]


def test_kernels_mature() -> None:
    early, late = (compute("software_maturity", software_date=date) for date in (2023.0, 2026.0))
    assert early < late < 1
    assert compute("software_maturity", software_date=2010.0) == 1 - configs.defaults()["immaturity"].value


def test_attention_has_generations() -> None:
    """FlashAttention-1 on A100 and H100, the second on both, the third; scores that go through memory have none."""
    known = {name: configs.defaults()[name].value for name in ("first_attention_share", "ported_attention_share")}
    first, ported = known.values()
    shares = [
        compute("attention_maturity", chip=chip, software_date=date)
        for chip in ("A100", "H100")
        for date in (2023.2, 2024, 2025)
    ]
    assert shares == [first, 1, 1, pytest.approx(first * ported), ported, 1]
    assert compute("attention_maturity", chip="A100", software_date=2021.0, fused_attention=0.0) == 1
    ultra, plain = (compute("attention_maturity", chip=chip, software_date=2026.0) for chip in ("GB300", "GB200"))
    assert (ultra, plain) == (1, configs.defaults()["overtaken_attention_share"].value)
    # fewer products a clock for each exponential function than on B200, though as young
    assert [compute("attention_maturity", chip=chip, software_date=2026.0) for chip in ("RTX PRO 6000", "MI355X")] == [1, 1]


def test_hopper_promotes_the_sums_of_fp8_products() -> None:
    kept = [compute("matmul_rate", chip=c, precision_bits=8.0) / (2 * compute("bf16_rate", chip=c)) for c in ("H100", "B200")]
    assert kept == [pytest.approx(configs.defaults()["promotion_share"].value, rel=1e-3), 1]
    whole = compute("matmul_rate", chip="MI300X", precision_bits=8.0) / compute("bf16_rate", chip="MI300X")
    assert whole == pytest.approx(2, rel=1e-3)


def test_kernels_that_are_not_fused_move_more_for_models_with_gates() -> None:
    names = ("unfused_traffic", "plain_unfused_traffic")
    for model, name in zip(("llama-3.1-8b", "gpt-3-175b"), names, strict=True):
        fused, unfused = (compute("dense_traffic_time", model=model, unfused_kernels=share) for share in (0.0, 1.0))
        assert unfused / fused == pytest.approx(1 + configs.defaults()[name].value)


def test_precisions_follow_their_peaks() -> None:
    rates = [compute("matmul_rate", chip="GB200", precision_bits=bits) for bits in (16.0, 8.0, 4.0)]
    assert rates[0] < rates[1] < rates[2]
    assert compute("cast_passes", precision_bits=16.0) == 0
