"""Check that every pin in a constraints file is what is installed."""

import sys
from importlib.metadata import version
from pathlib import Path

for line in Path(sys.argv[1]).read_text("utf-8").splitlines():
    name, lowest = line.split("==")
    print(name, version(name))
    assert f"{version(name)}.".startswith(f"{lowest}."), f"{name}: {lowest} was wanted"
