"""``flopwatt estimate``: one training run, with intervals. An option that states a quantity has its name in Python."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ..terminal.json import print_json
from .completion import CHIP, ENGINE, MODEL_NAME, PLACE, SET
from .flags import check_range, max_size, running, say
from .option_types import FILE_PATH, WHOLE

MAX_DRAWS = 10_000_000


@click.command(name="estimate", short_help="Estimate one training run: time, power, energy, cost, carbon.")
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
    metavar="NAME",
    help="A chip that `flopwatt show hardware` lists; also a die or core of it, or with a power limit: 'H100 500W'.",
)
@click.option("--chips", "chip_count", metavar="N", help="Number of chips.")
@click.option("--days", "run_time", metavar="N", help="Solve for the number of chips that takes so many days.")
@click.option(
    "--precision", metavar="bf16|fp8|fp4", help="Of the matrix products; MFU counts against its peak.  [default: bf16]"
)
@click.option("--mfu", metavar="X", help="Model FLOPs utilisation in steady training, if known.")
@click.option("--strategy", type=click.Choice(["auto"]), help="Take the MFU from the best strategy on so many chips.")
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
    metavar="none|selective|full|X",
    help="Of activations; X is a share of the layers, 0 to 1.",
)
@click.option("--zero", "zero_stage", metavar="0|1|2|3", help="ZeRO stage: what is sharded over the replicas.")
@click.option(
    "--batch", "batch_size", metavar="N", help="Sequences of a step, with a strategy.  [default: of about 16 million tokens]"
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
@max_size("10, of weights 100")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def command(
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
    programme: bool,
    unusual: bool,
    explain: bool,
    as_json: bool,
    **stated: str | None,
) -> None:
    """Estimate one training run: medians and P10 to P90 of what it takes.

    What is stated is fixed; what is not is drawn from distributions that `configs/prior` states with their sources. Numbers
    may carry a unit, such as --carbon-intensity "50 gCO2e/kWh". With --strategy auto the MFU is that of the best way to cut
    the model and the batch over the chips, by the step-time model, which is as uncertain as it was on published step times.

    \b
    flopwatt estimate --model llama-3.1-405b --chip h100 --chips 16384
    flopwatt estimate --params 1e12 --active-params 5e10 --tokens 20e12 --chip gb200 --precision fp8 --days 90
    flopwatt estimate --model ./config.json --tokens 2e12 --chip h200 --chips 1024 --country france --explain
    flopwatt estimate --model llama-3.1-405b --chip h100 --chips 16384 --strategy auto --tp 8
    """
    check_range("draws", draws, 1, MAX_DRAWS)
    check_range("seed", seed, 0)
    from ..estimate.explain import explain as explained
    from ..estimate.intervals import estimate
    from ..estimate.request import Request, scenario_of
    from ..estimate.with_strategy import STEP_TARGETS
    from ..facts.currencies import find_currency
    from ..prior.drawn_inputs import PROGRAMME_TARGETS, TARGETS

    money = find_currency(currency)
    given = {name: text for name, text in stated.items() if text is not None}
    request = Request(
        model, parameters, active_parameters, chip, precision, country, given, sets, strategy,
        str(system) if system else None, unusual, parameters_check, str(weights) if weights else None,
    )  # fmt: skip
    targets = (STEP_TARGETS if request.searches else TARGETS) + (PROGRAMME_TARGETS if programme else ())
    scenario = scenario_of(request, targets)
    scenario = replace(scenario, model=money.model(scenario.model))
    result = estimate(scenario, targets, draws, seed)
    if engine is not None:
        from ..estimate.engine_quantiles import on_engine
        from ..terminal.numbers import duration

        result, seconds = on_engine(result, scenario.problem(draws, seed), engine)
        say(f"{engine}: {draws:,} draws in {duration(seconds, 'milliseconds')}, compiling apart")
    steps = explained(scenario, targets) if explain else None
    if as_json:
        _json(result, scenario, steps, money)
    else:
        from ..estimate.report import print_estimate, print_steps
        from ..terminal.console import console

        print_estimate(console(), result, scenario, running(), money)
        if steps is not None:
            click.echo()
            print_steps(console(), steps, running())


def _json(result: Any, scenario: Any, steps: Any, money: Any) -> None:
    from ..estimate.report import document

    print_json(document(result, scenario, steps, running(), money))
