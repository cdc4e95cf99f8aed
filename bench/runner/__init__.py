"""Running a study on engines, and its answers as tables, documents, files and records."""

__all__ = ["answer_table", "document", "export", "export_tables", "record", "report", "run", "table_walk"]
