"""Models from Hugging Face's config.json."""

__all__ = ["hybrid", "reader", "values"]
