"""Models from Hugging Face's config.json."""

__all__ = ["hybrid", "mixing", "model_reading", "reader", "values"]
