"""A module of LLVM IR, as text."""

from dataclasses import dataclass, field

_AS_THEY_ARE = '!{!"llvm.loop.vectorize.enable", i1 false}, !{!"llvm.loop.unroll.disable"}'


@dataclass
class IrModule:
    """Functions that belong together, and what they declare."""

    functions: dict[str, str] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)  # the kind of each function's result, empty for none
    declared: set[str] = field(default_factory=set)
    outer_loops: int = 0

    def text(self) -> str:
        """Give the module's IR."""
        marks = [f"!{n} = distinct !{{!{n}, {_AS_THEY_ARE}}}" for n in range(self.outer_loops)]
        return "\n".join([*sorted(self.declared), *self.functions.values(), *marks, ""])

    def outer_loop(self) -> str:
        """Mark a branch back to the head of a loop that has others inside, which stay what is vectorized and unrolled.

        Where LLVM has unrolled those, it would try the outer one, and the attempt takes time that grows exponentially with the
        length of a chain of selects (LLVM 22).
        """
        self.outer_loops += 1
        return f", !llvm.loop !{self.outer_loops - 1}"
