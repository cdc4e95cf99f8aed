"""A record's label: a word of the user's that tells records of one day apart."""

from ..errors import InputError, Parameter

MAX_LENGTH = 64  # characters


def check_label(text: str) -> str:
    """Check a label and return it without spaces around it.

    Raises
    ------
    InputError
        Where it is empty or too long, or has characters in it that are not printed.
    """
    label = text.strip(" ")
    if not label:
        raise InputError("an empty label labels nothing; write a word such as before", where=Parameter("label"))
    if len(label) > MAX_LENGTH:
        raise InputError(f"{len(label)} characters are too long; write at most {MAX_LENGTH}", where=Parameter("label"))
    if not label.isprintable():
        raise InputError(f"{label!r} has characters that are not printed; write it without them", where=Parameter("label"))
    return label
