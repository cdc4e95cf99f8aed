"""Loops of machine code: found by where control goes, and the longest path through each."""

from flopwatt.kernels.analysis.code_loops import code_loops
from flopwatt.kernels.analysis.sass import read_sass


def text(*rows: str) -> str:
    """Machine code of these instructions; a row that ends in a colon is a label."""
    return "\n".join(row if row.endswith(":") else f"        /*{16 * n:04x}*/    {row} ;" for n, row in enumerate(rows))


NESTED = text(
    "MOV R0, RZ",
    ".outer:",
    "FMUL R1, R1, R2",
    ".inner:",
    "FADD R3, R3, R1",
    "@P0 BRA `(.short)",
    "FADD R4, R4, R1",
    "FADD R5, R5, R1",
    "BRA `(.joined)",
    ".short:",
    "FMNMX R6, R6, R1, PT",
    ".joined:",
    "@P1 BRA `(.inner)",
    "@P2 BRA `(.outer)",
    "EXIT",
    ".end:",
    "BRA `(.end)",
)


def test_the_innermost_loop_and_its_longest_path() -> None:
    inner, outer = sorted(code_loops(read_sass(NESTED)), key=lambda loop: len(loop.body))
    assert not inner.nested
    assert outer.nested
    assert [i.opcode for i in inner.path] == ["FADD", "BRA", "FADD", "FADD", "BRA", "BRA"]
    assert len(inner.body) == 7
    assert len(outer.path) == len(inner.path) + 2
    assert len(outer.body) == 9


def test_a_loop_that_is_never_reached_is_none() -> None:
    assert not [loop for loop in code_loops(read_sass(NESTED)) if len(loop.body) == 1]  # the one that fills up the end


def test_a_path_without_a_call_is_taken_where_there_is_one() -> None:
    loop, = code_loops(
        read_sass(
            text(
                ".loop:",
                "MUFU.RCP R1, R2",
                "@!P0 BRA `(.quick)",
                "MOV R3, 0x40",
                "MOV R4, 0x50",
                "CALL.REL.NOINC `($division)",
                ".quick:",
                "FMUL R3, R1, R2",
                "@P1 BRA `(.loop)",
                "EXIT",
                "$division:",
                ".own:",
                "IADD3 R5, R5, -0x1, RZ",
                "@P3 BRA `(.own)",
                "RET.REL.NODEC R4 `(kernel)",
            )
        )
    )  # fmt: skip
    assert [i.opcode for i in loop.path] == ["MUFU", "BRA", "FMUL", "BRA"]
    assert len(loop.body) == 7


def test_code_without_a_loop() -> None:
    assert code_loops(read_sass(text("MOV R0, RZ", "@P0 BRA `(.end)", "MOV R1, RZ", ".end:", "EXIT"))) == []
