"""Many pages at once: stacks of pages of one kind, and an error in the place of the page that it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeAlias, TypeVar

from boilercut.errors import BoilercutError
from boilercut.page import PAGE_KINDS, Page

__all__ = ["BATCH_PAGES", "StackAnswer", "alone", "answer_or_raise", "grouped", "outcome", "stack_outcomes", "stacks"]

BATCH_PAGES = 16
"""Maximum number of pages in a stack: enough to share array overhead."""
STACK_BLOCKS, STACK_CHARACTERS = 1 << 14, 1 << 22
"""Blocks and characters from which a stack is closed: what is gained by stacking is gained by then, and large pages do
not fill the memory together."""

Answer = TypeVar("Answer")
Item = TypeVar("Item")
StackAnswer: TypeAlias = Callable[[Sequence[Page]], list[Answer]]
"""What answers for pages of one kind together."""


def outcome(answer: Callable[[], Answer]) -> Answer | BoilercutError:
    """Return an answer, or the error that says why there is none."""
    try:
        return answer()
    except BoilercutError as error:
        return error


def answer_or_raise(found: Answer | BoilercutError) -> Answer:
    """Return an answer; raise what stands in its place."""
    if isinstance(found, BoilercutError):
        raise found
    return found


def stacks(pages: Iterable[Page | BoilercutError]) -> Iterator[list[Page | BoilercutError]]:
    """Group pages that were read, by their number, their blocks and their text."""
    stack: list[Page | BoilercutError] = []
    blocks = characters = 0
    for page in pages:
        stack.append(page)
        if isinstance(page, Page):
            blocks += len(page.starts)
            characters += len(page.text)
        if len(stack) == BATCH_PAGES or blocks >= STACK_BLOCKS or characters >= STACK_CHARACTERS:
            yield stack
            stack.clear()  # before the next pages are read
            blocks = characters = 0
    if stack:
        yield stack


def stack_outcomes(
    answer: StackAnswer[Answer], stack: Sequence[Page | BoilercutError]
) -> list[Answer | BoilercutError]:
    """Return the outcomes of a stack in order, pages of one kind answered for together."""
    outcomes: dict[int, Answer | BoilercutError] = {
        row: page for row, page in enumerate(stack) if isinstance(page, BoilercutError)
    }
    for kind in PAGE_KINDS:
        own = {row: page for row, page in enumerate(stack) if isinstance(page, Page) and page.kind == kind}
        if own:
            found = _kind_outcomes(answer, list(own.values()))
            outcomes.update(zip(own, found, strict=True))
    return [outcomes[row] for row in range(len(stack))]


def _kind_outcomes(answer: StackAnswer[Answer], pages: Sequence[Page]) -> Sequence[Answer | BoilercutError]:
    """Answer for pages together; if one of them raises an error (a detector of the user's does), one by one."""
    if len(pages) > 1:
        try:
            return answer(pages)
        except BoilercutError:
            pass
    return [outcome(partial(alone, answer, page)) for page in pages]


def alone(answer: StackAnswer[Answer], page: Page) -> Answer:
    """Answer for a page that is a stack of its own."""
    return answer([page])[0]


def grouped(
    items: Iterable[Item], length_of: Callable[[Item], int], most: int, count: int = BATCH_PAGES
) -> Iterator[list[Item]]:
    """Group items for worker processes: a group is closed at `count` items, or once they are `most` long.

    >>> list(grouped(["a", "bcd", "e"], len, 4))
    [['a', 'bcd'], ['e']]
    """
    group: list[Item] = []
    length = 0
    for item in items:
        group.append(item)
        length += length_of(item)
        if len(group) == count or length >= most:
            yield group
            group, length = [], 0
    if group:
        yield group
