"""What tables are made of: the names of their keys, and columns that many of them have."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)
LONG = BigInteger().with_variant(Integer, "sqlite")
ID = String(36)


def seq_column() -> Column[int]:
    """Return the column rows are ordered and paged by: it grows, whatever the clock does."""
    return Column("seq", LONG, primary_key=True, autoincrement=True)


def id_column() -> Column[str]:
    """Return the column of what a row is called: a UUID."""
    return Column("id", ID, nullable=False, unique=True)


def column_of(noun: str, *, nullable: bool = False, name: str = "") -> Column[str]:
    """Return a column that names a row of another table, and goes with it."""
    table = f"{noun}s"
    reference = ForeignKey(f"{table}.id", ondelete="CASCADE")
    return Column(name or f"{noun}_id", ID, reference, nullable=nullable)


def json_column(name: str) -> Column[object]:
    """Return a column of JSON."""
    return Column(name, JSON, nullable=False)


def time_column(name: str, *, nullable: bool = False) -> Column[int]:
    """Return a column of microseconds since the epoch."""
    return Column(name, BigInteger, nullable=nullable)


def table_of(name: str, *parts: Column[Any] | Index | UniqueConstraint) -> Table:
    """Return a table whose places are never given twice, so that a cursor stays true after a deletion."""
    return Table(name, METADATA, *parts, sqlite_autoincrement=True)
