"""LLVM IR as a language for kernels on the CPU, and its compiler, which keeps what it makes."""

__all__ = [
    "compile_seconds",
    "compiled",
    "functions",
    "instructions",
    "ir",
    "ir_module",
    "linked",
    "made_with",
    "module",
    "object_code",
    "target",
]
