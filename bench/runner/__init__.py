"""Running a study on engines, and its answers as tables, documents, files and records."""

__all__ = [
    "answer_columns",
    "answer_table",
    "check",
    "decision_table",
    "decision_words",
    "document",
    "kinds",
    "missing_facts",
    "outcome",
    "record",
    "report",
    "run",
    "run_html",
    "sentences",
    "shown_column",
    "shown_table",
    "study_entries",
    "table_walk",
    "unmet_groups",
]
