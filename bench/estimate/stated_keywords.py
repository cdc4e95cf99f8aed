"""What is stated from Python by keyword: numbers or texts as text, and errors that name the keyword."""

import functools
import math
import numbers as abstract
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ParamSpec, TypeVar

from ...kernels.quantities import MODEL
from ...kernels.text import nearest
from ..errors import InputError, Parameter, Part, Place

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def worded(called: Mapping[str, str]) -> Callable[[Callable[_Given, _Result]], Callable[_Given, _Result]]:
    """Return what lets a function's errors name its keywords, where they have other names inside.

    Parameters
    ----------
    called
        The keywords, by what they are called inside.

    Raises
    ------
    InputError
        Each that a function raises, in these words.
    """

    def decorate(function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
        @functools.wraps(function)
        def named_for_python(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
            try:
                return function(*args, **kwargs)
            except InputError as error:
                parts = [_keyword(part, called) for part in error.parts]
                raise InputError(*parts, where=_place(error, called)) from error.__cause__

        return named_for_python

    return decorate


def _keyword(part: Part, called: Mapping[str, str]) -> Part:
    """Name a parameter as Python's keywords do; one that sets any quantity is that quantity's keyword."""
    if isinstance(part, str):
        return part
    if part.name != "sets":
        return Parameter(called.get(part.name, part.name), part.value)
    name, _, value = str(part.value or "a quantity's name").partition("=")
    return Parameter(name, value) if value else name


def _place(error: InputError, called: Mapping[str, str]) -> Place:
    where = error.where if isinstance(error.where, tuple) else (error.where,)
    parts = [part for part in where if part != Parameter("sets")]  # the message names the quantity
    return tuple(_keyword(part, called) for part in parts)


def quantity_name(name: str, keywords: Iterable[str]) -> str:
    """Return the name of a quantity that a keyword states.

    Parameters
    ----------
    name
        The keyword.
    keywords
        All that have a meaning of their own.

    Raises
    ------
    InputError
        Where it is none.
    """
    if name in MODEL:
        return name
    close = nearest(name, (*keywords, *MODEL.quantities)) or f"; there are {', '.join(keywords)}, and the model's quantities"
    raise InputError(f"there is no such keyword, and no quantity of that name{close}", where=Parameter(name))


def stated_text(name: str, value: Any) -> str:
    """Write what a keyword was given as text: a number to its last digit, a text or a path as it stands.

    Parameters
    ----------
    name, value
        The keyword, and what it was given.

    Raises
    ------
    InputError
        Where it is neither a number nor a text, or an empty one.
    """
    if isinstance(value, str):
        text = value
    elif isinstance(value, os.PathLike):
        text = os.fspath(value)
    elif isinstance(value, abstract.Real) and not isinstance(value, bool):
        text = str(int(value)) if isinstance(value, abstract.Integral) else _written(float(value))
    else:
        raise InputError(f"must be a number or a text, not {type(value).__name__}", where=Parameter(name))
    if not text.strip():
        raise InputError("it is empty; leave it out or give it a value", where=Parameter(name))
    return text


def _written(value: float) -> str:
    """Write a number so that it reads the same: whole ones without a point where that stays short."""
    return f"{value:.0f}" if math.isfinite(value) and value == math.floor(value) and abs(value) < 1e15 else repr(value)


def stated_switch(name: str, value: Any) -> bool:
    """Return what a keyword was given that is True or False. Raises InputError where it is neither."""
    if not isinstance(value, bool):
        raise InputError(f"must be True or False, not {value!r}", where=Parameter(name))
    return value


def check_whole(**values: Any) -> None:
    """Raise InputError where one is no whole number."""
    for name, value in values.items():
        if not isinstance(value, abstract.Integral) or isinstance(value, bool):
            raise InputError(f"must be a whole number, not {value!r}", where=Parameter(name))
