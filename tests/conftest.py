"""One Hypothesis profile for all tests, the same examples on every run and every machine; another for long searches."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "boilercut",
    derandomize=True,
    database=None,
    deadline=None,  # the machine decides how long an example takes; test_hostile.py watches time
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],  # whole pages take a while to draw
)
settings.register_profile(
    "thorough",  # pytest --hypothesis-profile=thorough
    settings.get_profile("boilercut"),
    derandomize=False,
    max_examples=2000,
)
settings.load_profile("boilercut")
