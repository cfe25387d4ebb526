"""Build the optional compiled part; everything else stands in pyproject.toml.

Without a C compiler the build warns and goes on, and with BOILERCUT_PURE=1 it does not try: the same
answers then come from NumPy.
"""

import os

from setuptools import Extension, setup

kernels = Extension("boilercut._kernels", ["boilercut/_kernels.pyx"], extra_compile_args=["-O3"], optional=True)
setup(ext_modules=[] if os.environ.get("BOILERCUT_PURE") == "1" else [kernels])
