"""First studies that are copies of those that come with flopwatt: what is there is edited, not asked for."""

import shlex

from ... import configs
from ...kernels.text import nearest, visible
from ..errors import InputError, Parameter

PHASES = "planner-600mw"  # a site that is built in phases


def copy_of(template: str, name: str) -> str:
    """Copy a study that comes with flopwatt, and say in its first lines how it is run and what it was.

    Parameters
    ----------
    template
        The study's name.
    name
        Of the new file without its ending, for the comments.

    Raises
    ------
    InputError
        Where no such study comes with flopwatt, with the nearest one.
    """
    known = configs.studies()
    if template not in known:
        hint = nearest(template, known) or f"; there are {', '.join(known)}"
        raise InputError(f"no study {template!r} comes with flopwatt{hint}", where=Parameter("template"))
    head = [
        f"# Run it with: flopwatt run {' '.join(visible(shlex.quote(f'{name}.toml')).split())}",
        f"# A copy of {template}, which comes with flopwatt: change the figures to your own.",
        "# All quantities that may be given or asked for: flopwatt show quantities",
    ]
    return "\n".join(head) + "\n\n" + known[template].read_text(encoding="utf-8")
