"""Render: the kept blocks as text, and the verdicts for a terminal."""

from boilercut.render.replay import replay
from boilercut.render.text import kept_text

__all__ = ["kept_text", "replay"]
