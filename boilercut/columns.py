"""Arithmetic on columns, under the name that detectors of other packages import."""

from boilercut.blocks.arithmetic import *  # noqa: F403
