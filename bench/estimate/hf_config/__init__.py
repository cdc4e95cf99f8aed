"""Models from Hugging Face's config.json."""

__all__ = [
    "experts",
    "families",
    "hybrid",
    "leftovers",
    "mixing",
    "model_reading",
    "parts",
    "reader",
    "sizes",
    "uneven",
    "values",
    "windows",
]
