"""The job that `benchmarks.bulk spark` times: Parquet of pages in, Parquet of articles out, on so many local cores."""

import json
import os
import sys
import time
from pathlib import Path

from pyspark.sql import SparkSession

from boilercut.adapters.spark import clean_pages


def main() -> None:
    """Run the job over all pages, after a few that warm it up, and print how long that took."""
    folder, cores = sys.argv[1], int(sys.argv[2])
    spark = (
        SparkSession.builder.master(f"local[{cores}]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "256")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    clean_pages(spark.read.parquet(f"{folder}/0.parquet").limit(64), "html").collect()
    began, cpu_began = time.perf_counter(), _cpu_seconds()
    clean_pages(spark.read.parquet(f"{folder}/*.parquet"), "html").drop("html").write.parquet(
        f"{folder}/out-{os.getpid()}"
    )
    seconds, cpu = time.perf_counter() - began, _cpu_seconds() - cpu_began
    count = spark.read.parquet(f"{folder}/out-{os.getpid()}").count()
    spark.stop()
    print(json.dumps({"cores": cores, "pages": count, "seconds": round(seconds, 1), "cpu_seconds": round(cpu, 1)}))


def _cpu_seconds() -> float:
    """Return the CPU time so far of this process, the JVM, and the Python workers below it."""
    parents, times = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            values = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        process = int(stat.parent.name)
        parents[process] = int(values[1])
        times[process] = sum(map(int, values[11:15])) / os.sysconf("SC_CLK_TCK")  # own, and of children that ended
    return sum(spent for process, spent in times.items() if _is_below(process, os.getpid(), parents))


def _is_below(process: int, root: int, parents: dict[int, int]) -> bool:
    while process not in (0, root):
        process = parents.get(process, 0)
    return process == root


if __name__ == "__main__":
    main()
