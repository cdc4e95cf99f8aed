"""Figures of README and docs/ as commands make them: `python tests/readme.py` writes every generated part of them anew.

A generated part stands between two comments::

    <!-- made by: flopwatt validate --markdown -->
    ...
    <!-- end -->

A picture stands below the command that draws it, which names its file::

    <!-- picture by: flopwatt run quick --plot docs/quick.svg -->
    ![What it shows](quick.svg)

A console block shows commands and their output; a line "..." stands for lines that are left out. What times a machine differs
from run to run and is not made anew.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence

from house import ROOT

README = ROOT / "README.md"
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))
WIDTH = 110  # columns of what the pages show
PART = re.compile(r"(<!-- made by: (.+?) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
PICTURE = re.compile(r"<!-- picture by: (.+?) -->\n!\[.+?\]\((.+?)\)")
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
CUT = "..."


def output_of(command: str) -> str:
    """Run a command of a page, from the top of the checkout, and return what it prints on stdout."""
    name, *arguments = shlex.split(command, comments=True)
    program = {"flopwatt": [sys.executable, "-m", "flopwatt"], "python": [sys.executable]}[name]
    environment = {**os.environ, "COLUMNS": str(WIDTH), "NO_COLOR": "1"}
    done = subprocess.run([*program, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command}: exit code {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def shown(text: str) -> Iterator[tuple[str, list[str]]]:
    """Find the commands that console blocks show, each with the lines of output below it."""
    for block in _BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *lines = part.rstrip("\n").split("\n")
            yield command, lines


def missing_line(lines: Sequence[str], output: str) -> str | None:
    """Return the first line shown that the output has not, in order; lines follow each other but for "..."."""
    printed = [line.rstrip() for line in output.split("\n")]
    place, free = 0, False  # free: lines may be left out before the next
    for line in (line.rstrip() for line in lines):
        if line == CUT:
            free = True
            continue
        try:
            at = printed.index(line, place)
        except ValueError:
            return line
        if at > place and not free:
            return line
        place, free = at + 1, False
    return None


def made_anew(text: str) -> str:
    """Return a page's text with every generated part as its command prints it."""
    return PART.sub(lambda part: f"{part[1]}{output_of(part[2]).rstrip()}\n{part[4]}", text)


if __name__ == "__main__":
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for command, _ in PICTURE.findall(text):
            output_of(command)
        page.write_text(made_anew(text), encoding="utf-8")
