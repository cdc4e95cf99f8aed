"""Reports that are read and sent on: pages of HTML about a study's run, and about records."""

__all__ = [
    "answers_shown",
    "carried_data",
    "computed_shown",
    "inputs_shown",
    "record_columns",
    "record_history",
    "record_limits",
    "record_machines",
    "record_speeds",
    "record_verdicts",
    "records_report",
    "report_file",
    "service_report",
    "source_links",
    "study_report",
    "units_shown",
    "unknown_shown",
    "validation_report",
]
