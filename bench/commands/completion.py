"""What the shell offers where a study, a model, a chip, a place, a quantity or an engine is to be typed.

It reads files and imports no library of numbers, since it runs at every press of the key.
"""

import ast
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from .option_types import FilePath, Text

Offer = Callable[[str, click.Context], list[CompletionItem]]  # of what is typed, and what was typed before it

_QUANTITIES = Path(__file__).resolve().parents[2] / "kernels" / "quantities"


def _matching(names: Iterable[tuple[str, str]], begun: str, before: str = "") -> list[CompletionItem]:
    """List the names that begin with what is typed, each with what it is; ``before`` has been typed already."""
    typed = begun.lower()
    return [CompletionItem(before + name, help=words) for name, words in names if name.lower().startswith(typed)]


def _rows(table: str) -> list[tuple[str, str]]:
    """Read the keys and names of a facts table straight from its file: checking every figure would take too long."""
    from ... import configs

    document = configs.read_toml(configs.FOLDER / f"{table}.toml")
    return [(key, str(row.get("label") or row.get("name", ""))) for key, row in document["rows"].items()]


def studies(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the studies that come with flopwatt, and files."""
    from ... import configs

    return [*_matching(((name, "study") for name in configs.studies()), begun), CompletionItem(begun, type="file")]


def chips(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the chips of the hardware table; behind a comma the next one of several."""
    before, comma, last = begun.rpartition(",")
    return _matching(_rows("hardware"), last, before + comma)


def models(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the models of the table, and files."""
    return [*_matching(_rows("models"), begun), CompletionItem(begun, type="file")]


def places(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the places of the tables of grids."""
    return _matching([*_rows("grids"), *_rows("grids_direct")], begun)


def engines(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the engines' names."""
    known = (("auto", "the fastest here"), ("all", "every one that is here"), ("numpy", "CPU"), ("numba", "CPU, compiled"))
    return _matching((*known, ("numba-cuda", "NVIDIA GPU"), ("cupy", "NVIDIA GPU")), begun)


def quantities(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer quantities that may be held, as NAME=; nothing where a value is typed already."""
    if "=" in begun:
        return []
    names = sorted(_declared())
    return _matching(((f"{name}=", "quantity") for name in names), begun)


def _declared() -> set[str]:
    """Read the quantities' names from the source of the modules that declare them, without importing any."""

    names: set[str] = set()
    for path in _QUANTITIES.glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _calls(node.value.func) == "given":
                first = node.value.args[0]
                names |= {str(first.value)} if isinstance(first, ast.Constant) else set()
            elif isinstance(node, ast.FunctionDef) and any(
                _calls(one) == "quantity" for one in map(_called, node.decorator_list)
            ):
                names.add(node.name)
    return names


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node


def _calls(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def questions(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the names of the questions of the study that is typed."""
    from ... import configs

    # behind an option whose value is not there yet, click has the arguments before it as they are
    name = str(context.params.get("study") or next(iter(context.params.get("what") or context.args), ""))
    path = configs.studies().get(name, Path(name))
    try:
        asked = configs.read_toml(path).get("questions", [])
        names = [str(question["name"]) for question in asked if "name" in question]
    except (configs.FactError, OSError, AttributeError, TypeError):  # whatever is typed may be no study
        return []
    return _matching(((name, "question") for name in names), begun)


def lists(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer what `flopwatt show` lists."""
    from ... import configs

    own = ("studies", "quantities", "defaults", "engines", "sources", "model")
    return _matching(((name, "list") for name in (*configs.tables(), *own)), begun)


def entries(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the entries of the list that `flopwatt show` was given."""
    from ... import configs

    what = context.params.get("what")
    if what in configs.tables():
        return _matching(_rows(str(what)), begun)
    own: dict[str, Offer] = {"studies": studies, "engines": engines, "model": models}
    if what in own:
        return own[str(what)](begun, context)
    if what in ("quantities", "sources", "defaults"):
        return _matching(((name, "quantity") for name in sorted(_declared())), begun)
    return []


def outputs(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer files and folders, and what is typed with the endings that answers are written as."""
    stem = begun.partition(".")[0]
    endings = (".xlsx", ".csv", ".iamc.csv", ".parquet", ".nc", ".zarr", ".json")
    items = _matching(((f"{stem}{ending}", "") for ending in endings), begun) if stem else []
    return [*items, CompletionItem(begun, type="file")]


class OfferedText(Text):
    """A text of which the shell offers what there is.

    Parameters
    ----------
    offer
        Lists what may follow what is typed.
    may_be_empty
        Whether an empty text is taken as it is, and refused by who reads it.
    """

    def __init__(self, offer: Offer, *, may_be_empty: bool = False):
        self.offer, self.may_be_empty = offer, may_be_empty

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read a text.

        Parameters
        ----------
        value
            The text, or a default.
        param, ctx
            What click is reading, for its errors.
        """
        return str(value) if self.may_be_empty else super().convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Offer what there is.

        Parameters
        ----------
        ctx, param
            What is typed so far, and what is read.
        incomplete
            The beginning of the text.
        """
        return self.offer(incomplete, ctx)


class OutputPath(FilePath):
    """A path that answers are written to: the shell offers endings behind a name."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Offer the endings, and files.

        Parameters
        ----------
        ctx, param
            What is typed so far, and what is read.
        incomplete
            The beginning of the path.
        """
        return outputs(incomplete, ctx)


STUDY, CHIP, MODEL_NAME, PLACE = (
    OfferedText(studies),
    OfferedText(chips),
    OfferedText(models),
    OfferedText(places),
)
SET, QUESTION, ENGINE = (OfferedText(offer, may_be_empty=True) for offer in (quantities, questions, engines))
LIST, ENTRY = (OfferedText(offer, may_be_empty=True) for offer in (lists, entries))
OUTPUT = OutputPath()
