"""``flopwatt show``: the lists of facts tables, studies, quantities, defaults, engines and sources."""

import click

from ..errors import InputError
from ..terminal.json import print_json


@click.command(name="show", short_help="List hardware, models, grids, studies, quantities, engines or sources.")
@click.argument("what", required=False)
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def command(what: str | None, name: str | None, as_json: bool) -> None:
    """List WHAT there is; with NAME, everything about one of them, sources included.

    \b
    flopwatt show                       the lists that there are
    flopwatt show hardware
    flopwatt show hardware h100         one row, by key or alias
    flopwatt show quantities run_time   one quantity, and what it needs
    flopwatt show sources h100          every figure of a row, quantity or table, its source in full, of when and whose
    """
    from ... import configs
    from ...kernels.text import nearest
    from . import catalog

    makers = catalog.makers()
    if what is None:
        for key in makers:
            click.echo(key)
        return
    if what not in makers:
        raise InputError(
            f"there is no list of {what!r}{nearest(what, makers) or '; there are ' + ', '.join(makers)}", where="show"
        )
    try:
        listing = makers[what](name)
    except configs.FactError as error:
        raise InputError(str(error), where="show") from None
    if as_json:
        print_json(listing.plain())
    else:
        listing.print()
