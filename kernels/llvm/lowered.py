"""Emitted kernels inside Numba: one call of an intrinsic, whose code is the module's own IR."""

from collections.abc import Sequence
from typing import Any

from llvmlite import binding, ir
from numba import types
from numba.core.errors import TypingError
from numba.extending import intrinsic


def lowered(text: str, name: str, kinds: Sequence[str]) -> Any:
    """Make an intrinsic, which takes its arguments as one tuple, of a function in LLVM IR.

    Parameters
    ----------
    text : str
        The IR. It is parsed only where Numba has no compiled code.
    name : str
        The function's name there.
    kinds : sequence of str
        NumPy's name of each argument's type, with a star for each dimension of an array.

    Raises
    ------
    TypingError
        Where Numba types a call of it, if the arguments are of other types.
    """

    def function(typingctx: Any, args: Any) -> Any:
        if wrong := [
            f"{_kind(given)} for {wanted}" for given, wanted in zip(args, kinds, strict=True) if _kind(given) != wanted
        ]:
            raise TypingError(f"the kernel {name} is handed {', '.join(wrong)}")

        def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            module = binding.parse_assembly(text)
            module.triple = binding.get_process_triple()
            module.verify()
            context.active_code_library.add_llvm_module(module)
            unpacked = [builder.extract_value(values[0], i) for i in range(len(args))]
            parts = [part for kind, value in zip(args, unpacked, strict=True) for part in _parts(context, builder, kind, value)]
            callee = ir.FunctionType(ir.VoidType(), [part.type for part in parts])
            builder.call(ir.Function(builder.module, callee, name), parts)
            return context.get_dummy_value()

        return types.void(args), emit

    function.__name__ = name
    return intrinsic(function)


def _kind(given: Any) -> str:
    """Give a type as `lowered` writes it: whole numbers are widened, arrays are contiguous."""
    if isinstance(given, types.Array):
        return f"{given.dtype.name}{'*' * given.ndim}" if given.layout == "C" else f"strided {given.dtype.name}"
    return "int64" if isinstance(given, types.Integer) else str(given)


def _parts(context: Any, builder: Any, kind: Any, value: Any) -> list[Any]:
    """Give an array as its address and its (last) length."""
    if not isinstance(kind, types.Array):
        return [context.cast(builder, value, kind, types.int64)]
    array = context.make_array(kind)(context, builder, value)
    return [array.data, builder.extract_value(array.shape, kind.ndim - 1)]
