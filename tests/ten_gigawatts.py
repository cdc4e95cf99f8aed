"""README's section on the first study with the figures that the study answers: `python tests/ten_gigawatts.py` prints it.

The words stand in ten_gigawatts.md.
"""

import math
import textwrap
from pathlib import Path
from typing import Any

import flopwatt
from flopwatt import configs

WORDS = Path(__file__).with_suffix(".md")
STUDY = "nvidia-openai-10gw"
WIDTH = 128
CHIPS = {
    "h100-sxm-80gb": "H100",
    "b200-sxm": "B200",
    "gb200-nvl72": "GB200 NVL72",
    "b300-sxm": "B300",
    "gb300-nvl72": "GB300 NVL72",
    "vr200-nvl72": "VR200 NVL72 (Vera Rubin), 1.8 kW",
    "vr200-nvl72-max-p": "the same at 2.3 kW",
}
GB200, RUBIN, RUBIN_FAST = "gb200-nvl72", "vr200-nvl72", "vr200-nvl72-max-p"
SMALL_RUN, LARGE_RUN = "chips of a run of Llama 3.1 405B's size within 100 days", "chips of a run of 1e27 FLOP within 100 days"
Quantiles = tuple[float, ...]


class Answers:
    """The study's answers, each asked for by the question's name."""

    def __init__(self) -> None:
        self.run = flopwatt.run_study(flopwatt.load_study(STUDY), "numba")

    def quantiles(self, question: str, scale: float = 1.0, **place: Any) -> Quantiles:
        """Return P5, median and P95 (or the median alone) of a question at a place along the axes that it keeps."""
        data = self.run.answer(question).dataset()
        values = data[next(iter(data.data_vars))].sel(place).data.reshape(-1)
        return tuple(float(value) / scale for value in values)

    def median(self, question: str, scale: float = 1.0, **place: Any) -> float:
        """Return the median alone."""
        values = self.quantiles(question, scale, **place)
        return values[len(values) // 2]


def three(values: Quantiles) -> str:
    """Write P5, the median and P95."""
    low, middle, high = values
    return f"{low:.2f}, **{middle:.2f}**, {high:.2f}"


def span(values: Quantiles, form: str = ",.0f") -> str:
    """Write P5 to P95, or the one value that they are."""
    low, high = format(values[0], form), format(values[-1], form)
    return low if low == high else f"{low} to {high}"


def to_two_digits(value: float) -> str:
    """Write a number to two digits, with commas between thousands."""
    return "∞" if math.isinf(value) else f"{float(f'{value:.2g}'):,.0f}"


def chips_table(answers: Answers) -> str:
    """Write the table of chips in 10 GW on both bases, in millions."""
    lines = [
        "| chip | packages if 10 GW are the facility's peak, millions: P5, median, P95 | if they are IT's | dies, facility |",
        "| --- | --- | --- | --- |",
    ]
    for key, name in CHIPS.items():
        facility, of_it = (three(answers.quantiles("chips", 1e6, basis=basis, chip=key)) for basis in ("facility", "IT"))
        dies = three(answers.quantiles("dies", 1e6, basis="facility", chip=key))
        lines.append(f"| {name} | {facility} | {of_it} | {'the same' if dies == facility else dies} |")
    return "\n".join(lines)


def runs_table(answers: Answers) -> str:
    """Write the table of the chips that a run takes within 100 days."""
    lines = ["| chips of one run within 100 days: median (P5 to P95) | BF16 | FP8 | FP4 |", "| --- | --- | --- | --- |"]
    for question, run in ((SMALL_RUN, "Llama 3.1 405B's size, 3.8e25 FLOP"), (LARGE_RUN, "1e27 FLOP")):
        for key, chip in ((GB200, "GB200"), (RUBIN, "Vera Rubin")):
            cells = []
            for precision in ("BF16", "FP8", "FP4"):
                low, middle, high = map(to_two_digits, answers.quantiles(question, chip=key, precision=precision))
                cells.append(f"**{middle}** ({low} to {high})")
            lines.append(f"| {run}, on {chip} | {' | '.join(cells)} |")
    return "\n".join(lines)


def figures(answers: Answers) -> dict[str, Any]:
    """Look up every figure that the words name."""
    facility = {"basis": "facility"}
    money = {key: row.values["money"] / 1e9 for key, row in configs.load("investors").rows.items()}
    shares = configs.load("fleet_shares").rows["openai-2025"].values
    energies, powers = (
        {key: answers.median(question, compared=key, **facility) for key in configs.load("comparisons").rows}
        for question in ("a year's energy compared", "power compared")
    )
    used = [answers.median("energy in a year", chip=key, **facility) for key in CHIPS]
    priced, grids = configs.load("site_prices").rows, ("usa-direct", "texas", "ohio", "france-direct")
    yearly = "runs of 1e27 FLOP in a year"
    return {
        "chips": chips_table(answers),
        "runs": runs_table(answers),
        "fast_dies": span(answers.quantiles("dies", 1e6, chip=RUBIN_FAST, **facility), ".1f"),
        "slow_dies": span(answers.quantiles("dies", 1e6, chip=RUBIN, **facility), ".1f"),
        "full": answers.median("energy in a year at full load", site_power=10e9, **facility),
        "full_of_it": answers.median("energy in a year at full load", site_power=10e9, basis="IT"),
        "energy": energies,
        "power": powers,
        "us_homes": energies["us-household"] / 1e6,
        "uk_homes": energies["uk-household"] / 1e6,
        "least_used": min(used),
        "most_used": max(used),
        "carbon": {key: answers.median("carbon in a year", 1e9, grid=key) for key in grids},
        "said": {
            key: span(answers.quantiles("capital by the price of a watt", 1e9, price_of_a_watt=key, **facility))
            for key in priced
        },
        "parts": {key: span(answers.quantiles("capital by parts", 1e9, chip=key, **facility)) for key in (GB200, RUBIN)},
        "year": span(answers.quantiles("cost in a year by parts", 1e9, chip=GB200, basis="IT")),
        "owned": {key: span(answers.quantiles("an hour of a chip, owned", chip=key), ".2f") for key in (GB200, RUBIN)},
        "rented": span(answers.quantiles("an hour of a chip, rented", chip=GB200), ".2f"),
        "nvidia": money["nvidia"],
        "announced": span(answers.quantiles("gigawatts that the money builds", 1e9, investor="nvidia"), ".1f"),
        "closed_sum": money["round-closed"],
        "amazon": money["amazon-closed"],
        "nvidia_closed": money["nvidia-closed"],
        "softbank": money["softbank-closed"],
        "closed": span(answers.quantiles("gigawatts that the money builds", 1e9, investor="round-closed"), ".1f"),
        "final": shares["final_run_share"],
        "research": shares["research_share"],
        "runs_bf16": answers.quantiles(yearly, chip=GB200, precision="BF16")[-1],
        "runs_fp8": span(answers.quantiles(yearly, chip=GB200, precision="FP8")),
        "runs_rubin": span(answers.quantiles(yearly, chip=RUBIN, precision="FP8")),
    }


def section(words: str, values: dict[str, Any]) -> str:
    """Put figures into the words, and break the lines of every bullet anew."""
    *tables, bullets = words.format_map(values).split("\n\n")
    texts = [" ".join(bullet.split()) for bullet in bullets.split("\n- ")]
    lines = [textwrap.fill(f"- {text.removeprefix('- ')}", WIDTH, subsequent_indent="  ") for text in texts]
    return "\n\n".join([*tables, "\n".join(lines)])


if __name__ == "__main__":
    print(section(WORDS.read_text(encoding="utf-8"), figures(Answers())))
