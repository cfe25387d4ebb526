"""The process that libFuzzer drives: ``python -m tests.fuzz.harness TARGET [libFuzzer's options] [corpus]``."""

from __future__ import annotations

import logging
import sys


def main() -> None:
    """Fuzz one target until libFuzzer's options, or a find, end it."""
    import atheris  # an extra

    logging.disable(logging.CRITICAL)
    with atheris.instrument_imports(include=["boilercut", "webencodings", "charset_normalizer"]):
        import boilercut.cutter
        import boilercut.read.html.parse
        import boilercut.read.html.spans  # noqa: F401

    from tests.fuzz.targets import check

    target = sys.argv[1]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], lambda data: check(target, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
