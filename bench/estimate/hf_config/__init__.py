"""Models from Hugging Face's config.json."""

__all__ = [
    "experts",
    "families",
    "hybrid",
    "language_part",
    "leftovers",
    "mixing",
    "model_reading",
    "reader",
    "sizes",
    "uneven",
    "values",
    "windows",
]
