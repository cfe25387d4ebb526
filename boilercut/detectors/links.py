"""Links: how much of a block, and of its surroundings, stands inside links."""

from __future__ import annotations

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import ColumnWriter, Stack
else:
    from boilercut._native.stack_py import ColumnWriter, Stack

NEAR = 4
"""Number of blocks to each side that are near."""


def links(stack: Stack, columns: ColumnWriter) -> None:
    """Link density of the block, of its neighbourhood and of the page (Kohlschütter et al. 2010)."""
    end, linked, characters = stack.fact("end"), stack.fact("link_characters"), stack.fact("characters")
    linked_sums, sums = stack.sums("link_characters"), stack.sums("characters")
    density, link_characters = columns.column("density"), columns.column("characters")
    near_density, page_density = columns.column("near_density"), columns.column("page_density")
    reach: cython.Py_ssize_t = NEAR
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    with cython.nogil:
        while low < stack.size:
            high = end[low]
            on_page = (linked_sums[high] - linked_sums[low]) / (sums[high] - sums[low] or 1)
            for block in range(low, high):
                density[block] = linked[block] / (characters[block] or 1)
                link_characters[block] = linked[block]
                first = block - reach if block - reach > low else low
                stop = block + reach + 1 if block + reach < high else high
                near_density[block] = (linked_sums[stop] - linked_sums[first]) / (sums[stop] - sums[first] or 1)
                page_density[block] = on_page
            low = high
