"""Let the processes that tests start import `tests` and `benchmarks`, after what is installed.

`tests/conftest.py` puts this folder on PYTHONPATH; Python imports the module when it starts.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))
