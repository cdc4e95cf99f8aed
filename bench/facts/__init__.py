"""Reading facts: names of chips, models and precisions, cells of published tables, a system's measured file."""

__all__ = ["cells", "chips", "models", "precisions", "sources", "system_file"]
