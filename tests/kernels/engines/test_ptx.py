"""What the compilers make of emitted kernels, interpreted: the reference's answers, and the same bits as from C++.

The interpreter in ptx_interpreter.py executes the PTX of which a driver makes machine code. It sees what the shim cannot:
what NVRTC made of the source, libdevice's functions, every forgotten barrier, and accesses beyond arrays.
"""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from agreement import check, same_bits, written
from decision_problems import DrawnDecision, decisions
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ptx_device import PtxDevice, text
from ptx_interpreter import Program, launch
from ptx_memory import Memory
from ptx_operations import PtxError
from shim_device import COMPILER, ShimDevice
from small_decisions import MEAN, MOSTLY, decision, drawn_problem, equal
from small_problems import BOTH, KINDS, LIMIT, asked, model, problem_of
from strategies import problems, questions
from test_gpu_cupy import by_numpy, on_shim

from flopwatt.kernels.emit.gpu.threads import Kernel
from flopwatt.kernels.emit.passes import reductions
from flopwatt.kernels.engines import gpu
from flopwatt.kernels.model.questions import Problem, Question, Result, Table

pytest.importorskip("cuda.bindings")
pytest.importorskip("numba_cuda")
SHIM = pytest.mark.skipif(COMPILER is None, reason="g++ is not installed")
DTYPES = st.sampled_from(["float64", "float32"])
PROFILE: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "derandomize": True,
    "phases": [Phase.explicit, Phase.generate],
}


def answer(problem: Problem, question: Question, dtype: str, device: Any = None) -> Result:
    return on_shim(problem, question, dtype, device or PtxDevice()).run()


def compare(problem: Problem, question: Question, dtype: str, device: Any = None, exact: bool = True) -> None:
    """Hold an answer against the reference's: every bit but a mean's, where the formulas are exact."""
    reference, result = by_numpy(problem, question, dtype).run(), answer(problem, question, dtype, device)
    check(problem, question, dtype, reference, result, exact=exact)


