"""Answers and estimates as files that others read: workbooks, tables, arrays and documents."""

__all__ = ["answer_files", "estimate_files", "long_table", "table_files"]
