"""Options that the commands on many pages share, and the job that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from boilercut.batch.options import INPUT_FORMATS
from boilercut.errors import ConfigError

if TYPE_CHECKING:
    from boilercut.batch import Job

__all__ = ["from_option", "job_of", "page_field_option", "url_field_option", "workers_option"]

from_option = click.option(
    "--from",
    "input_format",
    type=click.Choice(INPUT_FORMATS),
    help="What the inputs are; detected for each if not given.",
)
page_field_option = click.option(
    "--page-field", default="html", show_default=True, help="Field of JSON lines or Parquet with the page."
)
url_field_option = click.option("--url-field", default="url", show_default=True, help="Field with the address.")
workers_option = click.option("--workers", default=1, show_default=True, help="Processes that share the work.")


def job_of(**options: Any) -> Job:
    """Make a job; options that mean nothing are wrong usage."""
    from boilercut.batch import Job

    try:
        return Job(**options)
    except ConfigError as error:
        raise click.UsageError(str(error), click.get_current_context()) from error
