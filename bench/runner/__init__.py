"""Running a study on engines, and its answers as tables, documents, files and records."""

__all__ = [
    "answer_columns",
    "answer_table",
    "check",
    "decision_table",
    "decision_words",
    "document",
    "export",
    "export_tables",
    "kinds",
    "missing_facts",
    "outcome",
    "record",
    "report",
    "run",
    "sentences",
    "shown_column",
    "shown_table",
    "table_walk",
    "unmet_groups",
]
