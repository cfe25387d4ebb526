"""Print the lowest versions that pyproject.toml allows of what boilercut and some of its extras need, one a line."""

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).resolve().parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
needs = [
    *project["dependencies"],
    *(need for extra in sys.argv[1:] for need in project["optional-dependencies"][extra]),
]
print("\n".join(re.sub(r">=([\w.]+).*", r"==\1", need) for need in needs))
