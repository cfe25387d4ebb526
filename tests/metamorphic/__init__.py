"""Metamorphic checks: change a page in a way that must not matter, and count which verdicts change.

`additions` are pieces of boilerplate, `places` says where beside the article they go, `rewrites` write the same page
differently, and `counts` compares verdicts before and after.
"""
