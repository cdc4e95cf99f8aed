"""Studies done in parts: shards without a scheduler, checkpoints, all GPUs of a node, Dask; and the files that parts leave."""

__all__ = [
    "checkpoint",
    "cluster_plan",
    "cluster_report",
    "computed_by",
    "cuts",
    "dask_spread",
    "dask_worker",
    "device_spread",
    "job_spread",
    "merged_shards",
    "opening",
    "part_file",
    "part_of_study",
    "placement",
    "shard",
    "shared_study",
    "spreading",
    "stretches",
    "table_job",
    "table_parts",
]
