"""What MkDocs does beside its own: pages of the repository's root are copied, the help of commands is written."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from mkdocs.structure.files import File, Files

from boilercut.cli import commands

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = "<!-- commands -->"
COPIED = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "NOTICE")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages of the repository's root."""
    for name in COPIED:
        text = (ROOT / name).read_text("utf-8")
        links = re.sub(r"\]\((?:docs/)?([^):]+)\)", lambda match: f"]({_page_of(match[1])})", text)
        files.append(File.generated(config, _page_of(name), content=links))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Lead links to the repository's root to the copies, and write the help of all commands where it belongs."""
    if COMMANDS in markdown:
        return markdown.replace(COMMANDS, "\n".join(_help("boilercut", commands)))
    up = "../" * page.file.src_uri.count("/")
    return re.sub(
        rf"\]\({re.escape(up)}\.\./({'|'.join(map(re.escape, COPIED))})",
        lambda match: f"]({up}{_page_of(match[1])}",
        markdown,
    )


def _help(name: str, command: click.Command) -> Iterator[str]:
    """Yield what a command, and then each command below it, says of itself."""
    context = click.Context(command, info_name=name, terminal_width=110)
    yield f"## {name}\n\n```text\n{command.get_help(context)}\n```\n"
    for inner, below in getattr(command, "commands", {}).items():
        yield from _help(f"{name} {inner}", below)


def _page_of(name: str) -> str:
    """Return the name of the copy of a page."""
    file, mark, anchor = name.partition("#")
    return (file.lower() if file in COPIED and file.endswith(".md") else file) + mark + anchor
