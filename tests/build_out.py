"""What the announcement of 10 GW asks, each with the command that answers it and what that prints: `python tests/build_out.py`.

Commands run in this process, so that nothing is imported twice. Of what one prints, the sentences stand here: what comes before
the first table.
"""

import os
import shlex
from dataclasses import dataclass

from click.testing import CliRunner

WIDTH = 110  # columns, as the other pages have them
BIG, OVER_TIME, CHAT, PLAN, COUNTRY = (
    "nvidia-openai-10gw",
    "nvidia-openai-buildout",
    "serving-chatgpt",
    "planner-600mw",
    "lbnl-2028",
)


@dataclass(frozen=True)
class AnnouncedQuestion:
    """What somebody who reads the announcement asks.

    Attributes
    ----------
    text
        The question.
    study, question
        What answers it; empty: the study's own sentences.
    """

    text: str
    study: str
    question: str = ""

    @property
    def command(self) -> str:
        """The command to type."""
        quoted = f'"{self.question}"' if "'" in self.question else shlex.quote(self.question)
        return f"flopwatt run {self.study}" + (f" --question {quoted}" if self.question else "")


QUESTIONS = (
    AnnouncedQuestion("At least 10 gigawatts of systems: how many chips?", BIG, "chips"),
    AnnouncedQuestion("Millions of GPUs, 4 to 5 said Huang: what was counted?", BIG, "dies"),
    AnnouncedQuestion("What does it cost to build?", BIG, "capital by the price of a watt"),
    AnnouncedQuestion(
        "Up to 100 billion dollars, and the other investors: what does that build?", BIG, "gigawatts that the money builds"
    ),
    AnnouncedQuestion("Progressively, the first gigawatt in the second half of 2026: what is online when?", OVER_TIME),
    AnnouncedQuestion("A small city?", BIG, "power compared"),
    AnnouncedQuestion("How much energy in a year?", BIG, "energy in a year"),
    AnnouncedQuestion("How much is that of a country's?", BIG, "a year's energy compared"),
    AnnouncedQuestion("How much carbon?", BIG, "carbon in a year"),
    AnnouncedQuestion("How much water on site?", BIG, "water in a year"),
    AnnouncedQuestion("And at the power stations?", BIG, "water of power stations in a year"),
    AnnouncedQuestion("What does a new generation of chips do with a watt?", BIG, "performance per watt"),
    AnnouncedQuestion("What does it train?", BIG, "runs of 1e27 FLOP in a year"),
    AnnouncedQuestion("What does serving ChatGPT take of it?", CHAT),
    AnnouncedQuestion("What does the money return?", BIG, "revenue of a year over its cost"),
    AnnouncedQuestion("What do all data centres of the United States use then?", COUNTRY),
    AnnouncedQuestion("And our own site, in phases?", PLAN),
)


def sentences(command: str) -> str:
    """Return what a command prints between its title and its first table.

    Raises
    ------
    RuntimeError
        Where the command fails.
    """
    from flopwatt.bench.cli import cli

    os.environ |= {"COLUMNS": str(WIDTH), "NO_COLOR": "1"}
    done = CliRunner().invoke(cli, shlex.split(command)[1:])
    if done.exit_code:
        raise RuntimeError(f"{command}: exit code {done.exit_code}: {done.output}")
    return done.stdout.split("\n\n")[1].rstrip()


def page() -> str:
    """Write every question with its command and its answer."""
    parts = [f"**{asked.text}**\n\n```text\n$ {asked.command}\n{sentences(asked.command)}\n```" for asked in QUESTIONS]
    return "\n\n".join(parts)


if __name__ == "__main__":
    print(page())
