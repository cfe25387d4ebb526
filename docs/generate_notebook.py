"""Run the cells of docs/notebooks/tour.ipynb and store their outputs; `--check` only compares."""

import ast
import contextlib
import io
import json
import sys
from typing import Any

from generated import ROOT, written

NAME = "docs/notebooks/tour.ipynb"
sys.path.insert(0, str(ROOT))  # the working tree, whatever is installed


def main() -> int:
    """Write or check the notebook; return 1 where a check fails."""
    notebook = json.loads((ROOT / NAME).read_text("utf-8"))
    names: dict[str, Any] = {}
    for number, cell in enumerate((each for each in notebook["cells"] if each["cell_type"] == "code"), start=1):
        cell |= {"execution_count": number, "outputs": _outputs("".join(cell["source"]), number, names)}
    return written({NAME: json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"})


def _outputs(source: str, number: int, names: dict[str, Any]) -> list[dict[str, Any]]:
    """Run a cell as Jupyter does; return what it prints, and the value of the expression that it ends with."""
    *statements, last = ast.parse(source).body
    if not isinstance(last, ast.Expr):
        raise SystemExit(f"cell {number} does not end with an expression")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(statements, []), "cell", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    if value is None:
        return [{"name": "stdout", "output_type": "stream", "text": printed.getvalue().splitlines(keepends=True)}]
    shown = {"text/plain": repr(value).splitlines(keepends=True)}
    return [{"data": shown, "execution_count": number, "metadata": {}, "output_type": "execute_result"}]


if __name__ == "__main__":
    sys.exit(main())
