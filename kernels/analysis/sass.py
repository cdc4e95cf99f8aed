"""Machine code of NVIDIA GPUs (SASS), as nvdisasm prints it: its instructions, what kind each is, and where they jump."""

import enum
import re
from dataclasses import dataclass, field


class Purpose(enum.StrEnum):
    """What an instruction is for; the value is what people read."""

    FP64 = "float64"
    FP32 = "float32"
    COMPARE = "compare and select"  # of floats
    INTEGER = "integer and logic"
    MOVE = "move and multiply-add of integers"  # several units can do these
    CONVERT = "convert"
    SPECIAL = "special functions"  # reciprocals, roots, 2^x, log2
    UNIFORM = "uniform"  # done once for a warp
    CONSTANT = "constant memory"
    SHARED = "shared memory"
    GLOBAL = "global memory"
    LOCAL = "local memory"  # what does not fit into registers
    CONTROL = "control"


_OPCODES = {
    Purpose.FP64: "DADD DMUL DFMA DSETP DMNMX",
    Purpose.FP32: "FADD FMUL FFMA FADD2 FMUL2 FFMA2 FADD32I FMUL32I FFMA32I",
    Purpose.COMPARE: "FSETP FSET FSEL FMNMX FMNMX3 FCMP FCHK SEL",
    Purpose.MOVE: "MOV MOV32I IMAD IMAD32I IMUL VIADD HFMA2 CS2R S2R R2P P2R SHFL",
    Purpose.CONVERT: "I2F I2FP F2I F2F F2FP I2I I2IP F2IP FRND",
    Purpose.SPECIAL: "MUFU",
    Purpose.CONSTANT: "LDC LDCU ULDC",
    Purpose.SHARED: "LDS STS ATOMS LDSM STSM",
    Purpose.GLOBAL: "LDG STG LD ST RED REDG ATOM ATOMG",
    Purpose.LOCAL: "LDL STL",
    Purpose.CONTROL: "BRA BRX JMP JMX CALL RET EXIT BSSY BSYNC BREAK BAR WARPSYNC NOP YIELD NANOSLEEP DEPBAR MEMBAR",
}
_KINDS = {opcode: kind for kind, opcodes in _OPCODES.items() for opcode in opcodes.split()}
_UNIFORM = re.compile(r"U[A-Z]|R2UR|S2UR|VOTEU")  # UIADD3, USEL and so on
_ADDED = {"FADD", "FMUL", "FFMA", "DADD", "DMUL", "DFMA"} | (_PACKED := {"FADD2", "FMUL2", "FFMA2"})

_INSTRUCTION = re.compile(r"\s+/\*[0-9a-f]{4,}\*/\s+(?:@(!?U?P\w+)\s+)?([A-Z]\w*)([\w.]*)\s*([^;]*);")
_LABEL = re.compile(r"(\S+):$")
_LINE = re.compile(r'line (\d+)(?=[^"]*$)')
_TARGET = re.compile(r"`\(([^)]+)\)")
_LEAVES = ("EXIT", "RET")
_JUMPS = ("BRA", "JMP")


@dataclass(frozen=True)
class MachineInstruction:
    """An instruction.

    Attributes
    ----------
    opcode
        Without its modifiers: ``IMAD`` of ``IMAD.WIDE``.
    modifiers
        As ``.WIDE``; empty without any.
    predicate
        What it is done under, as ``!P0``; empty where it always is.
    operands
        As they are printed.
    line
        The line of the source that it comes from, from 1; 0 where that is not told.
    """

    opcode: str
    modifiers: str
    predicate: str
    operands: str
    line: int

    @property
    def kind(self) -> Purpose:
        """What it is for; what is not known here is taken for integer arithmetic."""
        kind = _KINDS.get(self.opcode)
        if kind is None:
            kind = Purpose.UNIFORM if _UNIFORM.match(self.opcode) else Purpose.INTEGER
        return kind

    @property
    def results(self) -> int:
        """How many sums and products of floats it makes in a thread."""
        return (2 if self.opcode in _PACKED else 1) if self.opcode in _ADDED else 0

    @property
    def compares(self) -> bool:
        """Whether it compares two floats."""
        return self.opcode in ("FSETP", "DSETP", "FSET")

    @property
    def target(self) -> str | None:
        """The label that it jumps to; None where it does not jump. A call comes back, and is no jump here."""
        match = _TARGET.search(self.operands) if self.opcode in _JUMPS else None
        return match[1] if match else None

    @property
    def always(self) -> bool:
        """Whether what stands after it is done only where something jumps there."""
        conditions = self.operands.split("`")[0].replace("PT,", "")  # a jump may ask for a second predicate
        return not self.predicate and self.opcode in (*_JUMPS, *_LEAVES) and not re.search(r"\bU?P\d", conditions)


@dataclass(frozen=True)
class Sass:
    """A kernel's machine code.

    Attributes
    ----------
    instructions
        In the order in which they stand, those of functions that the kernel calls last.
    labels
        Where labels stand, by name: the number of the instruction after it.
    """

    instructions: tuple[MachineInstruction, ...]
    labels: dict[str, int] = field(repr=False)


def read_sass(text: str) -> Sass:
    """Read what ``nvdisasm -c -g`` prints of a file with one kernel.

    Parameters
    ----------
    text
        Lines of instructions, of labels, and of comments that name lines of the source.
    """
    instructions: list[MachineInstruction] = []
    labels: dict[str, int] = {}
    line = 0
    for row in text.splitlines():
        if match := _INSTRUCTION.match(row):
            predicate, opcode, modifiers, operands = match.groups()
            instructions.append(MachineInstruction(opcode, modifiers, predicate or "", operands.strip(), line))
        elif row.lstrip().startswith("//##"):
            place = _LINE.search(row)
            line = int(place[1]) if place else 0
        elif match := _LABEL.match(row):
            labels[match[1]] = len(instructions)
    return Sass(tuple(instructions), labels)
