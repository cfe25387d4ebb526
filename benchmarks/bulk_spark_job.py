"""The job that `benchmarks.bulk spark` times: Parquet of pages in, Parquet of articles out, on so many local cores."""

import json
import sys
import time

from pyspark.sql import SparkSession

from boilercut.adapters.spark import clean_pages


def main() -> None:
    """Run the job once to warm up, on one file, and once over all, and print how long that took."""
    folder, cores = sys.argv[1], int(sys.argv[2])
    spark = (
        SparkSession.builder.master(f"local[{cores}]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "256")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    for source in (f"{folder}/0.parquet", f"{folder}/*.parquet"):
        pages = spark.read.parquet(source)
        began = time.perf_counter()
        clean_pages(pages, "html").drop("html").write.mode("overwrite").parquet(f"{folder}/out")
        seconds = time.perf_counter() - began
    count = spark.read.parquet(f"{folder}/out").count()
    spark.stop()
    print(json.dumps({"cores": cores, "pages": count, "seconds": round(seconds, 1)}))


if __name__ == "__main__":
    main()
