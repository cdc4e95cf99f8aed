"""Emitted functions inside Numba: one call of an intrinsic, whose code is what `lowering` makes of the function's source."""

from pathlib import Path
from typing import Any

from llvmlite import binding, ir
from numba import types
from numba.core.errors import TypingError
from numba.extending import intrinsic

from .ir import STORED, Array, IrValue
from .lowering import Argument, lower


def lowered(path: str, name: str) -> Any:
    """The function of that name in an emitted module, as an intrinsic that takes its arguments as one tuple.

    Its source is read only where Numba has no compiled code.
    """

    def function(typingctx: Any, args: Any) -> Any:
        kinds = [_argument(kind) for kind in args]

        def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            text, full = lower(Path(path).read_text(encoding="utf-8"), name, kinds, Path(path).stem)
            module = binding.parse_assembly(text)
            module.triple = binding.get_process_triple()
            module.verify()
            context.active_code_library.add_llvm_module(module)
            unpacked = [builder.extract_value(values[0], i) for i in range(len(args))]
            parts = [part for kind, value in zip(args, unpacked, strict=True) for part in _parts(context, builder, kind, value)]
            callee = ir.FunctionType(ir.VoidType(), [part.type for part in parts])
            builder.call(ir.Function(builder.module, callee, full), parts)
            return context.get_dummy_value()

        return types.void(args), emit

    function.__name__ = name
    return intrinsic(function)


def _argument(kind: Any) -> Argument:
    """What Numba calls a type as `lowering` does."""
    if isinstance(kind, types.Array):
        if kind.layout != "C" or kind.dtype.name not in STORED:
            raise TypingError(f"a contiguous array of one of {', '.join(STORED)} is needed, not {kind}")
        return Array(kind.dtype.name, "", "", rows=kind.ndim == 2)
    if not isinstance(kind, types.Integer):
        raise TypingError(f"a whole number or an array is needed, not {kind}")
    return IrValue("i64", "")


def _parts(context: Any, builder: Any, kind: Any, value: Any) -> list[Any]:
    """An array as its address and its (last) length."""
    if not isinstance(kind, types.Array):
        return [context.cast(builder, value, kind, types.int64)]
    array = context.make_array(kind)(context, builder, value)
    return [array.data, builder.extract_value(array.shape, kind.ndim - 1)]
