"""A note of a study that only a reader of its assumptions asks for."""


class Detail(str):
    """A note that says how inputs came about, and that changes nothing in how an answer is to be read."""

    __slots__ = ()
