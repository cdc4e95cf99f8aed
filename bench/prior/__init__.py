"""What is believed of a run's inputs before anything is known of it: distributions, and the MFU's regression."""

__all__ = [
    "developers",
    "draw_sources",
    "drawn_inputs",
    "features",
    "fit_inputs",
    "fit_text",
    "forms",
    "method",
    "pilot",
    "store",
]
