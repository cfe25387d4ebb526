"""Pages that bring tools down, and what becomes of them in ours and in others: `python -m benchmarks.hostile`."""