@pytest.fixture(autouse=True)
def few_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block does several outer points of few scenarios."""
    monkeypatch.setattr(gpu, "GPU", dataclasses.replace(gpu.GPU, inner=333, longest=64))
    monkeypatch.setattr(gpu, "_BLOCKS_PER_SM", 3)


@pytest.mark.slow
@KINDS
@BOTH
def test_every_question(kind: str, dtype: str) -> None:
    compare(problem_of(3, 20, 5, 9, nan=True), asked(kind, ("b", "a"), LIMIT), dtype)


@SHIM
@pytest.mark.slow
@BOTH
def test_means_have_the_bits_of_the_shim(dtype: str) -> None:
    problem, question = problem_of(3, 20, 5, 9), asked("summary", ("a",), LIMIT)
    same_bits(answer(problem, question, dtype, ShimDevice()), answer(problem, question, dtype))


@pytest.mark.slow
@settings(max_examples=6, **PROFILE)
@given(data=st.data(), dtype=DTYPES)
def test_random_models(data: st.DataObject, dtype: str) -> None:
    drawn = data.draw(problems(most_points=600, longest=40, inexact=0.0))
    question = data.draw(questions(drawn))
    compare(drawn.problem, question, dtype)


@pytest.mark.slow
@settings(max_examples=4, **PROFILE)
@given(data=st.data(), dtype=DTYPES)
def test_random_models_with_powers_and_logarithms_of_libdevice(data: st.DataObject, dtype: str) -> None:
    drawn = data.draw(problems(most_points=500, longest=40, inexact=0.5))
    question = data.draw(questions(drawn))
    compare(drawn.problem, question, dtype, exact=set(question.targets()) <= set(drawn.exact))


@pytest.mark.slow
@settings(max_examples=4, **PROFILE)
@given(drawn=decisions(), dtype=DTYPES)
def test_random_decisions(drawn: DrawnDecision, dtype: str) -> None:
    equal(by_numpy(drawn.problem, drawn.question, dtype).run(), answer(drawn.problem, drawn.question, dtype), dtype)


@pytest.mark.slow
@BOTH
def test_a_table(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "_TABLE_POINTS", 1000)
    problem, question = problem_of(3, 40, 5, 9), Table(name="", quantities=("x", "z"), where=LIMIT)
    result = written(on_shim(problem, question, dtype, PtxDevice()), problem.grid.size)
    for name, values in written(by_numpy(problem, question, dtype), problem.grid.size).items():
        np.testing.assert_array_equal(result[name], values, err_msg=name)


@pytest.mark.slow
def test_numba_cuda_too_and_it_fuses_no_weight_with_a_sum() -> None:
    problem = drawn_problem(3, 7, 9, drawn="c", weights=[3, 1, 1, 0, 2, 5, 1, 1, 1])
    question = decision(MEAN, MOSTLY, by=("a",))
    assert "fma" not in ptx_of(problem, question, "float64", "decide", "python")
    result = answer(problem, question, "float64", PtxDevice("python"))
    equal(by_numpy(problem, question, "float64").run(), result, "float64")


# --- what is in the text ------------------------------------------------------------------------------------------------


def kernel_of(problem: Problem, question: Question, dtype: str, name: str, language: str = "cuda") -> Kernel:
    plan = gpu.gpu_plan(problem, question, dtype)
    return gpu.emit_kernels(plan, reductions(plan), language)[name]


def ptx_of(problem: Problem, question: Question, dtype: str, name: str, language: str = "cuda") -> str:
    return text(kernel_of(problem, question, dtype, name, language), dtype, "sm_90")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["cuda", "python"])
def test_functions_stay_in_float32_and_out_of_local_memory(language: str) -> None:
    formula = "exp(minimum(a * b * c, 4.0)) + log2(a + b * c) + (a * b * c) ** 1.3 - sqrt(ceil(a * c) + floor(b * c))"
    problem = Problem(model(x=formula), problem_of(3, 20, 9).grid, {"d": 1.0})
    ptx = ptx_of(problem, asked("least"), "float32", "best", language)
    assert "ex2.approx" in ptx
    assert not re.findall(r"\w+[\w.]*\.f64", ptx)
    assert ".local" not in ptx


@pytest.mark.parametrize("arch", ["sm_90", "sm_100"])
def test_architectures_have_the_same_bits(arch: str) -> None:
    problem, question = problem_of(3, 20, 9), asked("summary", ("a",), LIMIT)
    same_bits(answer(problem, question, "float64"), answer(problem, question, "float64", PtxDevice(arch=arch)))


# --- faults are found ---------------------------------------------------------------------------------------------------


class Altered(PtxDevice):
    """Makes each kernel of other PTX than the compiler's."""

    def __init__(self, alter: Callable[[str], str]):
        super().__init__()
        self.alter = alter

    def ptx(self, kernel: Kernel, dtype: str) -> str:
        return self.alter(super().ptx(kernel, dtype))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "other"),
    [
        ("add.rn.f64", "sub.rn.f64"),
        ("mul.rn.f64", "div.rn.f64"),
        (r"cvt.rpi.f64.f64", "cvt.rmi.f64.f64"),
        (r"setp.le.f64", "setp.lt.f64"),
        (r"setp.lt.f64", "setp.gt.f64"),
        (r"(ld.shared.f64 .*\+8)\]", r"\g<1>6]"),
        (r"(st.global.f64 .*)\]", r"\g<1>+8]"),
        (r"add.s32", "sub.s32"),
        (r"(setp.ne.s32 .*%r\d+, 0;\s+)@%p(\d+)( bra .*\s+ld.shared)", r"\1@!%p\2\3"),  # all threads but one write the answer
    ],
)  # fmt: skip
def test_an_altered_instruction_is_found(pattern: str, other: str) -> None:
    def alter(ptx: str) -> str:
        altered, count = re.subn(pattern, other, ptx, count=1)
        assert count == 1
        return altered

    with pytest.raises((PtxError, AssertionError)):
        compare(problem_of(3, 20, 5, 9), asked("summary", ("a",), LIMIT), "float64", Altered(alter))


@pytest.mark.slow
def test_every_barrier_is_needed() -> None:
    problem, question, barrier = problem_of(3, 20, 5, 9), asked("summary", ("a",), LIMIT), "bar.sync \t0;"
    last = ptx_of(problem, question, "float64", "summary").count(barrier) - 1
    assert last > 6
    # Between the last two thread 0 alone reads what it has written itself: either of them is enough.
    for dropped in (*({number} for number in range(last - 1)), {last - 1, last}):

        def without(ptx: str, dropped: set[int] = dropped) -> str:
            first, *parts = ptx.split(barrier)
            return first + "".join(("" if i in dropped else barrier) + part for i, part in enumerate(parts))

        with pytest.raises(PtxError, match="no barrier between"):
            answer(problem, question, "float64", Altered(without))


