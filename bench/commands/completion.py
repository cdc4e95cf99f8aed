"""What the shell offers where a study, a model, a chip, a place, a quantity or an engine is to be typed.

It reads files and imports no library of numbers, since it runs at every press of the key.
"""

import ast
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import BashComplete, CompletionItem

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


def _or_file(items: Iterable[CompletionItem], begun: str) -> list[CompletionItem]:
    """Offer files beside names; bash forgets the names before a word on files, and takes files where none comes after."""
    return [CompletionItem(begun, type="file"), *items]


def studies(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the studies that come with flopwatt, and files."""
    from ... import configs

    return _or_file(_matching(((name, "study") for name in configs.studies()), begun), begun)


def study_names(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the studies that come with flopwatt."""
    from ... import configs

    return _matching(((name, "study") for name in configs.studies()), begun)


def chips(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the chips of the hardware table; behind a comma the next one of several."""
    before, comma, last = begun.rpartition(",")
    return _matching(_rows("hardware"), last, before + comma)


def models(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the models of the table, and files."""
    return _or_file(_matching(_rows("models"), begun), begun)


def places(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the places of the tables of grids."""
    return _matching([*_rows("grids"), *_rows("grids_direct")], begun)


def engines(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the engines' names."""
    known = (("auto", "what answers first"), ("all", "every one that is here"), ("numpy", "CPU"), ("numba", "CPU, compiled"))
    return _matching((*known, ("numba-cuda", "NVIDIA GPU"), ("cupy", "NVIDIA GPU")), begun)


def currencies(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the codes of currencies."""
    from ... import configs

    rows = configs.read_toml(configs.FOLDER / "currencies.toml")["rows"].values()
    return _matching([("USD", "dollar"), *((row["name"], (row.get("aliases") or [""])[0]) for row in rows)], begun)


def frameworks(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the training frameworks."""
    return _matching(_rows("frameworks"), begun)


def serving_software(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the software that serves models."""
    return _matching(_rows("serving_software"), begun)


def benchmarks(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the benchmarks that train to a target."""
    return _matching(_rows("benchmarks"), begun)


def developers(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer the developers of the published runs."""
    from ... import configs

    rows = configs.read_toml(configs.MFU_FIT).get("developers", {})
    return _matching([(name, f"published runs: {row.get('runs', 0)}") for name, row in rows.items()], begun)


def quantities(begun: str, context: click.Context) -> list[CompletionItem]:
    """Offer what may be set, as NAME=: quantities, and a study's axes of facts, of which the rows follow."""
    from ... import configs

    tables = _fact_axes(context)
    name, equals, value = begun.partition("=")
    if not equals:
        axes = [(f"{axis}=", "axis") for axis in tables]
        return _matching(dict([*((f"{one}=", "quantity") for one in sorted(_declared())), *axes]).items(), begun)
    if tables.get(name) not in configs.tables():
        return []
    before, comma, last = value.rpartition(",")
    return _matching(_rows(tables[name]), last, f"{name}={before}{comma}")


def _fact_axes(context: click.Context) -> dict[str, str]:
    """Name the tables of facts that the axes of the study that is typed are of."""
    axes = _typed_study(context).get("axes")
    axes = axes if isinstance(axes, dict) else {}
    return {name: str(axis["from"]) for name, axis in axes.items() if isinstance(axis, dict) and "from" in axis}


def _typed_study(context: click.Context) -> dict[str, Any]:
    """Read the study that is typed; nothing where it is none."""
    from ... import configs

    # behind an option whose value is not there yet, click has the arguments before it as they are
    typed = [context.params.get("study"), context.params.get("a"), *(context.params.get("what") or ()), *context.args]
    name = str(next((one for one in typed if one), ""))
    try:
        return configs.read_toml(configs.studies().get(name, Path(name)))
    except (configs.FactError, OSError):  # whatever is typed may be no study
        return {}


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
    asked = _typed_study(context).get("questions")
    asked = asked if isinstance(asked, list) else []
    names = [str(question["name"]) for question in asked if isinstance(question, dict) and "name" in question]
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
    return _or_file(items, begun)


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


class WholeWords(BashComplete):
    """Bash's own completion, which cuts words at every ``=``: they are put together again before they are looked at."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return what is typed before the word under the cursor, and that word, with what stands before its ``=``."""
        args, begun = super().get_completion_args()
        *whole, begun = re.sub(r"\0=(\0|$)", "=", "\0".join([*args, begun])).split("\0")
        return whole, begun

    def complete(self) -> str:
        """Return one line for every completion; of a word with ``=`` what follows it, which is all that bash replaces."""
        args, begun = self.get_completion_args()
        before = begun[: begun.rfind("=") + 1]
        items = self.get_completions(args, begun)
        return "\n".join(f"{item.type},{str(item.value).removeprefix(before)}" for item in items)


STUDY, STUDY_NAME, CHIP, MODEL_NAME, PLACE = (
    OfferedText(studies),
    OfferedText(study_names),
    OfferedText(chips),
    OfferedText(models),
    OfferedText(places),
)
FRAMEWORK, DEVELOPER, BENCHMARK = (OfferedText(offer) for offer in (frameworks, developers, benchmarks))
SOFTWARE = OfferedText(serving_software)
SET, QUESTION, ENGINE = (OfferedText(offer, may_be_empty=True) for offer in (quantities, questions, engines))
LIST, ENTRY, CURRENCY = (OfferedText(offer, may_be_empty=True) for offer in (lists, entries, currencies))
OUTPUT = OutputPath()
