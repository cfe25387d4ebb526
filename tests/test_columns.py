"""Column arithmetic against loops that walk every page block by block."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from boilercut.arrays import Integers
from boilercut.blocks import arithmetic as c


class Stack(NamedTuple):
    """Pages of some sizes, as anything that is `Bounded`."""

    first: Integers
    end: Integers
    bounds: list[tuple[int, int]]
    values: Integers
    member: np.ndarray


@st.composite
def stacks(draw: st.DrawFn) -> Stack:
    """Draw up to five pages of up to six blocks, with a number and a flag for each block."""
    sizes = draw(st.lists(st.integers(0, 6), max_size=5))
    ends = np.cumsum([0, *sizes])
    total = int(ends[-1])
    values = draw(st.lists(st.integers(-9, 99), min_size=total, max_size=total))
    member = draw(st.lists(st.booleans(), min_size=total, max_size=total))
    return Stack(
        np.repeat(ends[:-1], sizes),
        np.repeat(ends[1:], sizes),
        list(zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)),
        np.array(values, dtype=np.int64),
        np.array(member, dtype=np.bool_),
    )


def by_page(stack: Stack, function) -> list:
    """Return `function(place on the page, the page's slice)` for every block."""
    return [function(row - low, slice(low, high)) for low, high in stack.bounds for row in range(low, high)]


@given(stacks())
def test_sums_over_the_page_and_to_either_side(stack: Stack) -> None:
    values = stack.values
    assert c.page_total(stack, values).tolist() == by_page(stack, lambda at, page: values[page].sum())
    assert c.sum_before(stack, values).tolist() == by_page(stack, lambda at, page: values[page][:at].sum())
    assert c.sum_after(stack, values).tolist() == by_page(stack, lambda at, page: values[page][at + 1 :].sum())


@given(stacks(), st.integers(0, 7))
def test_windows_end_at_the_page(stack: Stack, reach: int) -> None:
    def window(at: int, page: slice) -> list[int]:
        return stack.values[page][max(at - reach, 0) : at + reach + 1].tolist()

    sums, sizes = c.window_sum(stack, stack.values, reach)
    assert sums.tolist() == by_page(stack, lambda at, page: sum(window(at, page)))
    assert sizes.tolist() == by_page(stack, lambda at, page: len(window(at, page)))


@given(stacks(), st.integers(-8, 8))
def test_neighbours_beyond_the_page_are_the_fill(stack: Stack, offset: int) -> None:
    def neighbour(at: int, page: slice) -> int:
        inside = 0 <= at + offset < page.stop - page.start
        return int(stack.values[page][at + offset]) if inside else -5

    found = c.shifted(stack, stack.values, offset, -5)
    assert found.tolist() == by_page(stack, neighbour)
    assert found.dtype == stack.values.dtype


@given(stacks())
def test_runs_end_at_the_page(stack: Stack) -> None:
    def run(at: int, page: slice) -> int:
        flags = stack.member[page].tolist()
        if not flags[at]:
            return 0
        left, right = at, at
        while left > 0 and flags[left - 1]:
            left -= 1
        while right + 1 < len(flags) and flags[right + 1]:
            right += 1
        return right - left + 1

    assert c.run_lengths(stack, stack.member).tolist() == by_page(stack, run)


@given(stacks())
def test_first_and_last_member_of_the_page(stack: Stack) -> None:
    def first(at: int, page: slice) -> int:
        return next((row for row in range(page.start, page.stop) if stack.member[row]), page.stop)

    def last(at: int, page: slice) -> int:
        return next((row for row in reversed(range(page.start, page.stop)) if stack.member[row]), page.start - 1)

    assert c.page_first(stack, stack.member).tolist() == by_page(stack, first)
    assert c.page_last(stack, stack.member).tolist() == by_page(stack, last)


@given(st.lists(st.integers(-9, 99), max_size=12), st.data())
def test_prefix_and_range_sums(values: list[int], data: st.DataObject) -> None:
    array = np.array(values, dtype=np.int64)
    assert c.prefix_sum(array).tolist() == [sum(values[:end]) for end in range(len(values) + 1)]
    first = data.draw(st.integers(0, len(values)))
    end = data.draw(st.integers(first, len(values)))
    assert c.range_sum(array, np.array([first]), np.array([end])).tolist() == [sum(values[first:end])]
    narrow = np.array([[first], [end]], dtype=np.int32)  # as NumPy 1 has it on Windows
    assert c.range_sum(array, *narrow).tolist() == [sum(values[first:end])]


def test_a_share_of_nothing_is_nothing() -> None:
    assert c.share(np.array([1, 0, 3]), np.array([2, 0, 3])).tolist() == [0.5, 0, 1]
