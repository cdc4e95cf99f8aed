"""The errors of what computes: an engine that is not there, or that cannot do what it is asked."""


class EngineError(RuntimeError):
    """An engine is not there or cannot do what it was asked; the message says why and what to do."""
