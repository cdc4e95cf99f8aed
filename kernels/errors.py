"""The root of flopwatt's errors, and that of the engines."""


class FlopwattError(Exception):
    """The root of all that flopwatt raises on purpose: the message says what is wrong and what would be right."""


class EngineError(FlopwattError, RuntimeError):
    """An engine that is not there or cannot do what it was asked; the message says why and what to do."""
