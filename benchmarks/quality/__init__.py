"""Measure the kept text: page sets, measures, renderings to text, rivals, the gate."""
