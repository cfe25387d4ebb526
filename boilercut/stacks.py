"""Many pages at once: stacks of pages of one kind, and an error in the place of the page that it is about."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, TypeAlias, TypeVar

from boilercut.errors import BoilercutError
from boilercut.page import Page, PageKind

__all__ = [
    "BATCH_PAGES", "StackAnswer", "alone", "answer_or_raise", "answered_by_group", "grouped", "outcome",
    "stack_outcomes", "stacks",
]  # fmt: skip

BATCH_PAGES = 16
"""Maximum number of pages in a stack: enough to share array overhead."""
STACK_BLOCKS, STACK_CHARACTERS = 1 << 14, 1 << 22
"""Blocks and characters from which a stack is closed: what is gained by stacking is gained by then, and large pages do
not fill the memory together."""

Answer = TypeVar("Answer")
Item = TypeVar("Item")
Group = TypeVar("Group", bound=Hashable)
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
    return answered_by_group(stack, _kind_of, partial(_kind_outcomes, answer))


def _kind_of(page: Page | BoilercutError) -> PageKind | None:
    return page.kind if isinstance(page, Page) else None


def answered_by_group(
    items: Sequence[Item], group_of: Callable[[Item], Group], answer: Callable[[Group, list[Item]], Sequence[Answer]]
) -> list[Answer]:
    """Answer for the items of each group together; return the answers in the order of the items.

    >>> answered_by_group(["a", "bc", "d"], len, lambda length, own: [f"{each}: {length} of {own}" for each in own])
    ["a: 1 of ['a', 'd']", "bc: 2 of ['bc']", "d: 1 of ['a', 'd']"]
    """
    groups: dict[Group, list[int]] = {}
    for row, item in enumerate(items):
        groups.setdefault(group_of(item), []).append(row)
    answers: dict[int, Answer] = {}
    for group, rows in groups.items():
        answers.update(zip(rows, answer(group, [items[row] for row in rows]), strict=True))
    return [answers[row] for row in range(len(items))]


def _kind_outcomes(
    answer: StackAnswer[Answer], kind: PageKind | None, pages: Sequence[Any]
) -> Sequence[Answer | BoilercutError]:
    """Answer for pages together; if one of them raises an error (a detector of the user's does), one by one."""
    if kind is None:
        return pages  # errors, which answer for themselves
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
