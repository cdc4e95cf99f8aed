"""One click command a file; `cli` loads each only when it is used."""

__all__ = [
    "bench",
    "calibrate",
    "catalog",
    "compare",
    "completion",
    "doctor",
    "estimate",
    "facts",
    "flags",
    "history",
    "init",
    "kernels",
    "model_list",
    "option_types",
    "plan",
    "run",
    "show",
    "source_list",
    "table_views",
    "validate",
]
