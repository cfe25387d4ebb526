"""Finds the tide tables that coastal papers print between their paragraphs."""

import boilercut


@boilercut.detector("tides", kind="other", log_odds=True)
def tides(blocks):
    """Lines that begin with "High water"."""
    return [-9.0 if blocks.block(row).startswith("High water") else 0.0 for row in range(len(blocks))]
