"""Blocks: what was measured of each piece of a page, as columns."""
