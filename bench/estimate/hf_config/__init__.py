"""Models from Hugging Face's config.json."""

__all__ = ["hybrid", "mixing", "reader", "values"]
