"""``flopwatt serve``: what it takes to serve a model, with intervals. An option that states a quantity has its name in Python."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import InputError, Parameter
from ..terminal.json import print_json
from .completion import CHIP, CURRENCY, MODEL_NAME, PLACE, SET
from .flags import check_not_read, max_size, running, say
from .option_types import FILE_PATH, WHOLE

if TYPE_CHECKING:
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
def command() -> None:
    """Serve a model: queries a day of so many chips, or chips for so many queries a day."""
