"""Links: how much of a block, and of its surroundings, stands inside links."""

from __future__ import annotations

import numpy as np

from boilercut.blocks import Blocks
from boilercut.columns import page_total, share, window_sum
from boilercut.detectors.contract import Column, detector
from boilercut.native import column_kernels as kernels
from boilercut.vocabulary import Floats

NEAR = 4


def _fill(blocks: Blocks, columns: Floats) -> None:
    kernels.links(blocks.table, NEAR, columns)


@detector("links", fill=_fill)
def links(blocks: Blocks) -> dict[str, Column]:
    """Link density of the block, of its neighbourhood and of the page (Kohlschütter et al. 2010)."""
    characters, linked = blocks.facts.characters, blocks.link_characters
    both = np.stack([linked, characters])
    return {
        "density": share(linked, characters),
        "characters": linked,
        "near_density": share(*window_sum(blocks, both, NEAR)[0]),
        "page_density": share(*page_total(blocks, both)),
    }
