"""Coverage-guided fuzzing: ``python -m tests.fuzz --minutes 30`` (needs the extra `fuzz`: atheris).

Every input that broke something lies in `finds/` and is run again by `tests/test_fuzz.py`.
"""
