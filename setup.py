"""Build the optional compiled parts; everything else stands in pyproject.toml.

Without a C compiler the build warns and goes on, and with BOILERCUT_PURE=1 it does not try: the same
answers then come from NumPy. Compilers may not fuse a product and a sum into one step: it would round differently.
"""

import os

from setuptools import Extension, setup

FLAGS = ["-O3", "-ffp-contract=off"]

compiled = [
    Extension(f"boilercut.{name}", [f"boilercut/{name}.pyx"], extra_compile_args=FLAGS, optional=True)
    for name in ("_columns", "_kernels", "_markup")
]
setup(ext_modules=[] if os.environ.get("BOILERCUT_PURE") == "1" else compiled)
