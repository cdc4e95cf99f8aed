"""``flopwatt init``: a first study, from a few questions or flags."""

import os
import shlex
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ..errors import InputError, Parameter, cause
from .completion import CHIP, MODEL_NAME, PLACE, STUDY_NAME
from .flags import running, say
from .option_types import TEXT

_SITE, _RUN, _PHASES = "site", "run", "phases"
_STDOUT = "-"


@click.command(name="init", short_help="Write a first study, from a few questions or flags.")
@click.argument("name", type=TEXT)
@click.option("--power", metavar="X", help='Of the site: "600 MW".')
@click.option("--chips", "chip_count", metavar="N", help="Number of chips of the site.")
@click.option("--budget", metavar="X", help='To build the site with: "2 billion USD".')
@click.option(
    "--chip", "chip", type=CHIP, multiple=True, metavar="NAME,...", help="Chips to compare.  [default: h100,b200,gb200]"
)
@click.option(
    "--model", type=MODEL_NAME, metavar="NAME", help="What is trained; `flopwatt show models`.  [default: llama-3.1-405b]"
)
@click.option("--params", "parameters", metavar="N", help="Parameters, in place of --model.")
@click.option("--active-params", "active_parameters", metavar="N", help="That a token uses, for a mixture of experts.")
@click.option("--tokens", metavar="N", help="Tokens trained on.  [default: as published for the model]")
@click.option("--country", type=PLACE, metavar="NAME", help="Where the electricity comes from.")
@click.option("--days", metavar="N", help="Within which a training run must be done.  [default: 90]")
@click.option(
    "--template", type=STUDY_NAME, metavar="NAME", help="A study that comes with flopwatt, copied: planner-600mw (phases)."
)
@click.option("--force", is_flag=True, help="Write over a file of that name.")
def command(name: str, template: str | None, force: bool, **stated: Any) -> None:
    """Write a study to NAME.toml (to stdout where NAME is -), which `flopwatt run NAME.toml` runs as it is.

    Without flags it asks. A size (--power, --chips or --budget) makes the study of a site: what it holds, uses, costs and
    trains. Without one it is of one run: the cheapest chip, and how many, within the days.

    \b
    flopwatt init site --power "600 MW" --chip b200,gb200 --country france
    flopwatt init fleet --chips 20000 --chip h100
    flopwatt init run --model deepseek-v3 --days 60
    flopwatt init own --params 7e10 --tokens 15e12 --chip h200,mi300x --days 30
    flopwatt init phases --template planner-600mw
    """
    from ..beginnings.wishes import Wishes

    path = _path(name, force)
    wishes = Wishes(chips=_listed(",".join(stated.pop("chip"))), **stated)
    if wishes == Wishes() and template is None and path is not None and _is_terminal():
        wishes = _ask(wishes)
    text = _text(wishes, template, "NAME" if path is None else path.stem)
    if path is None:
        click.echo(text, nl=False)
        return
    _write(path, text)
    say(f"wrote {path}; run it with: flopwatt run {shlex.quote(str(path))}")


def _text(wishes: Any, template: str | None, name: str) -> str:
    """Write the study of the wishes, or a copy of the template. Raises InputError where both are stated."""
    from ..beginnings.shipped_copies import PHASES, copy_of
    from ..beginnings.study_text import study_text
    from ..beginnings.wishes import Wishes, read_wishes

    if wishes is None:  # phases, on a terminal
        return copy_of(PHASES, name)
    if template is None:
        return study_text(read_wishes(wishes), name)
    stated = next((key for key, value in vars(wishes).items() if value != vars(Wishes())[key]), None)
    if stated is not None:
        flag = Parameter({"chips": "chip"}.get(stated, stated))
        raise InputError("copies a study as it is; change the file in place of ", flag, where=Parameter("template"))
    return copy_of(template, name)


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _listed(text: str) -> tuple[str, ...]:
    """Split the names of chips at commas. Raises InputError where one is missing."""
    names = tuple(part.strip() for part in text.split(",")) if text else ()
    if not all(names):
        raise InputError(f"a name is missing in {text!r}; write one between two commas", where=Parameter("chip"))
    return names


def _path(name: str, force: bool) -> Path | None:
    """Find the file that is to be written, before anything is asked; None for stdout."""
    from ..terminal.file_place import check_folder_takes

    if name == _STDOUT:
        return None
    path = Path(os.path.expanduser(name if name.endswith(".toml") else f"{name}.toml"))
    if os.path.isdir(path):
        raise InputError("is a folder; take another name", where=str(path))
    if os.path.lexists(path) and not force:
        raise InputError("is there already; take another name, or write over it with ", Parameter("force"), where=str(path))
    check_folder_takes(path.parent, str(path))
    return path


def _write(path: Path, text: str) -> None:
    from ...kernels.files import write_whole
    from ..terminal import interrupts

    try:
        write_whole(path, text.encode("utf-8"))
    except OSError as error:
        raise InputError(f"could not be written ({cause(error)})", where=str(path)) from None
    interrupts.note_written(path)


def _ask(wishes: Any) -> Any:
    """Ask for what a study needs, one thing after the other, a value that will not do again; of phases None is the answer."""
    from ..beginnings.wishes import CHIPS, MODEL_KEY, size_wish

    click.echo("A site: what so many megawatts, chips or dollars hold, use, cost and train.", err=True)
    click.echo("A run: the cheapest chip for a model, and how many, within so many days.", err=True)
    click.echo("Phases: a site that is built in steps, by quarter; a study of 600 MW to be edited.", err=True)
    kind = click.prompt("What is planned", type=click.Choice([_SITE, _RUN, _PHASES]), default=_SITE, err=True)
    if kind == _PHASES:
        return None
    if kind == _SITE:
        wishes = _asked(wishes, "Size (600 MW, 20000 chips, 2 billion USD)", "100 MW", size_wish)
    wishes = _asked(wishes, "Chips to compare", ",".join(CHIPS), lambda text: {"chips": _listed(text)})
    wishes = _asked(wishes, "Model that is trained", MODEL_KEY, lambda text: {"model": text})
    wishes = _asked(wishes, "Country of the electricity", "usa", lambda text: {"country": text})
    return _asked(wishes, "Days within which a run must be done", "90", lambda text: {"days": text})


def _asked(wishes: Any, question: str, default: str, field: Callable[[str], dict[str, Any]]) -> Any:
    from ..beginnings.wishes import read_wishes

    while True:
        text = str(click.prompt(question, default=default, err=True)).strip()
        try:
            more = replace(wishes, **field(text))
            read_wishes(more)
        except InputError as error:
            say(error.text(running()))
        else:
            return more
