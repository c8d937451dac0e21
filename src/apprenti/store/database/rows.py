"""Nouns as rows and back: columns are named like fields, so that a noun is read by its type alone."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, func, insert, select, update

from apprenti.domain.errors import NotFoundError, OptionError
from apprenti.domain.json_form import from_json

Noun = TypeVar("Noun")
Tx = Connection
"""What ``Database.read()`` and ``Database.write()`` give; others only pass it on."""

_SEQ, _SKIPPED = "s", "n"
"""What a cursor counts: the row it stands at, or the rows to leave out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Noun]):
    """Some of many.

    Args:
        items: in order.
        next_cursor: what asks for those after; ``None`` at the end.
    """

    items: tuple[Noun, ...]
    next_cursor: str | None = None


def values_of(noun: Any) -> dict[str, Any]:
    """Return the columns of a noun."""
    return {field.name: _plain(getattr(noun, field.name)) for field in fields(noun)}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value


def noun_of(kind: type[Noun], row: Row[Any]) -> Noun:
    """Return the noun in a row."""
    return from_json(kind, dict(row._mapping))


def add(tx: Tx, table: Table, *nouns: Any) -> None:
    """Write nouns that are new."""
    if nouns:
        tx.execute(insert(table), [values_of(noun) for noun in nouns])


def change(tx: Tx, table: Table, *where: ColumnElement[bool], **values: Any) -> int:
    """Change columns of the rows that fit; return how many did."""
    plain = {name: _plain(value) for name, value in values.items()}
    return tx.execute(update(table).where(*where).values(**plain)).rowcount


def remove(tx: Tx, table: Table, *where: ColumnElement[bool]) -> int:
    """Delete the rows that fit; return how many did."""
    return tx.execute(delete(table).where(*where)).rowcount


def find(tx: Tx, table: Table, kind: type[Noun], *where: ColumnElement[bool]) -> Noun | None:
    """Return the noun of the row that fits; ``None`` where none does."""
    row = tx.execute(select(table).where(*where)).first()
    return None if row is None else noun_of(kind, row)


def get(tx: Tx, table: Table, kind: type[Noun], workspace_id: str, id_: str) -> Noun:
    """Return what has this id in this workspace.

    Raises:
        NotFoundError: nothing has; nor is it told whether another workspace knows it.
    """
    noun = find(tx, table, kind, table.c.workspace_id == workspace_id, table.c.id == id_)
    if noun is None:
        raise NotFoundError("not_found", noun=called(kind), id=id_[:100])
    return noun


def called(kind: type[Any]) -> str:
    """Return what people call a kind of noun.

    Example:
        >>> from apprenti.domain.service import StoredImage, TrainingJob
        >>> called(StoredImage), called(TrainingJob)
        ('image', 'training')
    """
    return kind.__name__.removeprefix("Stored").removesuffix("Job").lower()


def every(
    tx: Tx, table: Table, kind: type[Noun], *where: ColumnElement[bool], order: Sequence[Any] = ()
) -> tuple[Noun, ...]:
    """Return all nouns that fit, oldest first unless ``order`` says otherwise."""
    rows = tx.execute(select(table).where(*where).order_by(*(order or (table.c.seq,))))
    return tuple(noun_of(kind, row) for row in rows)


def count(tx: Tx, table: Table, *where: ColumnElement[bool]) -> int:
    """Return how many rows fit."""
    return int(tx.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


def page(
    tx: Tx,
    table: Table,
    kind: type[Noun],
    *where: ColumnElement[bool],
    cursor: str | None = None,
    limit: int = 50,
    newest_first: bool = False,
    seq: ColumnElement[int] | None = None,
) -> Page[Noun]:
    """Return up to ``limit`` nouns after ``cursor``, by the order they were written in.

    Args:
        tx: a transaction.
        table: where they are.
        kind: what they are.
        where: which.
        cursor: of the page before.
        limit: how many at most.
        newest_first: the other way round.
        seq: the column ``seq``, in words the planner takes for another, where it should not go by it.

    Args:
        tx: a transaction.
        table: where they are.
        kind: what they are.
        *where: what fits.
        cursor: from the page before, or of ``cursor_after``.
        limit: most of them.
        newest_first: the other way round.

    Raises:
        OptionError: the cursor is not one of ours.
    """
    asked = select(table).where(*where).limit(limit + 1)
    order: ColumnElement[int] = table.c.seq if seq is None else seq
    asked = asked.order_by(order.desc() if newest_first else order)
    if cursor is not None:
        sign, place = _place(cursor)
        if sign == _SKIPPED:
            asked = asked.offset(place)
        else:
            asked = asked.where(order < place if newest_first else order > place)
    rows: Sequence[Row[Any]] = tx.execute(asked).all()
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(
        items=tuple(noun_of(kind, row) for row in shown),
        next_cursor=make_cursor(shown[-1]._mapping["seq"]) if more else None,
    )


def in_batches(items: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """Yield ``items`` in parts small enough for one statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def make_cursor(seq: int) -> str:
    """Return the word that stands for a place in a list."""
    return _word(_SEQ, seq)


def cursor_after(n_rows: int) -> str:
    """Return the word that stands for what comes after so many rows, for those who count pages.

    Such a place moves when rows before it are deleted; that of ``make_cursor`` does not.
    """
    return _word(_SKIPPED, n_rows)


def _word(sign: str, place: int) -> str:
    return base64.urlsafe_b64encode(f"{sign}{place}".encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[str, int]:
    try:
        data = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (ValueError, binascii.Error) as error:
        raise OptionError("bad_cursor", cursor=cursor[:50]) from error
    sign, digits = data[:1], data[1:]
    if sign not in (_SEQ, _SKIPPED) or not digits.isdecimal() or len(digits) > 18:
        raise OptionError("bad_cursor", cursor=cursor[:50])
    return sign, int(digits)
