"""Reading nvdisasm's text: instructions with their predicates, kinds, lines of the source and jumps."""

import pytest

from flopwatt.kernels.analysis.sass import MachineInstruction, read_sass

TEXT = """	.target	sm_90
.text.kernel:
	//## File "/a folder/kernel.cu", line 7
        /*0000*/                   S2R R0, SR_TID.X ;
        /*0010*/              @!P0 BRA `(.L_x_1) ;
	//## File "/cuda/math.hpp", line 99 inlined at "/a folder/kernel.cu", line 12
        /*0020*/                   DFMA R2, -R4, R6, 1 ;
.L_x_0:
	//## File "/a folder/kernel.cu", line 8
        /*0030*/                   FADD2 R2, R4.F32x2.HI_LO, R6.F32x2.HI_LO ;
        /*0040*/               @P1 LDS.128 R8, [UR4+0x10] ;
        /*0050*/                   BRA.U UP0, `(.L_x_0) ;
.L_x_1:
        /*0060*/                   EXIT ;
        /*0070*/                   NOP;
"""


def test_instructions_are_read_with_the_lines_of_the_kernel() -> None:
    sass = read_sass(TEXT)
    assert [i.opcode for i in sass.instructions] == ["S2R", "BRA", "DFMA", "FADD2", "LDS", "BRA", "EXIT", "NOP"]
    assert [i.line for i in sass.instructions] == [7, 7, 12, 8, 8, 8, 8, 8]
    assert [i.predicate for i in sass.instructions] == ["", "!P0", "", "", "P1", "", "", ""]
    assert sass.instructions[4].modifiers == ".128"
    assert [sass.labels[name] for name in (".L_x_0", ".L_x_1")] == [3, 6]
    assert [i.target for i in sass.instructions if i.target] == [".L_x_1", ".L_x_0"]


def test_sums_and_products_are_counted_two_at_a_time_where_they_are_packed() -> None:
    assert [i.results for i in read_sass(TEXT).instructions] == [0, 0, 1, 2, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("opcode", "kind"),
    [
        ("DSETP", "float64"), ("FMUL", "float32"), ("FMNMX3", "compare and select"), ("LOP3", "integer and logic"),
        ("IMAD", "move and multiply-add of integers"), ("F2F", "convert"), ("MUFU", "special functions"),
        ("UIADD3", "uniform"), ("R2UR", "uniform"), ("ULDC", "constant memory"), ("ATOMS", "shared memory"),
        ("LDG", "global memory"), ("STL", "local memory"), ("BSYNC", "control"), ("NEWOP", "integer and logic"),
    ],
)  # fmt: skip
def test_kinds(opcode: str, kind: str) -> None:
    assert MachineInstruction(opcode, "", "", "", 0).kind == kind


@pytest.mark.parametrize(
    ("predicate", "opcode", "operands", "always"),
    [
        ("", "BRA", "`(.L_x_1)", True), ("P0", "BRA", "`(.L_x_1)", False), ("", "BRA", "P1, `(.L_x_1)", False),
        ("", "BRA", "UP0, `(.L_x_1)", False), ("", "EXIT", "", True), ("P0", "EXIT", "", False),
        ("", "CALL", "`(.L_P1)", False), ("", "RET", "R52 `(kernel)", True),
    ],
)  # fmt: skip
def test_what_is_done_next(predicate: str, opcode: str, operands: str, always: bool) -> None:
    assert MachineInstruction(opcode, "", predicate, operands, 0).always is always
