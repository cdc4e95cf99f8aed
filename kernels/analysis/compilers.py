"""The compilers of GPU kernels, without a GPU: each as its engine uses it, with the report that ptxas gives."""

import importlib
from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

from ..emit.gpu.threads import Kernel
from ..engines.gpu_cupy import INSTALL, OPTIONS
from ..errors import EngineError


class CompilerError(EngineError):
    """A compiler that is not installed, or does not know what it was asked for."""


LINES = "-lineinfo"  # changes no instruction


class Built(NamedTuple):
    """A kernel that was compiled.

    Attributes
    ----------
    log
        What ptxas said while it made the machine code.
    code
        The machine code, a cubin that names the lines of the source; empty where the compiler does not hand it over.
    """

    log: str
    code: bytes


class Compiler(Protocol):
    """A compiler of GPU kernels; ``version`` names it."""

    version: str

    def build(self, kernel: Kernel, dtype: str, arch: str) -> Built:
        """Compile to machine code: the same as the engine's, with the lines of the source beside it.

        Parameters
        ----------
        kernel, dtype
            What is compiled, and in which type it computes.
        arch
            The architecture, as ``sm_90``.

        Raises
        ------
        CompilerError
            Where the compiler does not know the architecture, or refuses the kernel.
        """

    def ptx(self, kernel: Kernel, dtype: str, arch: str) -> str:
        """Compile, and return the PTX that the machine code is made of.

        Parameters
        ----------
        kernel, dtype, arch
            As of `build`.

        Raises
        ------
        CompilerError
            As of `build`.
        """


def _binding(name: str) -> Any:
    """Import a module of cuda.bindings and load its library. Raises CompilerError, which says what to install."""
    try:
        module = importlib.import_module(f"cuda.bindings.{name}")
        module.nvrtcVersion() if name == "nvrtc" else module.version()
    except Exception as error:  # a missing library is an error class of the package that may be missing itself
        raise CompilerError(f"cuda.bindings.{name} cannot be used ({_line(error)}); {INSTALL}") from None
    return module


def _plain(text: bytes) -> str:
    """Decode a text of NVRTC's."""
    return text.decode(errors="replace").rstrip("\0")


def _line(error: BaseException) -> str:
    """Shorten an error to one line."""
    return " ".join(str(error).split())[:160] or type(error).__name__


class Nvrtc:
    """CUDA C++ through cuda.bindings, which numba-cuda brings."""

    def __init__(self) -> None:
        self.nvrtc = _binding("nvrtc")
        major, minor = self._call("nvrtcVersion")
        self.version = f"NVRTC {major}.{minor}"

    def _call(self, name: str, *args: Any) -> Any:
        """Call a function of NVRTC, and return what it gives beside its status. Raises CompilerError where it fails."""
        status, *values = getattr(self.nvrtc, name)(*args)
        if status != self.nvrtc.nvrtcResult.NVRTC_SUCCESS:
            raise CompilerError(f"NVRTC: {name} gave {status.name}")
        return values[0] if len(values) == 1 else values

    def _part(self, program: Any, name: str) -> bytes:
        """Read a part of a program: ``PTX``, ``CUBIN`` or ``ProgramLog``."""
        part = bytearray(self._call(f"nvrtcGet{name}Size", program))
        self._call(f"nvrtcGet{name}", program, part)
        return bytes(part)

    def build(self, kernel: Kernel, dtype: str, arch: str) -> Built:
        """Compile to machine code: see `Compiler.build`.

        Parameters
        ----------
        kernel, dtype, arch
            What is compiled, and for which architecture.
        """
        log, code = self._compile(kernel, arch, "CUBIN", LINES)
        return Built(log, code)

    def ptx(self, kernel: Kernel, dtype: str, arch: str) -> str:
        """Compile, and give the PTX: see `Compiler.ptx`.

        Parameters
        ----------
        kernel, dtype, arch
            What is compiled, and for which architecture.
        """
        return _plain(self._compile(kernel, arch, "PTX")[1])

    def _compile(self, kernel: Kernel, arch: str, part: str, *more: str) -> tuple[str, bytes]:
        """Compile a kernel: ptxas's log, and a part of the program.

        Parameters
        ----------
        kernel, arch
            What is compiled, and for which architecture.
        part
            See `_part`.
        more
            Further options.

        Raises
        ------
        CompilerError
            Where NVRTC cannot.
        """
        known = [f"sm_{number}" for number in self._call("nvrtcGetSupportedArchs")]
        if arch not in known:
            raise _unknown(arch, known)
        program = self._call("nvrtcCreateProgram", kernel.source.encode(), b"kernel.cu", 0, [], [])
        options = [option.encode() for option in (f"-arch={arch}", *OPTIONS, "--ptxas-options=-v", *more)]
        try:
            status = self.nvrtc.nvrtcCompileProgram(program, len(options), options)[0]
            log = _plain(self._part(program, "ProgramLog"))
            if status != self.nvrtc.nvrtcResult.NVRTC_SUCCESS:
                raise CompilerError(f"NVRTC cannot compile a kernel: {log}")
            return log, self._part(program, part)
        finally:
            self.nvrtc.nvrtcDestroyProgram(program)


