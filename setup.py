"""Build the optional compiled parts; everything else stands in pyproject.toml.

Without a C compiler the build warns and goes on, and with BOILERCUT_PURE=1 it does not try: the same sources then run
as they are. Compilers may not fuse a product and a sum into one step: it would round differently.
"""

import ast
import os
import re
import runpy
from pathlib import Path

from setuptools import Extension, setup

FLAGS = ["-O3", "-g0", "-ffp-contract=off"]
DIRECTIVES = {"language_level": 3, "infer_types": True, "initializedcheck": False, "freethreading_compatible": True}


def declared(name: str) -> tuple[str, ...]:
    """Return a tuple of names that `boilercut/_native/__init__.py` declares, without importing it."""
    tree = ast.parse(Path("boilercut/_native/__init__.py").read_text("utf-8"))
    values = [each.value for each in tree.body if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == name]
    return ast.literal_eval(values[0])


def constants() -> dict[str, int]:
    """Return the constants that C and Python share, from where Python declares them."""
    rows = runpy.run_path("boilercut/_native/rows.py")
    characters = Path("boilercut/blocks/characters.py").read_text("utf-8")
    numbers = re.findall(r"^([A-Z_]+) = (0x[\dA-F]+|\d+)$", characters, re.MULTILINE)
    found = {name: int(value, 0) for name, value in numbers}
    found |= {name: 1 << int(bit) for name, bit in re.findall(r"^([A-Z_]+) = 1 << (\d+)$", characters, re.MULTILINE)}
    for prefix, names in (("ROW", rows["ROWS"]), ("ELEMENT", rows["ELEMENT_ROWS"])):
        found |= {f"{prefix}_{name.upper()}": row for row, name in enumerate(names)}
    return found | bounds_constants()


def bounds_constants() -> dict[str, int]:
    """Return the flags of elements that bounds need, and the numbers of those with rules of their own."""
    tree = ast.parse(Path("boilercut/read/html/bounds/standard.py").read_text("utf-8"))
    assigned = [(each.targets[0], each.value) for each in tree.body if isinstance(each, ast.Assign)]
    flags = [name.id for target, _ in assigned if isinstance(target, ast.Tuple) for name in target.elts]
    values = {target.id: value for target, value in assigned if isinstance(target, ast.Name)}
    roles = values["ROLES"].func.value.value.split()
    return {
        "ROLE_BITS": values["ROLE_BITS"].value,
        **{f"B_{name}": 1 << bit for bit, name in enumerate(flags)},
        **{f"R_{name.upper().replace('-', '_')}": number for number, name in enumerate(roles, 1)},
    }


def write_constants() -> None:
    """Write them for C, where they are not written yet."""
    lines = ["# Written by setup.py.", "cdef enum:", *(f"    {name} = {value}" for name, value in constants().items())]
    target, text = Path("boilercut/_native/constants.pxi"), "\n".join([*lines, ""])
    if not target.exists() or target.read_text("utf-8") != text:
        target.write_text(text, "utf-8")


def extensions() -> list[Extension]:
    """Describe the compiled modules: kernels, and sources that are compiled as they are."""
    from Cython.Build import cythonize

    write_constants()
    kernels = {name: f"{name.replace('.', '/')}.pyx" for name in declared("KERNELS")}
    sources = {
        f"boilercut._native.{name.rpartition('.')[2]}": f"{name.replace('.', '/')}.py" for name in declared("SOURCES")
    }
    described = [Extension(name, [source], extra_compile_args=FLAGS) for name, source in (kernels | sources).items()]
    found = cythonize(described, build_dir="build/cython", compiler_directives=DIRECTIVES)
    for each in found:
        each.optional = True  # not kept by cythonize
    return found


setup(ext_modules=[] if os.environ.get("BOILERCUT_PURE") == "1" else extensions())
