"""Facts of a chip that the hardware table brings and no other subject declares: memory and links."""

from ..model.quantity import given

given("peak_int8", "FLOP/s", "Dense peak of products of 8-bit integers, which training by quantization uses.", low_open=True)
given(
    "memory_capacity",
    "byte",
    "Memory of one chip in bytes, as its driver shows it (80 GiB of an H100), not decimal GB.",
    low_open=True,
    label="memory of a chip",
)
given("memory_bandwidth", "byte/s", "Peak bandwidth of a chip's memory.", low_open=True)
given("scaleup_bandwidth", "byte/s", "Bandwidth of a chip's scale-up links (NVLink, ICI, xGMI), one direction.", low_open=True)
given("scaleup_domain", "chip", "Chips that the scale-up links join.", low=1, whole=True, label="chips in a scale-up domain")
given("nic_bandwidth", "byte/s", "Bandwidth of the scale-out network per chip, one direction.", low_open=True)
