"""Render: the kept blocks as text or Markdown, and the verdicts for a terminal."""

from boilercut.render.replay import replay
from boilercut.render.text import kept_markdown, kept_text

__all__ = ["kept_markdown", "kept_text", "replay"]
