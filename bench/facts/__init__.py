"""Reading facts: names of chips, models, precisions and currencies, cells of published tables, a system's measured file."""

__all__ = ["cells", "chips", "currencies", "models", "precisions", "system_file"]
