"""``flopwatt estimate``: one training run, with intervals. An option that states a quantity has its name in Python."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import InputError, Parameter
from ..terminal.json import print_json
from .completion import BENCHMARK, CHIP, CURRENCY, DEVELOPER, ENGINE, FRAMEWORK, MODEL_NAME, PLACE, SET
from .flags import check_not_read, max_size, running, say
from .option_types import FILE_PATH, WHOLE
from .post_training_flags import NAMES as POST_TRAINING
from .post_training_flags import post_training_options

if TYPE_CHECKING:
    from ..estimate.chip_comparison import ChipComparison
    from ..estimate.estimate_result import EstimateResult
    from ..estimate.explain import Step
    from ..estimate.request import Request


@click.command(name="estimate", short_help="Estimate one training run: time, power, energy, cost, carbon.")
@click.option(
    "--benchmark",
    type=BENCHMARK,
    metavar="NAME",
    help="Minutes until a system trains an MLPerf benchmark to its target, as `flopwatt show benchmarks` lists them.",
)
@click.option(
    "--model",
    type=MODEL_NAME,
    metavar="NAME|FILE",
    help="A model that `flopwatt show models` lists, or a Hugging Face config.json.",
)
@click.option("--params", "parameters", metavar="N", help="Parameters, in place of --model.")
@click.option(
    "--active-params", "active_parameters", metavar="N", help="Parameters that a token uses, for a mixture of experts."
)
@click.option("--parameters-check", metavar="N", help="All parameters as others count them: the model's must agree to 1%.")
@click.option(
    "--weights",
    type=FILE_PATH,
    metavar="FILE",
    help="Index, *.safetensors or JSON of headers that the model must agree with to 1%.  [default: beside the config.json]",
)
@click.option("--tokens", metavar="N", help="Tokens trained on.  [default: as published for the model]")
@click.option(
    "--chip",
    type=CHIP,
    metavar="NAME[,NAME]",
    help="A chip that `flopwatt show hardware` lists; also a die or core of it, or with a power limit: 'H100 500W'. Several "
    "side by side with commas: h100,b200.",
)
@click.option("--chips", "chip_count", metavar="N", help="Number of chips.")
@post_training_options
@click.option("--days", "run_time", metavar="N", help="Solve for the number of chips that takes so many days.")
@click.option(
    "--precision", metavar="bf16|fp8|fp4", help="Of the matrix products; MFU counts against its peak.  [default: bf16]"
)
@click.option("--mfu", metavar="X", help="Model FLOPs utilisation in steady training, if known.")
@click.option(
    "--my-mfu",
    "pilot_mfu",
    metavar="X",
    help="MFU that a pilot of this run measured in steady training: narrows what is expected.",
)
@click.option(
    "--tokens-per-second",
    "chip_token_rate",
    metavar="X",
    help="The same as tokens per second of one chip, not of the whole job.",
)
@click.option(
    "--like",
    type=DEVELOPER,
    metavar="DEVELOPER",
    help="Expect what this developer's published runs lead to expect: --like Meta.",
)
@click.option("--strategy", type=click.Choice(["auto"]), help="Print the best strategy on so many chips, with its step.")
@click.option(
    "--framework",
    type=FRAMEWORK,
    metavar="megatron|nemo|fsdp|torchtitan|maxtext",
    help="Software that the best strategy's step is computed for.  [default: nemo]",
)
@click.option("--software-date", metavar="DATE", help="Its date: 2025.5, 2025-06.  [default: of the newest published steps]")
@click.option(
    "--tp", "tensor_parallel", metavar="N", help="Tensor parallelism. This and the next eight fix a part of the best strategy."
)
@click.option("--pp", "pipeline_parallel", metavar="N", help="Pipeline stages.")
@click.option("--vpp", "interleave", metavar="N", help="Pieces of layers that a stage holds, interleaved.")
@click.option("--dp", "data_parallel", metavar="N", help="Replicas of the model (data parallelism).")
@click.option("--cp", "context_parallel", metavar="N", help="Context parallelism.")
@click.option("--ep", "expert_parallel", metavar="N", help="Expert parallelism.")
@click.option("--microbatch", "microbatch_size", metavar="N", help="Sequences that a stage works on at once.")
@click.option(
    "--recompute",
    "recomputed_layers",
    metavar="none|selective|modules|full|X",
    help="Of activations; X is a share of the layers, 0 to 1.",
)
@click.option("--zero", "zero_stage", metavar="0|1|2|3", help="ZeRO stage: what is sharded over the replicas.")
@click.option(
    "--batch", "batch_size", metavar="N", help="Sequences of a step of the best strategy.  [default: about 16 million tokens]"
)
@click.option("--seq-len", "--sequence-length", "sequence_length", metavar="N", help="Sequence length, if not the model's.")
@click.option(
    "--country", type=PLACE, metavar="NAME", help="Place whose carbon and price `flopwatt show grids` or `grids_direct` lists."
)
@click.option("--carbon-intensity", metavar="X", help="kgCO2e per kWh.")
@click.option("--electricity-price", metavar="X", help="USD per kWh.")
@click.option("--pue", metavar="X", help="Facility energy over IT energy.")
@click.option(
    "--depreciation",
    metavar="capital-recovery|straight-line|declining-value",
    help="Of capital.  [default: capital-recovery, at 7% a year]",
)
@click.option(
    "--currency",
    type=CURRENCY,
    metavar="CODE",
    help='What money is printed in, and may be stated in ("50 EUR/MWh"); plain numbers stay USD. `show currencies` has rates.',
)
@click.option("--system", type=FILE_PATH, metavar="FILE", help="What `flopwatt calibrate` measured of the chip.")
@click.option("--set", "sets", type=SET, multiple=True, metavar="NAME=VALUE", help="Fix any quantity. Repeatable.")
@click.option("--unusual", is_flag=True, help="Take values that are far from all that is known of their quantities.")
@click.option("--draws", type=WHOLE, default=2**14, show_default=True, metavar="N", help="Joint draws of what is not stated.")
@click.option("--seed", type=WHOLE, default=0, show_default=True, metavar="N", help="Of the draws.")
@click.option(
    "--engine", type=ENGINE, metavar="NAME", help="Evaluate the draws on this engine.  [default: NumPy, exact quantiles]"
)
@click.option("--programme", is_flag=True, help="Also what the programme around the run takes: experiments and failed runs.")
@click.option("--explain", is_flag=True, help="Print each quantity's formula, values, units and source, in order.")
@click.option("--out", type=FILE_PATH, metavar="FILE", help="Write what is estimated as .xlsx, .csv, .json or .parquet.")
@click.option("--plot", type=FILE_PATH, metavar="FILE", help="Draw what the run takes: .svg or .png.")
@click.option("--full", is_flag=True, help="Print every quantity, and what drives each.")
@click.option(
    "--assumptions",
    is_flag=True,
    help="Print all that was drawn, with its sources; without it only what moves the result most.",
)
@max_size("10, of weights 100")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def command(
    benchmark: str | None,
    model: str | None,
    parameters: str | None,
    active_parameters: str | None,
    parameters_check: str | None,
    weights: Path | None,
    chip: str | None,
    precision: str | None,
    country: str | None,
    system: Path | None,
    sets: tuple[str, ...],
    draws: int,
    seed: int,
    engine: str | None,
    currency: str | None,
    strategy: str | None,
    framework: str | None,
    like: str | None,
    programme: bool,
    unusual: bool,
    explain: bool,
    plot: Path | None,
    full: bool,
    assumptions: bool,
    out: Path | None,
    as_json: bool,
    **stated: Any,
) -> None:
    """Estimate one training run: medians and P10 to P90 of what it takes.

    What is stated is fixed; what is not is drawn from distributions that `configs/prior` states with their sources. Numbers
    may carry a unit, such as --carbon-intensity "50 gCO2e/kWh". The expected MFU is made from published runs and from the best
    way to cut the model and the batch over the chips by the step-time model; what that could reach is said beside it.
    --strategy auto prints it. --my-mfu, --tokens-per-second and --like narrow what is expected.

    \b
    flopwatt estimate --model llama-3.1-405b --chip h100 --chips 16384
    flopwatt estimate --params 1e12 --active-params 5e10 --tokens 20e12 \\
        --chip gb200 --precision fp8 --days 90
    flopwatt estimate --model ./config.json --tokens 2e12 --chip h200 \\
        --chips 1024 --country france --explain
    flopwatt estimate --model llama-3.1-405b --chip h100 --chips 16384 \\
        --strategy auto --tp 8
    flopwatt estimate --model llama-3.1-405b --chip h100,b200,gb200 --days 90
    flopwatt estimate --benchmark llama31_405b --chip gb200 --chips 512
    """
    from ..estimate.chip_comparison import chip_names, compare_chips
    from ..estimate.estimation import Drawing, estimate_request, explained
    from ..estimate.request import Request
    from ..estimate.training_task import PostTraining

    shown, files = _Shown(full, assumptions, explain, as_json), _Files(out, plot)
    files.check(model, weights, system)
    task = PostTraining(**{name: stated.pop(name) for name in POST_TRAINING})
    given = {name: text for name, text in stated.items() if text is not None}
    request = Request(
        model, parameters, active_parameters, chip, precision, country, given, sets, strategy,
        str(system) if system else None, unusual, parameters_check, str(weights) if weights else None, framework, like, task,
    )  # fmt: skip
    if benchmark is not None:
        idle = {"out": out, "plot": plot, "explain": explain, "engine": engine, "currency": currency, "programme": programme}
        idle |= {"full": full, "assumptions": assumptions, **task.named()}
        _benchmark(benchmark, request, as_json, [name for name, asked in idle.items() if asked])
        return
    drawing = Drawing(draws, seed, engine, programme, currency)
    chips = chip_names(chip) if chip is not None else ()
    if len(chips) > 1:
        if explain:
            raise InputError("goes with one chip", where=Parameter("explain"))
        comparison = compare_chips(request, chips, drawing)
        _show_comparison(comparison, shown)
        files.write(comparison)
        return
    result, seconds = estimate_request(request, drawing)
    if seconds is not None:
        from ..terminal.numbers import duration

        say(f"{engine}: {draws:,} draws in {duration(seconds, 'milliseconds')}, compiling apart")
    steps = explained(result) if explain else None
    _show(result, steps, shown)
    files.write(result, steps)


def _benchmark(name: str, request: "Request", as_json: bool, idle: Sequence[str]) -> None:
    """Estimate the time to train of a benchmark, and print it; ``idle`` are parameters that do not go with one."""
    if idle:
        raise InputError("does not go with ", Parameter("benchmark"), "; leave it out", where=Parameter(idle[0]))
    from ..estimate.benchmark import estimate_time_to_train, print_benchmark
    from ..terminal.console import console

    result = estimate_time_to_train(name, request)
    if as_json:
        print_json(result.to_dict())
        return
    print_benchmark(console(), result, running())


@dataclass(frozen=True)
class _Shown:
    """What is printed, as the flags say."""

    full: bool
    assumptions: bool
    explain: bool
    as_json: bool


def _show(result: "EstimateResult", steps: "list[Step] | None", shown: _Shown) -> None:
    if shown.as_json:
        print_json(result.to_dict(steps, running()))
        return
    from ..estimate.report import Extent, print_estimate, print_steps
    from ..terminal.console import console

    print_estimate(console(), result, running(), Extent(shown.full, shown.assumptions))
    if steps is not None:
        click.echo()
        print_steps(console(), steps, running())


@dataclass(frozen=True)
class _Files:
    """The files that an estimate is written to, as the flags say."""

    out: Path | None
    plot: Path | None

    def check(self, *read: object) -> None:
        """Refuse files that could not be written, and those that are read, before the work."""
        if self.plot is not None:
            from ..pictures.drawing import check_picture_path

            check_picture_path(self.plot)
        if self.out is not None:
            from ..export.estimate_files import check_estimate_path

            check_estimate_path(self.out)
            check_not_read(self.out, *read)

    def write(self, shown: "EstimateResult | ChipComparison", steps: "list[Step] | None" = None) -> None:
        """Write what is asked for, and say on stderr which files."""
        if self.out is not None:
            from ..estimate.estimate_result import EstimateResult
            from ..export.estimate_files import write_estimate

            results = {shown.name: shown} if isinstance(shown, EstimateResult) else shown
            for path in write_estimate(results, self.out, running(), steps):
                say(f"wrote {path}")
        if self.plot is not None:
            from ..pictures.plotting import plot_estimate

            for path in plot_estimate(shown, self.plot):
                say(f"wrote {path}")


def _show_comparison(comparison: "ChipComparison", shown: _Shown) -> None:
    if shown.as_json:
        print_json(comparison.to_dict(running()))
        return
    from ..estimate.comparison_report import print_comparison
    from ..estimate.report import Extent
    from ..terminal.console import console

    print_comparison(console(), comparison, running(), Extent(shown.full, shown.assumptions))
