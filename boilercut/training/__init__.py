"""Fit models: labels from gold text, word lists, boosted trees. Needs the extra `train`."""
