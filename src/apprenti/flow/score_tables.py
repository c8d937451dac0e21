"""Tables of scores, profiles and seconds, read from Parquet and laid side by side row by row.

A row is named by the index of the file, or by a first column of text or whole numbers: whichever agrees with the
scores. Where no file names its rows, they are taken in the order they stand in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.errors import DataError
from apprenti.store import read_parquet

Floats = NDArray[np.float64]
Names = tuple[str, ...]

MOST_MISSHAPEN = 1e-6
"""A score may be outside 0..1 by so much, as sums of floats are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A Parquet file as numbers.

    Args:
        file: its name, for messages.
        rows: what its rows are called, n of them; their places where nothing names them.
        is_named: whether something names them.
        columns: of numbers, c of them.
        values: [n, c] float64; NaN where missing.
        words: every column and index level as text, by name: for families.
    """

    file: str
    rows: Names
    is_named: bool
    columns: Names
    values: Floats
    words: Mapping[str, Names]


def read_table(path: Path, *, like: Names = ()) -> Table:
    """Return a Parquet file as numbers with named rows.

    Args:
        path: the file.
        like: names of the rows of the scores; of several columns that could name the rows, the one with most of
            these does.

    Raises:
        DataError: the file is missing, damaged or empty, or two of its rows have the same name.
    """
    frame = read_parquet(path, name=str(path))
    if not len(frame):
        raise DataError("empty_table", source=str(path))
    wanted = frozenset(like)
    found = list(_names(frame, wanted))
    name, rows = max(found, key=lambda pair: len(wanted & set(pair[1])), default=("", ()))
    if not rows and not found:
        _refuse_repeated(frame, str(path))
    columns = [column for column in frame.columns if str(column) != name and not _is_text(frame[column])]
    values = [_numbers(frame[column]) for column in columns]
    return Table(
        file=str(path),
        rows=rows or tuple(map(str, range(len(frame)))),
        is_named=bool(rows),
        columns=tuple(map(str, columns)),
        values=np.stack(values, axis=1) if values else np.zeros((len(frame), 0)),
        words=dict(_words(frame)),
    )


def check_scores(table: Table) -> None:
    """Refuse scores that are not shares.

    Raises:
        DataError: there are no numbers, or one is outside 0..1.
    """
    if not table.columns:
        raise DataError("no_numbers", source=table.file)
    wrong = (table.values < -MOST_MISSHAPEN) | (table.values > 1 + MOST_MISSHAPEN)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        value = f"{table.values[row, column]:g}"
        raise DataError("score_out_of_range", source=table.file, column=table.columns[column], value=value)


def aligned(table: Table, scores: Table) -> Floats:
    """Return the values of ``table`` in the order of the rows of ``scores``, [n, c]; NaN where it has no such row.

    Raises:
        DataError: no row agrees.
    """
    order = _order(table, scores)
    values = np.full((len(scores.rows), len(table.columns)), np.nan)
    there = order >= 0
    values[there] = table.values[order[there]]
    return values


def families(table: Table, scores: Table, column: str) -> NDArray[np.intp]:
    """Return the family of each row of ``scores`` as a number, [n]; a row without one is its own family.

    Raises:
        DataError: there is no such column.
    """
    if column not in table.words:
        known = ", ".join([*table.words][:12])
        raise DataError("no_such_column", source=table.file, column=column, known=known)
    words, order = table.words[column], _order(table, scores)
    called = [words[at] if at >= 0 else "" for at in order]
    alone = [name or f"\0{place}" for place, name in enumerate(called)]
    return np.unique(alone, return_inverse=True)[1].astype(np.intp)


def _order(table: Table, scores: Table) -> NDArray[np.intp]:
    """Return at which row of ``table`` each row of ``scores`` is, [n]; −1 where it is not."""
    place = {name: at for at, name in enumerate(table.rows)}
    order = np.array([place.get(name, -1) for name in scores.rows], dtype=np.intp)
    by_place = not (table.is_named and scores.is_named) and len(table.rows) == len(scores.rows)
    if by_place and table.is_named != scores.is_named:
        return np.arange(len(scores.rows), dtype=np.intp)
    if (order < 0).all():
        raise DataError("no_common_rows", source=table.file, other=scores.file, row=scores.rows[0])
    return order


def _names(frame: Any, like: Set[str]) -> Iterator[tuple[str, Names]]:
    """Yield (column, names) for all that could name the rows, the index first: unique words, or whole numbers.

    Whole numbers must agree with the names the scores have, if any: they could as well be sizes.
    """
    from pandas import RangeIndex

    index = frame.index
    if not isinstance(index, RangeIndex) and index.nlevels == 1 and not _is_count(index):
        yield from _unique(str(index.name or ""), _written(index))
    for place, column in enumerate(frame.columns):
        words = _written(frame[column])
        is_number = place == 0 and _is_identifier(frame[column]) and (not like or not like.isdisjoint(words))
        if _is_text(frame[column]) or is_number:
            yield from _unique(str(column), words)


def _unique(name: str, words: Names) -> Iterator[tuple[str, Names]]:
    if len(set(words)) == len(words) and all(words):
        yield name, words


def _refuse_repeated(frame: Any, file: str) -> None:
    """Refuse a file whose index names rows, two of them alike."""
    from pandas import RangeIndex

    if isinstance(frame.index, RangeIndex):
        return
    seen: set[str] = set()
    for word in _written(frame.index):
        if word in seen:
            raise DataError("repeated_row", source=file, row=word)
        seen.add(word)


def _words(frame: Any) -> Iterator[tuple[str, Names]]:
    if frame.index.name:
        yield str(frame.index.name), _written(frame.index)
    for column in frame.columns:
        yield str(column), _written(frame[column])


def _written(values: Any) -> Names:
    """Return cells as text: 3.0 as ``3``, gaps as nothing."""
    return tuple(_word(value) for value in values.tolist())


def _word(value: object) -> str:
    if value is None or value != value or str(value) == "<NA>":
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _is_text(column: Any) -> bool:
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return not (is_numeric_dtype(column) or is_bool_dtype(column))


def _is_identifier(column: Any) -> bool:
    """Return whether these are whole numbers, and more of them than shares could be."""
    from pandas.api.types import is_integer_dtype

    return bool(is_integer_dtype(column) and column.max() > 1)


def _is_count(index: Any) -> bool:
    """Return whether an index only counts the rows."""
    return bool(index.dtype.kind in "iu" and (index.to_numpy() == np.arange(len(index))).all())


def _numbers(column: Any) -> Floats:
    values = np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
    return np.where(np.isfinite(values), values, np.nan)


def listed(names: Sequence[str], most: int = 5) -> str:
    """Return the first of some names, for a message: ``a, b, c …``."""
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")
