"""Running a study on engines, and its answers as tables, documents, files and records."""

__all__ = [
    "answer_columns",
    "answer_table",
    "check",
    "decision_table",
    "decision_words",
    "default_sentences",
    "document",
    "kinds",
    "missing_facts",
    "outcome",
    "record",
    "report",
    "rows_shown",
    "run",
    "sentences",
    "shown_column",
    "shown_table",
    "spoken_values",
    "table_walk",
    "unmet_groups",
]
