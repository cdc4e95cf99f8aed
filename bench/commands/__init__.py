"""One click command a file; `cli` loads each only when it is used."""

__all__ = [
    "bench",
    "calibrate",
    "catalog",
    "command_text",
    "compare",
    "doctor",
    "estimate",
    "facts",
    "flags",
    "history",
    "kernels",
    "model_list",
    "option_types",
    "plan",
    "record_page",
    "report",
    "run",
    "show",
    "source_list",
    "validate",
]
