"""``flopwatt show``: the lists of facts tables, studies, quantities, defaults, engines and sources."""

import click

from ..errors import InputError
from ..terminal.json import print_json
from .completion import ENTRY, LIST

_MODEL = "model"  # one, part by part; the table of all is `models`
_OF_ONE = {f"{_MODEL} NAME|FILE": "One model, or a Hugging Face config.json, part by part"}
_WIDTH = 18  # characters of a list's name


@click.command(name="show", short_help="List hardware, models, grids, studies, quantities, engines or sources.")
@click.argument("what", type=LIST, required=False)
@click.argument("name", type=ENTRY, metavar="[NAME|FILE]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def command(what: str | None, name: str | None, as_json: bool) -> None:
    """List WHAT there is; with NAME, everything about one of them, sources included.

    \b
    flopwatt show                       the lists that there are
    flopwatt show hardware
    flopwatt show hardware h100         one row, by key or alias
    flopwatt show model deepseek-v3     a model, or a config.json, part by part
    flopwatt show quantities run_time   one quantity, and what it needs
    flopwatt show sources h100          every figure's source, date and owner
    """
    from ... import configs
    from ...kernels.text import nearest
    from . import catalog

    makers = dict(catalog.makers())
    if what == _MODEL:
        from . import model_list

        makers = {_MODEL: model_list.make}
    if what is None:
        for key, words in {**{key: catalog.list_words(key) for key in makers}, **_OF_ONE}.items():
            click.echo(f"{key:<{_WIDTH}}{words}")
        return
    names = (*makers, _MODEL)
    if what not in makers:
        raise InputError(
            f"there is no list of {what!r}{nearest(what, names) or '; there are ' + ', '.join(names)}", where="show"
        )
    try:
        listing = makers[what](name)
    except configs.FactError as error:
        raise InputError(str(error), where="show") from None
    if as_json:
        print_json(listing.plain())
    else:
        listing.print()
