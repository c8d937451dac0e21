"""Row 22: a cell of an exported table is computed by the spreadsheet it is opened in.

Known as CWE-1236. Expected: cells starting with = + - @ tab CR are prefixed.
"""

from __future__ import annotations

import csv
import io

import pytest
from tests.abuse.source import calls

from apprenti.domain.spreadsheet import Table

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
    ways = ("csv.writer", "csv.DictWriter", ".to_csv", ".to_excel")
    writers = {place.partition(":")[0] for place, called, _ in calls() if called.endswith(ways)}
    # the table of a snapshot is read by the training that wrote it and by nobody else: a sign before a label would
    # change it
    assert writers - {"flow/service/snapshot.py"} == {"domain/spreadsheet.py"}
