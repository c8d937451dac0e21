"""No cell that others wrote is computed by a spreadsheet, and numbers stay numbers."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from apprenti.domain.spreadsheet import FORMULA_STARTS, Table, cell


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_text_that_begins_as_a_formula_gets_a_quote(start: str) -> None:
    assert cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("value", ["cat", "a=b", "1", "", "'=1", " =1"])
def test_other_text_stays_as_it_is(value: str) -> None:
    assert cell(value) == value


@pytest.mark.parametrize(
    ("value", "written"), [(-1, -1), (-0.5, -0.5), (None, ""), (True, "true"), (np.float32(-1), -1)]
)
def test_numbers_stay_numbers(value: object, written: object) -> None:
    assert cell(value) == written


def test_a_table_reads_back_as_it_was_written_line_breaks_quotes_and_all() -> None:
    file = io.StringIO(newline="")
    table = Table(file, ("item", "p"))
    table.write(['a,"b"\nc', -0.25])
    assert list(csv.reader(io.StringIO(file.getvalue(), newline=""))) == [
        ["item", "p"],
        ['a,"b"\nc', "-0.25"],
    ]


def test_a_header_made_of_labels_is_no_formula_either() -> None:
    file = io.StringIO(newline="")
    Table(file, ("=cmd",))
    assert file.getvalue() == '"\'=cmd"\n'
