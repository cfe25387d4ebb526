"""Render an answer again from its verdicts alone: what was decided is all that was done."""

from __future__ import annotations

from collections.abc import Iterable

from boilercut.results import Verdict

__all__ = ["replay"]


def replay(source: str, verdicts: Iterable[Verdict]) -> str:
    r"""Return what `clean` made of a page, from the verdicts on its blocks.

    `source` is the page as text, decoded if it came as bytes; of plain text the kept lines are copied from it,
    with their indentation and the blank line above a paragraph. Of HTML, the verdicts have all there is.

    >>> import boilercut
    >>> page = "The river rose by two metres on Monday night.\n\nShare this"
    >>> replay(page, boilercut.extract(page).verdicts) == boilercut.clean(page)
    True
    """
    lines: list[str] = []
    for verdict in verdicts:
        if verdict.keep and verdict.tag is not None:
            lines.append(verdict.text)
        elif verdict.keep and verdict.span is not None:
            lines += _source_lines(source, verdict.span, bool(lines))
    return "\n".join(lines)


def _source_lines(source: str, span: tuple[int, int], separated: bool) -> list[str]:
    """Return the whole line around a span and, if `separated`, the blank line right above it if there is one."""
    start, end = source.rfind("\n", 0, span[0]) + 1, source.find("\n", span[1])
    line = source[start : end if end >= 0 else len(source)]
    above = source[source.rfind("\n", 0, start - 1) + 1 : start - 1] if start else None
    return [above, line] if separated and above is not None and not above.strip() else [line]
