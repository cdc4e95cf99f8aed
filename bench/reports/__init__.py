"""Reports that are read and sent on: pages of HTML about a study's run."""

__all__ = [
    "answers_shown",
    "carried_data",
    "computed_shown",
    "inputs_shown",
    "report_file",
    "source_links",
    "study_report",
    "unknown_shown",
]