class CupyNvrtc:
    """CUDA C++ through CuPy's own NVRTC, where cuda.bindings is not installed."""

    def __init__(self) -> None:
        try:
            from cupy.cuda import nvrtc

            major, minor = nvrtc.getVersion()
        except Exception as error:
            raise CompilerError(f"CuPy's NVRTC cannot be used ({_line(error)}); {INSTALL}") from None
        self.nvrtc, self.version = nvrtc, f"NVRTC {major}.{minor} of CuPy"

    def build(self, kernel: Kernel, dtype: str, arch: str) -> Built:
        """Compile to machine code: see `Compiler.build`.

        Parameters
        ----------
        kernel, dtype, arch
            What is compiled, and for which architecture.
        """
        program = self._compile(kernel, arch, LINES)
        return Built(str(self.nvrtc.getProgramLog(program)), bytes(self.nvrtc.getCUBIN(program)))

    def ptx(self, kernel: Kernel, dtype: str, arch: str) -> str:
        """Compile, and give the PTX: see `Compiler.ptx`.

        Parameters
        ----------
        kernel, dtype, arch
            What is compiled, and for which architecture.
        """
        ptx = self.nvrtc.getPTX(self._compile(kernel, arch))
        return ptx.decode() if isinstance(ptx, bytes) else str(ptx)

    def _compile(self, kernel: Kernel, arch: str, *more: str) -> Any:
        """Compile a kernel to a program of NVRTC's, with further options. Raises CompilerError where NVRTC cannot."""
        program = self.nvrtc.createProgram(kernel.source, "kernel.cu", (), ())
        try:
            self.nvrtc.compileProgram(program, (f"-arch={arch}", *OPTIONS, "--ptxas-options=-v", *more))
        except self.nvrtc.NVRTCError as error:
            raise CompilerError(f"NVRTC: {_line(error)}: {self.nvrtc.getProgramLog(program)}") from None
        return program


class NumbaCuda:
    """Python kernels through numba-cuda, as LTO IR that nvJitLink makes machine code of: what its engine does."""

    def __init__(self) -> None:
        try:
            cuda: Any = importlib.import_module("..emit.gpu.cuda_math", __package__).cuda
        except Exception as error:
            raise CompilerError(f"numba-cuda cannot be used ({_line(error)}); {INSTALL}") from None
        self.cuda, self.link = cuda, _binding("nvjitlink")
        self.version = f"numba-cuda {importlib.import_module('numba_cuda').__version__}, nvJitLink " + ".".join(
            map(str, self.link.version())
        )

    def build(self, kernel: Kernel, dtype: str, arch: str) -> Built:
        """Compile to machine code, which is not handed over: see `Compiler.build`.

        Parameters
        ----------
        kernel, dtype, arch
            What is compiled, and for which architecture.
        """
        return Built(self._link(kernel, dtype, arch, "-Xptxas=-v")[1], b"")

    def ptx(self, kernel: Kernel, dtype: str, arch: str) -> str:
        """Compile, and give the PTX: see `Compiler.ptx`.

        Parameters
        ----------
        kernel, dtype, arch
            What is compiled, and for which architecture.
        """
        return self._link(kernel, dtype, arch, "-ptx")[0]

    def _link(self, kernel: Kernel, dtype: str, arch: str, option: str) -> tuple[str, str]:
        """Link a kernel's LTO IR to machine code: the PTX, where ``option`` asks for it, and the log.

        Parameters
        ----------
        kernel, dtype, arch
            What is compiled, and for which architecture.
        option
            A further option of nvJitLink.
        """
        link, options = self.link, (f"-arch={arch}", "-lto", "-verbose", option)
        code = self._lto_ir(kernel, dtype, arch)
        try:
            handle = link.create(len(options), options)
        except link.nvJitLinkError as error:
            raise CompilerError(f"nvJitLink cannot link for {arch}: {_line(error)}") from None
        try:
            link.add_data(handle, link.InputType.LTOIR, code, len(code), "kernel")
            link.complete(handle)
            ptx, log = bytearray(), bytearray(link.get_info_log_size(handle))
            if option == "-ptx":
                ptx = bytearray(link.get_linked_ptx_size(handle))
                link.get_linked_ptx(handle, ptx)
            link.get_info_log(handle, log)
        finally:
            link.destroy(handle)
        return ptx.decode().rstrip("\0"), log.decode(errors="replace").rstrip("\0")

    def _lto_ir(self, kernel: Kernel, dtype: str, arch: str) -> bytes:
        """Compile a kernel to LTO IR. Raises CompilerError where numba-cuda cannot."""
        from ..engines.cache import load
        from ..engines.gpu_numba import signature

        function = load(kernel.source)
        options = {"device": False, "abi": "numba", "output": "ltoir", "launch_bounds": function.targetoptions["launch_bounds"]}
        number = int(arch.removeprefix("sm_"))
        try:
            code: bytes = self.cuda.compile(function.py_func, signature(kernel, dtype), cc=divmod(number, 10), **options)[0]
        except (ValueError, RuntimeError) as error:
            raise CompilerError(f"numba-cuda cannot compile for {arch}: {_line(error)}") from None
        return code


def _unknown(arch: str, known: Iterable[str]) -> CompilerError:
    """Make the error of an unknown architecture."""
    return CompilerError(f"there is no architecture {arch!r}; the compiler knows {', '.join(known)}")


def compiler(engine: str) -> Compiler:
    """Choose the compiler of an engine's kernels. Raises CompilerError, which says what to install, where there is none."""
    if engine == "numba-cuda":
        return NumbaCuda()
    try:
        return Nvrtc()
    except CompilerError as error:
        try:
            return CupyNvrtc()
        except CompilerError:
            raise error from None
