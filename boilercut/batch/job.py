"""Describe a run in one frozen object, checked once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from boilercut.batch.names import part_of, unfinished_of
from boilercut.batch.options import DEFAULT_FIELDS, INPUT_FORMATS, MAX_BYTES, OUTPUT_FORMATS, InputFormat, OutputFormat
from boilercut.batch.records import BATCH_FIELDS
from boilercut.batch.rows import Layout
from boilercut.config import Config, check_number
from boilercut.errors import ConfigError
from boilercut.fields import checked_fields
from boilercut.page import PageKind

__all__ = ["Job"]


@dataclass(frozen=True, kw_only=True)
class Job:
    """A bulk run: what to read, how to cut, what to write.

    >>> Job(inputs=("crawl.warc.gz",), output=Path("articles.parquet")).output_format
    'parquet'
    """

    inputs: tuple[str, ...]
    """Files, folders, globs, or `-` for standard input."""
    output: Path
    """`.jsonl` or `.parquet`; without a suffix, a folder of text files."""
    errors: Path | None = None
    """Where failures are written, as JSON lines; None for the output's name and `.errors.jsonl`."""
    config: Config = field(default_factory=Config)
    kind: PageKind | None = None
    input_format: InputFormat | None = None
    """None to detect it for each input."""
    page_field: str = "html"
    id_field: str = "id"
    url_field: str = "url"
    """Names of the fields or columns of JSON lines and Parquet."""
    fields: tuple[str, ...] = DEFAULT_FIELDS
    sites: Path | None = None
    """Profiles of sites, as `boilercut sites learn` writes them; each page is cut with that of its site, if any."""
    learn_sites: bool = False
    """Learn the profiles from the inputs first; they are written beside the output."""
    workers: int = 1
    max_bytes: int = MAX_BYTES
    """Records that are longer, unpacked, are not read."""
    resume: bool = False
    overwrite: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", checked_fields(self.fields, BATCH_FIELDS))
        if not self.inputs:
            raise ConfigError("inputs: name at least one file, folder or glob, or - for standard input")
        if self.output.suffix not in OUTPUT_FORMATS:
            raise ConfigError(f"output {str(self.output)!r}: use a name in .jsonl or .parquet, or none for a folder")
        if self.kind not in (None, "html", "text"):
            raise ConfigError(f"kind {self.kind!r}: use 'html', 'text' or None to detect it")
        if self.input_format not in (None, *INPUT_FORMATS):
            raise ConfigError(f"input_format {self.input_format!r}: use one of {', '.join(INPUT_FORMATS)}")
        for option in ("workers", "max_bytes"):
            check_number(option, getattr(self, option))
        if self.errors_file == self.output:
            raise ConfigError(f"errors {str(self.errors)!r}: use another name than that of the output")
        if self.resume and self.overwrite:
            raise ConfigError("resume and overwrite: a run is either continued or started over")
        if self.sites and self.learn_sites:
            raise ConfigError("sites and learn_sites: profiles are either read or learned")
        if self.learn_sites and "-" in self.inputs:
            raise ConfigError("learn_sites: standard input cannot be read twice; use a file")
        if self.resume and "-" in self.inputs:
            raise ConfigError("resume: standard input cannot be read again; use a file")

    @property
    def output_format(self) -> OutputFormat:
        """The format that the output's name stands for."""
        return OUTPUT_FORMATS[self.output.suffix]

    @property
    def layout(self) -> Layout:
        """The fields of JSON lines and Parquet that hold a record."""
        return Layout(self.page_field, self.id_field, self.url_field, self.kind, self.max_bytes)

    @property
    def errors_file(self) -> Path:
        """Where failures are written."""
        return self.errors or self.output.with_name(f"{self.output.name}.errors.jsonl")

    @property
    def journal_file(self) -> Path:
        """The file from which an interrupted run is continued."""
        return self.output.with_name(f"{self.output.name}.journal")

    @property
    def sites_file(self) -> Path | None:
        """Where the profiles of sites are, or will be once they are learned."""
        return self.output.with_name(f"{self.output.name}.sites.parquet") if self.learn_sites else self.sites

    @property
    def files(self) -> tuple[Path, ...]:
        """All files that a run writes."""
        learned = [self.sites_file, part_of(self.sites_file)] if self.learn_sites and self.sites_file else []
        return (
            *learned, self.output, part_of(self.output), unfinished_of(self.output), self.errors_file,
            part_of(self.errors_file), self.journal_file,
        )  # fmt: skip
