"""LLVM IR to this CPU's machine code, by llvmlite: several at once, each in a context of its own.

llvmlite lets one thread at a time into LLVM. Its two calls that take long, which touch nothing but the context they are
given, go past that lock, so that kernels compile on all cores.
"""

from ctypes import string_at
from functools import cache
from typing import Any

import llvmlite.binding as llvm
from llvmlite.binding import ffi

from . import target
from .made_with import MODEL, SPEED, TUNING


@cache
def _triple() -> str:
    """Load LLVM's part for this CPU, once; give the machine's name in LLVM."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return str(llvm.get_process_triple())


def machine() -> Any:
    """Make LLVM's description of the CPU; one serves one thread."""
    triple = llvm.Target.from_triple(_triple())
    chosen = target.features()
    return triple.create_target_machine(
        cpu=target.name() or llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten() if chosen is None else chosen,
        reloc="static" if triple.name.startswith("x86") else "default",
        jit=True,
        **MODEL,
    )


def object_code(text: str) -> bytes:
    """Compile IR to an object file.

    Parameters
    ----------
    text
        The IR of a module.

    Raises
    ------
    RuntimeError
        Where LLVM cannot read it.
    """
    return _compiled(text, objects=True)


def assembly(text: str) -> str:
    """Compile IR to assembly, to be read."""
    return _compiled(text, objects=False).decode()


def _compiled(text: str, *, objects: bool) -> bytes:
    """Read a module, let LLVM make it quick, and write it down."""
    triple, cpu, context = _triple(), machine(), llvm.create_context()
    module = llvm.parse_assembly(text, context)
    module.triple = triple
    module.verify()
    tuning = llvm.PipelineTuningOptions(SPEED)
    for option, value in TUNING.items():
        setattr(tuning, option, value)
    builder = llvm.create_pass_builder(cpu, tuning)
    passes = builder.getModulePassManager()
    _unlocked(ffi.lib.LLVMPY_RunNewModulePassManager)(passes, module, builder)
    with ffi.OutputString() as error:
        buffer = _unlocked(ffi.lib.LLVMPY_TargetMachineEmitToMemory)(cpu, module, int(objects), error)
        if not buffer:
            raise RuntimeError(str(error))
    try:
        return string_at(ffi.lib.LLVMPY_GetBufferStart(buffer), ffi.lib.LLVMPY_GetBufferSize(buffer))
    finally:
        ffi.lib.LLVMPY_DisposeMemoryBuffer(buffer)


def _unlocked(function: Any) -> Any:
    """Give the function itself that llvmlite calls under its lock; under it where it is not to be had."""
    return getattr(function, "_cfn", function)
