"""What a plan is said to cost: counted by hand, and against the emitted kernel, run with numbers that count."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from strategies import problems, questions

from flopwatt.kernels.analysis.depth import BEFORE, depths, walks
from flopwatt.kernels.analysis.work import alive, loads
from flopwatt.kernels.emit.cpu import reduce
from flopwatt.kernels.emit.nest import inputs
from flopwatt.kernels.emit.passes import reductions
from flopwatt.kernels.llvm.compiled import kernel as load_kernel
from flopwatt.kernels.llvm.ir import Llvm
from flopwatt.kernels.llvm.module import emitted
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity, ceil
from flopwatt.kernels.model.questions import Best, Problem, Quantiles, Summary, Table
from flopwatt.kernels.plan.order import CPU
from flopwatt.kernels.plan.planner import make


def quantity(name, function=None, parameters=()):
    return Quantity(name, "", "given" if function is None else "test", "", function, parameters)


@pytest.fixture
def problem():
    """kept (3) outside, loop (5) inside, 64 lanes; `early` needs no lanes, `rate` is one value per lane, `total` is both."""
    quantities = [quantity(name) for name in ("kept", "loop", "lane", "factor")]
    quantities += [
        quantity("early", lambda kept, loop: kept / loop, ("kept", "loop")),
        quantity("doubled", lambda lane, factor: lane * factor, ("lane", "factor")),
        quantity("rate", lambda kept, doubled: kept * doubled, ("kept", "doubled")),
        quantity("total", lambda rate, early: ceil(rate + early), ("rate", "early")),
    ]
    axes = tuple(Axis(name, {name: np.arange(1.0, n + 1)}) for name, n in (("kept", 3), ("loop", 5), ("lane", 64)))
    return Problem(Model({each.name: each for each in quantities}), Grid(axes), {"factor": 2.0})


def test_operations_are_counted_at_their_depth(problem):
    plan = make(problem, Best(name="b", objective="total", by=("kept",)), "float64", replace(CPU, inner=10**6))
    assert walks(plan) == (3, 15)
    (load,) = loads(plan)
    # early: 15 times, rate: 3 x 64 times, the sum and ceil: of the least of five passes; the minimum: 960 times; 960 scenarios
    assert load.operations == {"divide": 15 / 960, "multiply": 192 / 960, "add": 0.2, "round": 0.2, "reduce": 1.0}
    assert load.slots == pytest.approx(1.6)
    assert load.divides == pytest.approx(15 * 8 / 960)  # one of a vector's place
    assert load.loops == pytest.approx(3 / 960)  # for each outer point one body, of all five passes


def test_bytes_are_counted_at_their_depth(problem):
    plan = make(problem, Best(name="b", objective="total", by=("kept",)), "float64", replace(CPU, inner=10**6))
    (load,) = loads(plan)
    columns = 3 * 64 * 1 + 3 + 15  # the lane column read; the tables of kept and of loop
    accumulator = 3 * 64 * 2
    assert load.cache_bytes == pytest.approx(8 * (columns + accumulator) / 960)
    assert load.memory_bytes == pytest.approx(8 * (64 + 3 + 5 + 3) / 960)  # columns in, one number per outer point out


def test_a_fill_stands_alone_where_the_last_loop_is_cut_into_tiles(problem):
    axes = [axis if axis.name != "loop" else Axis("loop", {"loop": np.arange(1.0, 17)}) for axis in problem.grid.axes]
    longer = replace(problem, grid=Grid(tuple(axes)))
    (load,) = loads(make(longer, Best(name="b", objective="total", by=("kept",)), "float64", replace(CPU, inner=10**6)))
    assert load.loops == pytest.approx((6 + 6) / 3072)  # two outer points of eight passes, all at once, for each of kept
    fill = 6 * (64 * 2 + 1)  # the lane column read, the buffer written; kept's table
    body = 6 * 64 * 3 + 48  # the buffer read, the accumulator read and written; loop's table
    assert load.cache_bytes == pytest.approx(8 * (fill + body) / 3072)


def test_float32_moves_half_the_bytes(problem):
    question = Best(name="b", objective="total", by=("kept",))
    wide, narrow = (loads(make(problem, question, dtype, replace(CPU, inner=10**6)))[0] for dtype in ("float64", "float32"))
    assert narrow.operations == wide.operations
    assert narrow.cache_bytes == wide.cache_bytes / 2
    assert narrow.divides == wide.divides * 2  # a vector has twice the places


def test_a_condition_and_a_flag_are_work(problem):
    free, held = (Summary(name="s", quantity="total", where=where) for where in ((), (Condition("rate", "<=", 99.0),)))
    (without,), (with_flag,) = (loads(make(problem, question, "float64")) for question in (free, held))
    assert "compare" not in without.operations
    assert with_flag.operations["compare"] > 0
    assert with_flag.operations["reduce"] > without.operations["reduce"]


def test_quantiles_take_two_passes_and_count_every_scenario(problem):
    found = loads(make(problem, Quantiles(name="q", quantity="total"), "float64"))
    assert [load.name for load in found] == ["range", "counts"]
    assert [load.counted for load in found] == [0.0, 1.0]


def test_what_guards_stop_is_not_done(problem):
    question = Best(name="b", objective="total", where=(Condition("kept", "<=", 2.0),), by=("kept",))
    plan = make(problem, question, "float64", replace(CPU, inner=10**6))
    assert plan.guards
    assert alive(plan, np.arange(960)) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert alive(plan)[0] == pytest.approx(2 / 3, abs=0.03)
    (load,) = loads(plan, alive(plan, np.arange(960)))
    (whole,) = loads(make(problem, replace(question, where=()), "float64", replace(CPU, inner=10**6)))
    for kind in ("divide", "multiply", "add", "reduce"):
        assert load.operations[kind] == pytest.approx(whole.operations[kind] * 2 / 3)


def test_a_table_writes_every_value(problem):
    (load,) = loads(make(problem, Table(name="t", quantities=("total", "rate")), "float64", replace(CPU, longest=64)))
    assert load.memory_bytes == pytest.approx(16 + 8 * (64 + 3 + 5) / 960)


def test_tiles_enter_a_loop_as_often_as_the_axis_is_long(problem):
    for inner in (1, 64, 130, 1000):
        plan = make(problem, Best(name="b", objective="total"), "float64", replace(CPU, inner=inner))
        assert walks(plan)[-1] * plan.lanes_used == 960


def test_quantities_stand_at_the_depth_of_the_deepest_axis_they_need(problem):
    plan = make(problem, Best(name="b", objective="total", by=("kept",)), "float64", replace(CPU, inner=10**6))
    found = {each.quantity: each for each in depths(plan)}
    assert (found["factor"].level, found["factor"].times, found["factor"].given) == (BEFORE, 1, True)
    assert (found["doubled"].level, found["doubled"].lanes, found["doubled"].times) == (BEFORE, True, 64)
    assert (found["rate"].level, found["rate"].lanes, found["rate"].times) == (0, True, 192)
    assert (found["early"].level, found["early"].lanes, found["early"].times) == (1, False, 15)
    assert (found["total"].level, found["total"].lanes, found["total"].times) == (1, True, 960)
    levels = [each.level for each in depths(plan)]
    assert levels == sorted(levels)


# --- against the emitted kernel --------------------------------------------------------------------------------------


KINDS = {
    "add": "add", "sub": "add", "neg": "add", "mul": "multiply", "div": "divide", "sqrt": "sqrt", "ceil": "round",
    "floor": "round", "pow": "pow",
}  # fmt: skip
COUNTED = sorted(set(KINDS.values()))


class Counting(Llvm):
    """Writes beside each operation of a formula that it was done, into a last argument of the kernel."""

    def parameters(self, *parameters):
        *handles, self.counts = super().parameters(*parameters, ("counts", "wide*"))
        return handles

    def apply(self, op, args, nan_free):
        if op in KINDS:
            place = self.whole(COUNTED.index(KINDS[op]))
            self.counts[place] = self.counts[place] + 1
        return super().apply(op, args, nan_free)


def run_counting(plan, reducer):
    """How often the emitted kernel does each kind of operation on the whole grid."""
    code = Counting(plan.dtype)
    reduce.reduction(plan, code, reducer)
    kernel, leaves = load_kernel(emitted(code)), inputs(plan)
    counts = np.zeros(len(COUNTED), np.int64)
    outs = [np.zeros(plan.points) for _ in reducer.accumulators]
    kernel(0, plan.points, leaves.constants, leaves.tables, leaves.lanes, *outs, np.zeros(plan.points, np.int64), counts)
    return dict(zip(COUNTED, counts.tolist(), strict=True))


@pytest.mark.slow
@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_the_emitted_kernel_does_what_is_counted(data):
    drawn = data.draw(problems(most_points=1500))
    question = data.draw(questions(drawn, kinds=("best",)))
    machine = replace(CPU, inner=data.draw(st.sampled_from([1, 40, 65536])), longest=64)
    plan = make(drawn.problem, question, "float64", machine)
    (load,) = loads(plan)
    assume(not plan.guards)
    (reducer,) = reductions(plan).values()
    done = run_counting(plan, reducer)
    size = drawn.problem.grid.size
    said = {kind: round(load.operations.get(kind, 0.0) * size) for kind in COUNTED}
    assert said == done
    assert any(said.values()) or not any(node.op in ("add", "mul", "div") for node in plan.nodes)
