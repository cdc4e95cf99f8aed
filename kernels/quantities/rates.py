# mypy: allow-untyped-defs, allow-untyped-calls
"""What a chip's arithmetic and memory sustain under the software of a date.

Large products reach a share of the dense peak that
- falls with the power that a chip has for each FLOP of peak: faster chips of the same power clock lower under load, while
  power beyond the reference's is of little use;
- grows with the age of the chip's generation when the software was made: kernels mature; and
- is less for FP8 on tensor cores that add up its products in few bits (Hopper), whose sums software promotes on the way.

Fused attention has generations of its own, each written for an architecture; power does not count, since softmax and moving
data keep the tensor cores from their peak. Element-wise kernels are bound by memory; where they are not fused they move more.

The shares are fitted, see configs/efficiency.toml.
"""

from ..model.quantity import exp, given, maximum, minimum, quantity, where

_FIT = "fitted to published step times, configs/efficiency.toml"

given("architecture_date", "", "Calendar year, with its fraction, in which the chip's architecture first shipped.")
given("software_date", "", "Calendar year, with its fraction, that the training software dates from.", low=1990)
given("block_scaling", "", "1 where operands carry a scale per small block (MXFP8, NVFP4), else 0.", high=1, whole=True)
given("fused_attention", "", "1 where scores never leave the chip (FlashAttention), 0 where they go through memory.", high=1)
given("element_bytes", "byte", "Bytes of an activation or a weight in computation: 2 for BF16 and FP16.", low_open=True)

given(
    "matmul_share",
    "",
    "Share of the peak that large matrix products sustain at the reference power per FLOP.",
    low_open=True,
    show="%",
)
given("fp8_share", "", "Share of its own peak that FP8 reaches in large products, over BF16's.", low_open=True, show="%")
given("fp4_share", "", "Share of its own peak that FP4 reaches in large products, over BF16's.", low_open=True, show="%")
given(
    "promotion_share",
    "",
    "Rate of FP8 products whose sums software promotes on the way, over that of others.",
    low_open=True,
    show="%",
)
given(
    "few_bit_sums",
    "",
    "1 where tensor cores add up FP8 products in fewer bits than FP32, so that software promotes their sums, else 0.",
    high=1,
    whole=True,
)
given("grouped_share", "", "Rate of the experts' grouped products over that of one product.", low_open=True, show="%")
given("energy_per_flop", "J", "Reference: TDP per BF16 FLOP/s of peak at which the shares hold.", low_open=True)
given("power_exponent", "", "How the sustained share grows with TDP per FLOP/s of peak, up to the reference's.")
given("ample_power_exponent", "", "How the sustained share grows with TDP per FLOP/s of peak beyond the reference's.")
given(
    "power_limit_share",
    "",
    "Power that a limit leaves a chip, over its own TDP; 1 without a limit.",
    low_open=True,
    high=1,
    show="%",
    label="power limit over the TDP",
)
given("immaturity", "", "Share of the rate that software still misses when an architecture first ships.", high=1, show="%")
given("maturing_time", "", "Years in which what software misses falls to 1/e.", low_open=True)

given(
    "attention_share",
    "",
    "Share of the BF16 peak that fused attention sustains: the newest generation, on the architecture that it is for.",
    low_open=True,
    show="%",
)
given(
    "gathered_attention_share",
    "",
    "Rate of attention on keys that are gathered, chosen or made from many tokens, over that on whole sequences.",
    low_open=True,
    show="%",
)
given(
    "first_attention_share",
    "",
    "Rate of FlashAttention's first generation over the second's, on its own chips.",
    low_open=True,
    show="%",
)
given(
    "ported_attention_share",
    "",
    "Rate of attention written for Ampere over its best, on later architectures.",
    low_open=True,
    show="%",
)
given(
    "overtaken_attention_share",
    "",
    "Rate of attention written for Hopper over its best, on Blackwell.",
    low_open=True,
    show="%",
)
given("second_attention_date", "", "Calendar year from which software has FlashAttention's second generation.")
given("third_attention_date", "", "Calendar year from which software has attention written for Hopper and later.")
given("asynchronous_date", "", "Calendar year from which architectures ship that move data to the tensor cores by themselves.")
given("exponentials", "", "Exponential functions that a compute unit starts each clock.", low_open=True)
given(
    "products_per_exponential",
    "FLOP/s",
    "BF16 peak for each exponential function that a chip starts a clock, beyond which these hold up attention.",
    low_open=True,
)

given("memory_share", "", "Share of the memory bandwidth that element-wise kernels sustain.", low_open=True, high=1, show="%")
given("unfused_kernels", "", "Share of element-wise operations that run as kernels of their own, not fused.", high=1, show="%")
given("unfused_traffic", "", "Memory traffic of unfused kernels beyond that of fused ones, over the latter.")
given(
    "plain_unfused_traffic",
    "",
    "Extra traffic of unfused kernels, over that of fused ones, in models without gates: PyTorch has kernels of its own.",
)


