"""The command line that is running, as somebody could type it again."""

import shlex
from collections.abc import Collection
from typing import Any

import click
from click.core import ParameterSource


def command_text(name: str = "", leave_out: Collection[str] = (), add: Collection[str] = ()) -> str:
    """Write the running command with the arguments and flags that were given: ``flopwatt run quick --set pue=1.2``.

    Parameters
    ----------
    name
        Another command of flopwatt that takes the same arguments, in place of the running one.
    leave_out
        Names of parameters that are not written.
    add
        What is written after them.
    """
    context = click.get_current_context()
    words = ["flopwatt", name or str(context.info_name)]
    given = [
        parameter
        for parameter in context.command.params
        if parameter.name in context.params
        and parameter.name not in leave_out
        and context.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
    ]
    for parameter in sorted(given, key=lambda parameter: isinstance(parameter, click.Option)):
        words += _words(parameter, context.params[str(parameter.name)])
    return shlex.join([*words, *add])


def _words(parameter: click.Parameter, value: Any) -> list[str]:
    values = list(value) if isinstance(value, tuple) else [value]
    if isinstance(parameter, click.Argument):
        return [str(item) for item in values]
    if value is False and parameter.secondary_opts:
        return [parameter.secondary_opts[0]]
    flag = parameter.opts[0]
    return [flag] if value is True else [word for item in values for word in (flag, str(item))]
