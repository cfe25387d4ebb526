"""Measure the kept text: page sets, measures, renderings to text, rivals, the gate.

Run it with ``python -m benchmarks.quality rivals|held-out|worst|lines|recall|gate`` from the repository's root.
"""