@quantity(unit="", source=_FIT, show="%")
def clock_share(power_limit_share, power_exponent):
    """Clock under a power limit, and with it the peaks, over that at the chip's own TDP."""
    return power_limit_share**power_exponent


@quantity(unit="", source=_FIT)
def power_derating(tdp, peak_bf16, energy_per_flop, power_exponent, ample_power_exponent, power_limit_share, clock_share):
    """How far the power per FLOP of peak lets the chip go, over the reference's.

    Both are taken as they are without a power limit, which lowers the peaks themselves: what is sustained under a limit falls
    with the clock once, not twice.
    """
    own_power, own_peak = tdp / power_limit_share, peak_bf16 / clock_share
    ratio = own_power / (own_peak * energy_per_flop)
    return minimum(ratio, 1.0) ** power_exponent * maximum(ratio, 1.0) ** ample_power_exponent


@quantity(unit="", source=_FIT)
def software_maturity(immaturity, software_date, architecture_date, maturing_time):
    """Share of its final rate that the software reaches."""
    return 1 - immaturity * exp(-maximum(software_date - architecture_date, 0.0) / maturing_time)


@quantity(unit="FLOP/s", source=_FIT)
def bf16_rate(peak_bf16, matmul_share, power_derating, software_maturity):
    """What large products in BF16 sustain on one chip."""
    return peak_bf16 * (matmul_share * power_derating * software_maturity)


@quantity(unit="FLOP/s", source=_FIT)
def matmul_rate(bf16_rate, peak_bf16, peak_flops, precision_bits, fp8_share, fp4_share, promotion_share, few_bit_sums):
    """What large products in the precision of the run sustain on one chip.

    Hopper's tensor cores add up FP8 products in few bits, and software promotes their sums on the way.
    """
    fp8 = fp8_share * where(few_bit_sums > 0, promotion_share, 1.0)
    share = where(precision_bits <= 4, fp4_share, where(precision_bits <= 8, fp8, 1.0))
    return bf16_rate * (share * peak_flops / peak_bf16)


@quantity(unit="FLOP/s", source=_FIT)
def grouped_rate(matmul_rate, grouped_share, routing_immaturity):
    """What the experts' grouped products sustain on one chip: kernels of their own, which catch up as an architecture ages."""
    return matmul_rate / (1 + (1 / grouped_share - 1) * routing_immaturity)


@quantity(
    unit="",
    source="Dao 2023, arXiv:2307.08691; Shah et al. 2024, arXiv:2407.08608; Zadouri et al. 2026, FlashAttention-4",
    show="%",
)
def attention_maturity(
    software_date, architecture_date, second_attention_date, third_attention_date, asynchronous_date, fused_attention,
    first_attention_share, ported_attention_share, overtaken_attention_share, peak_bf16, clock_share, compute_units,
    exponentials, products_per_exponential,
):  # fmt: skip
    """Rate of the fused attention of the software's generation over that of the newest, on the chip's architecture.

    FlashAttention's first generation fills the tensor cores half; the second was written for Ampere, and until the third it
    ran on chips that move data by themselves (Hopper and later) as if they did not. On chips of many products a clock for each
    exponential function, such as B200, these take as long as the products. Scores that go through memory have no generations.
    """
    own = where(software_date < second_attention_date, where(fused_attention > 0, first_attention_share, 1.0), 1.0)
    ported = where(architecture_date >= asynchronous_date, ported_attention_share, 1.0)
    products = peak_bf16 / (clock_share * compute_units * exponentials)
    overtaken = where(products > products_per_exponential, overtaken_attention_share, 1.0)
    return own * where(software_date < third_attention_date, ported, 1.0) * overtaken


@quantity(unit="FLOP/s", source=_FIT)
def attention_rate(peak_bf16, attention_share, attention_maturity, software_maturity):
    """What fused attention sustains on one chip."""
    return peak_bf16 * (attention_share * attention_maturity * software_maturity)


@quantity(unit="byte/s", source=_FIT)
def memory_rate(memory_bandwidth, memory_share):
    """What element-wise kernels sustain of the memory's bandwidth."""
    return memory_bandwidth * memory_share


@quantity(unit="byte/s", source=_FIT)
def elementwise_rate(memory_rate, unfused_kernels, unfused_traffic, plain_unfused_traffic, ffn_matrices):
    """What element-wise kernels sustain of the traffic that fused ones would have: what is not fused reads and writes more.

    Models with gates have RMS norms, rotary positions and gates, each of many operations; layer norms and GELU are one kernel
    each in any framework.
    """
    return memory_rate / (1 + unfused_kernels * where(ffn_matrices > 2, unfused_traffic, plain_unfused_traffic))
