"""The choices that a run offers; light, since the command line loads it always."""

from __future__ import annotations

from typing import Literal

__all__ = ["DEFAULT_FIELDS", "INPUT_FORMATS", "MAX_BYTES", "OUTPUT_FORMATS", "InputFormat", "OutputFormat"]

InputFormat = Literal["page", "jsonl", "parquet", "warc", "arc"]
INPUT_FORMATS: tuple[InputFormat, ...] = ("page", "jsonl", "parquet", "warc", "arc")
OutputFormat = Literal["jsonl", "parquet", "text"]
OUTPUT_FORMATS: dict[str, OutputFormat] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", "": "text"}
"""By the suffix of the output's name."""
DEFAULT_FIELDS = ("id", "url", "title", "text", "confidence")
MAX_BYTES = 64_000_000
"""A longer record is reported instead of read; the longest page of the unlabelled crawl pages has 7 MB."""
