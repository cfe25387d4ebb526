"""Find the lines of plain text."""

from __future__ import annotations

from array import array

__all__ = ["find_lines"]


def find_lines(text: str) -> tuple[array[int], array[int], array[int], array[int]]:
    """Return where each line that is not blank begins and ends, the blank lines before it, and its indentation.

    White space around a line is left out.
    """
    starts, ends, blank_lines, indents = array("q"), array("q"), array("q"), array("q")
    line = blank = 0
    for content in text.split("\n"):
        body = content.strip()
        if body:
            indent = content.find(body)
            starts.append(line + indent)
            ends.append(line + indent + len(body))
            blank_lines.append(blank)
            indents.append(indent)
            blank = 0
        else:
            blank += 1
        line += len(content) + 1
    return starts, ends, blank_lines, indents
