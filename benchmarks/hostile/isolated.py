"""Call a function in a fork of this process, which may hang, crash or run out of memory."""

from __future__ import annotations

import json
import os
import signal
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

__all__ = ["MAX_BYTES", "MAX_SECONDS", "Outcome", "in_child"]

MAX_SECONDS = 30
"""By the clock."""
MAX_BYTES = 4 << 30


class Outcome(NamedTuple):
    """What became of a call; `end` is `ok`, `hang`, `out of memory`, `crash`, or the name of an exception."""

    end: str
    answer: Any = None
    """What the function returned, through JSON."""
    seconds: float = 0.0
    """Of the processor, so that a busy machine changes little."""
    megabytes: float = 0.0
    """Peak of memory beyond what the process began with."""


def in_child(work: Callable[[], object], max_seconds: int = MAX_SECONDS, max_bytes: int | None = MAX_BYTES) -> Outcome:
    """Return what becomes of a call in a process of its own, with limits of time and of memory."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pytest's workers have a thread; the child computes only
        child = os.fork()
    if not child:
        with suppress(BaseException), os.fdopen(writing, "w") as stream:
            json.dump(_measured(work, max_seconds, max_bytes), stream)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        said = stream.read()
    status = os.waitpid(child, 0)[1]
    if said:
        return Outcome(*json.loads(said))
    is_late = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM
    return Outcome("hang" if is_late else "crash", seconds=float(max_seconds))


def _measured(work: Callable[[], object], max_seconds: int, max_bytes: int | None) -> Outcome:
    """Call a function in this process, which dies when its time is up."""
    import resource  # Windows, where only this module's constants are asked for, has none

    if max_bytes:
        resource.setrlimit(resource.RLIMIT_AS, (max_bytes + 1024 * _status("VmSize"), resource.RLIM_INFINITY))
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before, started = _status("VmRSS"), process_time()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(max_seconds)
    try:
        end, answer = "ok", work()
    except MemoryError:
        end, answer = "out of memory", None
    except Exception as error:  # noqa: BLE001 - whatever a tool raises is what is to be known
        end, answer = type(error).__name__, None
    signal.alarm(0)
    seconds, peak = process_time() - started, (_status("VmHWM") - before) / 1024
    return Outcome(end, answer, round(seconds, 3), round(peak, 1))


def _status(field: str) -> int:
    """Return a figure of this process, in kilobytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(field)).split()[1])
