"""Reading facts: names of chips, models and precisions, cells of published tables, a system's measured file."""

__all__ = [
    "cells",
    "chips",
    "facts_diff",
    "models",
    "precisions",
    "public_csv",
    "public_kinds",
    "sources",
    "system_file",
]
