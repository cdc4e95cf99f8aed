"""nvdisasm where it is installed, and one line where it is not."""

import pytest

from flopwatt.kernels.analysis import disassembler


def test_what_is_no_machine_code_is_an_error_of_one_line() -> None:
    if disassembler.nvdisasm() is None:
        pytest.skip("nvdisasm is not installed")
    with pytest.raises(disassembler.DisassemblerError, match="nvdisasm cannot read a kernel") as error:
        disassembler.disassemble(b"nothing")
    assert "\n" not in str(error.value)


def test_without_it_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disassembler, "nvdisasm", lambda: None)
    with pytest.raises(disassembler.DisassemblerError, match="pip install nvidia-cuda-nvdisasm"):
        disassembler.disassemble(b"")
