"""Kernels compiled in worker processes: the same, in the same order, as one after the other."""

import pytest

from flopwatt.bench.suites.shapes import shallow
from flopwatt.kernels.analysis import resources as r
from flopwatt.kernels.analysis import side_by_side
from flopwatt.kernels.analysis.compilers import CompilerError
from flopwatt.kernels.emit.gpu.threads import Kernel


def jobs() -> list[side_by_side.Job]:
    shape = shallow(3, 1e5)
    emitted = r.kernels(shape.problem, shape.questions["quantiles"], "float32", "cupy")
    target = r.Target("cupy", "float32", "sm_90")
    return [(r.Labelled("energy", name, kernel), target) for name, kernel in emitted.items()]


@pytest.mark.slow
def test_workers_give_what_one_process_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("cuda.bindings")
    alone = list(side_by_side.examine_all(jobs()))
    monkeypatch.setattr(side_by_side, "_START", 0.0)
    assert list(side_by_side.examine_all(jobs())) == alone
    assert [row.kernel for row in alone] == ["range", "counts", "counts-wide"]


def test_what_several_questions_need_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def examine(job: side_by_side.Job) -> r.Resources:
        seen.append(job)
        labelled, target = job
        return r.Resources(target.engine, labelled.question, labelled.name, target.dtype, target.arch, 64, 32, 0, 0, 0, 0)

    monkeypatch.setattr(side_by_side, "_examine", examine)
    monkeypatch.setattr(side_by_side, "_START", 1e9)  # threads, which see what is put in the place of a function
    one, two = Kernel("one", 64, "cuda", ()), Kernel("two", 64, "cuda", ())
    target, other = (r.Target("cupy", "float32", arch) for arch in ("sm_90", "sm_100"))
    asked = [("a", one, target), ("a", two, target), ("b", one, target), ("b", one, other)]
    rows = list(side_by_side.examine_all([(r.Labelled(name, "best", kernel), target) for name, kernel, target in asked]))
    assert [(row.question, row.arch) for row in rows] == [(name, target.arch) for name, _, target in asked]
    assert len(seen) == 3


@pytest.mark.slow
def test_an_error_in_a_worker_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("cuda.bindings")
    monkeypatch.setattr(side_by_side, "_START", 0.0)
    wrong = r.Labelled("", "best", Kernel("no C++", 64, "cuda", ()))
    with pytest.raises(CompilerError, match="NVRTC cannot compile a kernel"):
        list(side_by_side.examine_all([*jobs(), (wrong, r.Target("cupy", "float32", "sm_90"))]))
