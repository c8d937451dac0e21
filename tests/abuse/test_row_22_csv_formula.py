"""Row 22: a cell of an exported table is computed by the spreadsheet it is opened in.

Known as CWE-1236. Expected: cells starting with = + - @ tab CR are prefixed.
"""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path

import pytest

import apprenti
from apprenti.domain.spreadsheet import Table

PACKAGE = Path(apprenti.__file__).parent
FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_and_no_head_of_a_table_is_computed(formula: str) -> None:
    file = io.StringIO(newline="")
    table = Table(file, ("item", formula))
    table.write((formula, -0.5))
    head, row = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert head[1] == row[0] == f"'{formula}"
    assert row[1] == "-0.5"


def test_every_table_the_product_writes_goes_through_that_writer() -> None:
    writers = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            written = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
            if written in ("csv.writer", "csv.DictWriter") or written.endswith((".to_csv", ".to_excel")):
                writers.add(str(path.relative_to(PACKAGE)))
    assert writers == {"domain/spreadsheet.py"}
