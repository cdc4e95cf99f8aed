"""``flopwatt serve``: what serving a model takes, with intervals. An option that states a quantity has its name in Python."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import InputError, Parameter
from ..terminal.json import print_json
from .completion import CHIP, CURRENCY, MODEL_NAME, PLACE, SET, SOFTWARE
from .flags import check_not_read, max_size, running, say
from .option_types import FILE_PATH, WHOLE

if TYPE_CHECKING:
    from ..estimate.explain import Step
    from ..serving.service_comparison import ServiceComparison
    from ..serving.service_result import ServiceResult


@click.command(name="serve", short_help="Serve a model: queries a day, latency, Wh and cost of a query, chips.")
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
@click.option(
    "--chip",
    type=CHIP,
    metavar="NAME[,NAME]",
    help="A chip that `flopwatt show hardware` lists; several side by side with commas: h100,b200.",
)
@click.option("--chips", "chip_count", metavar="N", help="Number of chips: what do they serve?")
@click.option("--queries-per-day", metavar="N", help="Solve for the number of chips that so many queries need.")
@click.option("--input", "serving_input_tokens", metavar="N", help="Tokens of a prompt.  [default: 1,000]")
@click.option("--output", "serving_output_tokens", metavar="N", help="Tokens of an answer.  [default: 500]")
@click.option(
    "--interactivity", metavar="X", help="Tokens a second that each user gets at least.  [default: 50; with --batch none]"
)
@click.option(
    "--ttft",
    "time_to_first_token",
    metavar="X",
    help="The longest wait for the first token: 2s, 500ms.  [default: 2s; with --batch none]",
)
@click.option(
    "--confidence",
    metavar="X",
    help="Share of cases in which users get both: 80% serves fewer at once.  [default: 50%]",
)
@click.option(
    "--precision", metavar="bf16|fp8|fp4", help="Of weights and products.  [default: fp8 where the chip computes in it]"
)
@click.option(
    "--cache-precision", metavar="bf16|fp8|fp4", help="Of the keys and values kept.  [default: fp8, with --precision bf16 that]"
)
@click.option(
    "--disaggregated/--together",
    "disaggregated",
    default=None,
    help="Prompts are read on chips of their own, or by those that answer.  [default: what serves more]",
)
@click.option(
    "--software",
    type=SOFTWARE,
    metavar="vllm|tensorrt-llm",
    help="What serves, whose time for each sequence is fitted.  [default: tensorrt-llm and others]",
)
@click.option("--cache-hits", "cache_hit_share", metavar="X", help="Share of the prompts' tokens that are kept: 56%.")
@click.option(
    "--drafts", "draft_tokens", metavar="N", help="Tokens that speculative decoding drafts for each step.  [default: none]"
)
@click.option("--acceptance", "draft_acceptance", metavar="X", help="Share of drafted tokens that are accepted.")
@click.option(
    "--batch",
    "concurrent_sequences",
    metavar="N",
    help="Sequences that a replica works on at once.  [default: the most that do]",
)
@click.option("--replica-chips", "replica_chips", metavar="N", help="Chips that hold the model together.  [default: the best]")
@click.option(
    "--prefill-chips", "prefill_replica_chips", metavar="N", help="Chips of a replica that reads prompts.  [default: the best]"
)
@click.option("--utilisation", "service_utilisation", metavar="X", help="Mean load of the day over what the chips can serve.")
@click.option(
    "--country", type=PLACE, metavar="NAME", help="Place whose carbon and price `flopwatt show grids` or `grids_direct` lists."
)
@click.option("--carbon-intensity", metavar="X", help="kgCO2e per kWh.")
@click.option("--electricity-price", metavar="X", help="USD per kWh.")
@click.option("--rental-price", metavar="X", help="USD for an hour of a rented chip.")
@click.option("--pue", metavar="X", help="Facility energy over IT energy.")
@click.option(
    "--currency",
    type=CURRENCY,
    metavar="CODE",
    help='What money is printed in, and may be stated in ("50 EUR/MWh"); plain numbers stay USD. `show currencies` has rates.',
)
@click.option("--set", "sets", type=SET, multiple=True, metavar="NAME=VALUE", help="Fix any quantity. Repeatable.")
@click.option("--unusual", is_flag=True, help="Take values that are far from all that is known of their quantities.")
@click.option("--draws", type=WHOLE, default=2**12, show_default=True, metavar="N", help="Joint draws of what is not stated.")
@click.option("--seed", type=WHOLE, default=0, show_default=True, metavar="N", help="Of the draws.")
@click.option("--explain", is_flag=True, help="Print each quantity's formula, values, units and source, in order.")
@click.option("--out", type=FILE_PATH, metavar="FILE", help="Write what is estimated as .xlsx, .csv, .json or .parquet.")
@click.option("--report", type=FILE_PATH, metavar="FILE", help="Write what is estimated as one HTML page.")
@click.option("--full", is_flag=True, help="Print every quantity, and what drives each.")
@click.option(
    "--assumptions",
    is_flag=True,
    help="Print all that was drawn, with its sources; without it only what moves the result most.",
)
@max_size("10")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def command(
    model: str | None,
    parameters: str | None,
    active_parameters: str | None,
    chip: str | None,
    interactivity: str | None,
    time_to_first_token: str | None,
    precision: str | None,
    cache_precision: str | None,
    disaggregated: bool | None,
    confidence: str | None,
    software: str | None,
    country: str | None,
    currency: str | None,
    sets: tuple[str, ...],
    unusual: bool,
    draws: int,
    seed: int,
    explain: bool,
    out: Path | None,
    report: Path | None,
    full: bool,
    assumptions: bool,
    as_json: bool,
    **stated: str | None,
) -> None:
    """Serve a model: how much so many chips serve, or how many chips so many queries a day need, with P10 to P90.

    What is stated is fixed; what is not is drawn, or assumed, which the first lines say. The way to serve (chips of a replica,
    sequences at once, attention's parallelism, prompts apart or together) is the one that serves the most on each chip and
    still gives each user the tokens a second and the wait that are asked for, unless it is stated. A query is a prompt and its
    answer. Wh, USD, carbon and water are those of the whole facility.

    \b
    flopwatt serve --model deepseek-v3 --chip gb200 --chips 72
    flopwatt serve --model llama-3.1-70b --chip h100,b200,gb200 \\
        --queries-per-day 1e6 --input 2000 --output 300 --ttft 1s
    flopwatt serve --model deepseek-v3 --chip h800 --chips 2224 --cache-hits 56% \\
        --disaggregated --input 4000 --output 1000 --interactivity 20
    flopwatt serve --model llama-3.1-8b --chip l40s --chips 1 --batch 16 --explain
    """
    from ..estimate.chip_comparison import chip_names
    from ..estimate.estimation import Drawing
    from ..estimate.request import Request
    from ..serving.service_comparison import compare_services
    from ..serving.service_estimate import explained_service, serve_request
    from ..serving.serving_request import ServingRequest

    files = _Files(out, report)
    files.check(model)
    own = {name: text for name, text in stated.items() if text is not None}
    limits = {"interactivity": interactivity, "time_to_first_token": time_to_first_token}
    request = ServingRequest(
        Request(model, parameters, active_parameters, chip, precision, country, own, sets, unusual=unusual),
        {name: text for name, text in limits.items() if text is not None},
        cache_precision,
        disaggregated,
        confidence,
        software,
    )
    drawing = Drawing(draws, seed, currency=currency)
    shown = _Shown(full, assumptions, as_json)
    chips = chip_names(chip) if chip is not None else ()
    if len(chips) > 1:
        if explain:
            raise InputError("goes with one chip", where=Parameter("explain"))
        comparison = compare_services(request, chips, drawing)
        _show_comparison(comparison, shown)
        files.write(comparison)
        return
    result = serve_request(request, drawing)
    steps = explained_service(result) if explain else None
    _show(result, steps, shown)
    files.write(result, steps)


@dataclass(frozen=True)
class _Shown:
    """What is printed, as the flags say."""

    full: bool
    assumptions: bool
    as_json: bool


def _show(result: "ServiceResult", steps: "list[Step] | None", shown: _Shown) -> None:
    if shown.as_json:
        print_json(result.to_dict(steps, running()))
        return
    from ..estimate.report import Extent, print_steps
    from ..serving.service_screen import print_service
    from ..terminal.console import console

    print_service(console(), result, running(), Extent(shown.full, shown.assumptions))
    if steps is not None:
        click.echo()
        print_steps(console(), steps, running())


def _show_comparison(comparison: "ServiceComparison", shown: _Shown) -> None:
    if shown.as_json:
        print_json(comparison.to_dict(running()))
        return
    from ..estimate.report import Extent
    from ..serving.service_screen import print_services
    from ..terminal.console import console

    print_services(console(), comparison, running(), Extent(shown.full, shown.assumptions))


@dataclass(frozen=True)
class _Files:
    """The files that are written, as the flags say."""

    out: Path | None
    report: Path | None

    def check(self, *read: object) -> None:
        """Refuse files that could not be written, and those that are read, before the work."""
        if self.out is not None:
            from ..export.estimate_files import check_estimate_path

            check_estimate_path(self.out)
            check_not_read(self.out, *read)
        if self.report is not None:
            from ..reports.report_file import check_report

            check_report(self.report, Parameter("report"))

    def write(self, shown: "ServiceResult | ServiceComparison", steps: "list[Step] | None" = None) -> None:
        """Write what is asked for, and say on stderr which files."""
        from ..serving.service_result import ServiceResult

        if self.out is not None:
            from ..export.estimate_files import write_estimate

            results = {shown.name: shown} if isinstance(shown, ServiceResult) else shown
            for path in write_estimate(results, self.out, running(), steps):
                say(f"wrote {path}")
        if self.report is not None:
            from ..reports.report_file import write_report
            from ..reports.service_report import service_report
            from .command_text import command_text

            services = {shown.name: shown} if isinstance(shown, ServiceResult) else shown
            text = service_report(services, command_text(leave_out=("out", "report", "as_json", "full")), running())
            say(f"wrote {write_report(text, self.report, Parameter('report'))}")
