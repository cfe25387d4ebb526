"""Define harmful detectors for tests of runs that must survive them; worker processes import this module."""

from __future__ import annotations

import os
import signal

import numpy as np

import boilercut
from boilercut.blocks.table import Blocks

DEADLY, BROKEN = "The word that ends a process is xyzzy.", "The word that raises an error is plugh."
ENDLESS = "The word that never ends is plover."


@boilercut.detector("killer", log_odds=True)
def killer(blocks: Blocks) -> np.ndarray:
    """Kill the process, as running out of memory would, where a page has a certain sentence; raise for another."""
    if DEADLY in blocks.text:
        os.kill(os.getpid(), signal.SIGKILL)
    while ENDLESS in blocks.text:
        pass
    if BROKEN in blocks.text:
        raise RuntimeError("plugh")
    return np.zeros(len(blocks))