HEAD = """.visible .entry kernel(.param .u64 kernel_param_0, .param .u64 kernel_param_1)
{
.reg .pred %p<9>; .reg .b32 %r<9>; .reg .b64 %rd<9>; .reg .f64 %fd<9>;
.shared .align 8 .b8 S[64];
ld.param.u64 %rd1, [kernel_param_0]; mov.u32 %r1, %tid.x; mul.wide.u32 %rd2, %r1, 8; add.s64 %rd3, %rd1, %rd2;
mov.f64 %fd1, 0d3FF0000000000000; shl.b32 %r2, %r1, 3; mov.u32 %r3, S; add.s32 %r4, %r3, %r2; setp.lt.s32 %p1, %r1, 4;
"""


def executed(body: str) -> np.ndarray:
    """What eight threads leave in an array of eight numbers, which are 1, 2, ... first."""
    memory, array = Memory(), np.arange(1.0, 9.0)
    launch(Program(f"{HEAD}{body}\nret;\n}}\n"), 1, 8, [memory.place(array), 0], memory)
    return array


def test_threads_part_and_meet_again() -> None:
    body = "@%p1 bra $low;\nmov.f64 %fd1, 0d4000000000000000;\n$low:\n@!%p1 neg.f64 %fd1, %fd1;\nst.global.f64 [%rd3], %fd1;"
    assert executed(body).tolist() == [1, 1, 1, 1, -2, -2, -2, -2]


def test_a_loop_of_another_length_in_each_thread() -> None:
    loop = "mov.u32 %r5, 0;\n$again:\nadd.rn.f64 %fd1, %fd1, %fd1;\nadd.s32 %r5, %r5, 1;\n"
    loop += "setp.le.s32 %p2, %r5, %r1;\n@%p2 bra $again;"
    assert executed(f"{loop}\nst.global.f64 [%rd3], %fd1;").tolist() == [2.0 ** (n + 1) for n in range(8)]


def test_atomic_operations_take_threads_one_by_one() -> None:
    body = (
        "mov.u64 %rd4, 5;\natom.global.add.u64 %rd5, [%rd1], %rd4;\nsetp.gt.s32 %p2, %r1, 0;\n@%p2 st.global.u64 [%rd3], %rd5;"
    )
    first, *before = executed(body).view(np.int64) - np.array(1.0).view(np.int64)
    assert first == 8 * 5
    assert list(before) == [5 * n for n in range(1, 8)]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("ld.global.f64 %fd2, [%rd3+8];", "outside"),
        ("st.global.f64 [%rd3+-8], %fd1;", "outside"),
        ("ld.global.f64 %fd2, [%rd1+4];", "misaligned"),
        ("ld.global.nc.f64 %fd2, [%rd3];\nst.global.f64 [%rd3], %fd2;", "unchanging"),
        ("st.global.f64 [%rd1], %fd1;", "another thread"),
        ("ld.shared.f64 %fd2, [%r4];", "nobody has written"),
        ("st.shared.f64 [S], %fd1;", "no barrier between"),
        ("st.shared.f64 [%r4], %fd1;\nld.shared.f64 %fd2, [S];", "no barrier between"),
        ("st.shared.f64 [%r4], %fd1;\nbar.sync 0;\nld.shared.f64 %fd2, [S];\nst.shared.f64 [%r4], %fd1;", "no barrier between"),
        ("@%p1 bra $low;\nbar.sync 0;\n$low:", "different barriers"),
        ("@%p1 bra $low;\nbar.sync 0;\nbra $end;\n$low:\nbar.sync 0;\n$end:", "different barriers"),
        ("add.rz.f64 %fd2, %fd1, %fd1;", "does not know add.rz.f64"),
        (".local .align 8 .b8 depot[64];", "does not know variables like .local"),
        ("shfl.sync.bfly.b32 %r5, %r1, 1, 31, -1;", "does not know shfl"),
    ],
)  # fmt: skip
def test_what_a_kernel_must_not_do(body: str, said: str) -> None:
    with pytest.raises(PtxError, match=said):
        executed(f"\n{body}")


def test_a_kernel_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ptx_interpreter.MOST_STEPS", 100)
    with pytest.raises(PtxError, match="does not end"):
        executed("$again:\nbra $again;")
