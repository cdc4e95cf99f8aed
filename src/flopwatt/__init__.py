"""The compute, time, power, energy, cost and carbon of training AI models, over billions of scenarios.

One training run, with intervals; what is not stated is drawn::

    import flopwatt

    result = flopwatt.estimate(model="llama-3.1-405b", chip="h100", chips=16384)
    result.sentence                                  # what it takes, in words
    result.quantiles["cost"].p90, result.draws["cost"], result.to_frame()

What serving a model takes, likewise::

    service = flopwatt.serve(model="deepseek-v3", chip="gb200", chips=72, interactivity=50)
    service.sentence, service.strategy, service.quantiles["energy_per_query"].p90

A study (a TOML file, or one that comes with flopwatt) says what is asked of which grid; an engine answers it::

    study = flopwatt.load_study("quick", ["pue=1.2"])
    run = flopwatt.run_study(study, "numba")
    run.answer("cheapest").dataset()                 # an xarray Dataset over the kept axes, units in attrs
    run.to_frame("cheapest")                         # a pandas DataFrame

A quantity of your own is a function of others, in base units (SI, USD, kgCO2e, plain counts)::

    from flopwatt import quantity

    @quantity(unit="USD", source="our contract")
    def support_cost(cost):
        \"\"\"What support adds to a run.\"\"\"
        return 0.07 * cost

It may use ``+ - * /``, powers, comparisons, and `where`, `minimum`, `maximum`, `ceil`, `floor`, `sqrt`, `log2` and `exp`, so
that every engine can compile it; `cumulative` and `total` sum along an axis, each a formula of its own. Each name below is
loaded when it is first used.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .bench.answers.answer import Answer
    from .bench.errors import DisagreementError, InputError
    from .bench.estimate.benchmark import BenchmarkEstimate
    from .bench.estimate.chip_comparison import ChipComparison
    from .bench.estimate.estimate_result import EstimateResult
    from .bench.estimate.python_request import estimate, estimate_benchmark, estimate_chips
    from .bench.pictures.plotting import plot_estimate, plot_run
    from .bench.runner.outcome import Run
    from .bench.runner.run import run_study
    from .bench.serving.service_comparison import ServiceComparison
    from .bench.serving.service_result import ServiceResult
    from .bench.serving.serving_keywords import serve, serve_chips
    from .bench.study.loader import Study, load_study
    from .kernels.model.condition import Condition
    from .kernels.model.grid import Axis, Grid
    from .kernels.model.quantity import (
        Model,
        Quantity,
        ceil,
        cumulative,
        exp,
        floor,
        given,
        log2,
        maximum,
        minimum,
        quantity,
        sqrt,
        total,
        where,
    )
    from .kernels.model.questions import Best, Decision, Problem, Quantiles, Question, Summary
    from .kernels.model.statistics import Measure, Promise, SharePromise, Statistic

_MODULES = {
    "bench.answers.answer": ("Answer",),
    "bench.errors": ("DisagreementError", "InputError"),
    "bench.estimate.chip_comparison": ("ChipComparison",),
    "bench.estimate.benchmark": ("BenchmarkEstimate",),
    "bench.estimate.python_request": ("estimate", "estimate_benchmark", "estimate_chips"),
    "bench.estimate.estimate_result": ("EstimateResult",),
    "bench.pictures.plotting": ("plot_estimate", "plot_run"),
    "bench.runner.outcome": ("Run",),
    "bench.runner.run": ("run_study",),
    "bench.serving.service_comparison": ("ServiceComparison",),
    "bench.serving.service_result": ("ServiceResult",),
    "bench.serving.serving_keywords": ("serve", "serve_chips"),
    "bench.study.loader": ("Study", "load_study"),
    "kernels.model.condition": ("Condition",),
    "kernels.model.grid": ("Axis", "Grid"),
    "kernels.model.quantity": (
        "Model",
        "Quantity",
        "ceil",
        "cumulative",
        "exp",
        "floor",
        "given",
        "log2",
        "maximum",
        "minimum",
        "quantity",
        "sqrt",
        "total",
        "where",
    ),
    "kernels.model.questions": ("Best", "Decision", "Problem", "Quantiles", "Question", "Summary"),
    "kernels.model.statistics": ("Measure", "Promise", "SharePromise", "Statistic"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "Answer",
    "Axis",
    "BenchmarkEstimate",
    "Best",
    "ChipComparison",
    "Condition",
    "Decision",
    "DisagreementError",
    "EstimateResult",
    "Grid",
    "InputError",
    "Measure",
    "Model",
    "Problem",
    "Promise",
    "Quantiles",
    "Quantity",
    "Question",
    "Run",
    "ServiceComparison",
    "ServiceResult",
    "SharePromise",
    "Statistic",
    "Study",
    "Summary",
    "__version__",
    "ceil",
    "cumulative",
    "estimate",
    "estimate_benchmark",
    "estimate_chips",
    "exp",
    "floor",
    "given",
    "load_study",
    "log2",
    "maximum",
    "minimum",
    "plot_estimate",
    "plot_run",
    "quantity",
    "run_study",
    "serve",
    "serve_chips",
    "sqrt",
    "total",
    "where",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
