"""Reading facts: the names of chips, the cells of published tables, a system's measured file."""

__all__ = ["cells", "chips", "system_file"]
