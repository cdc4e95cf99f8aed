"""A study from its TOML file: values, axes and questions, each read right or refused by name."""

__all__ = [
    "axes",
    "bindings",
    "conditions",
    "fields",
    "loader",
    "overrides",
    "provenance",
    "questions",
    "ranges",
    "schema",
    "user_quantities",
]
