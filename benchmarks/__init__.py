"""Benchmarks of boilercut: quality, speed and training. Not part of the installed package."""
