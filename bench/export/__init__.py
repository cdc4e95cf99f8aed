"""Answers and estimates as files that others read: workbooks, tables, arrays and documents."""

__all__ = [
    "answer_files",
    "array_files",
    "basis_sheets",
    "charts",
    "csv_files",
    "csv_text",
    "described_columns",
    "estimate_files",
    "extras",
    "file_names",
    "iamc",
    "kinds",
    "long_table",
    "question_sheets",
    "reading_units",
    "run_workbook",
    "sheets",
    "table_files",
    "workbook",
]
