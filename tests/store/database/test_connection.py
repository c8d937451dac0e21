"""Opening a database: its tables, its lock, its errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from apprenti.domain.errors import ConflictError, OptionError, StoreError
from apprenti.domain.service import Workspace
from apprenti.store.database import workspaces
from apprenti.store.database.connection import Database, wal_is_safe
from apprenti.store.database.migrating import revision_of
from apprenti.store.database.tables import METADATA


def test_the_migrations_make_exactly_the_tables_the_code_expects() -> None:
    database = Database.open("sqlite://")
    with database.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), METADATA) == []
    now, wanted = revision_of(database)
    assert now == wanted is not None


def test_opening_twice_changes_nothing_and_what_was_written_is_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/a.db"
    with Database.open(url).write() as tx:
        workspaces.insert(tx, Workspace(id="w", name="Mine", created_us=1))
    with Database.open(url).read() as tx:
        assert workspaces.get(tx, "w").name == "Mine"


def test_nobody_else_on_the_machine_may_read_the_file(tmp_path: Path) -> None:
    Database.open(f"sqlite:///{tmp_path}/a.db")
    assert (tmp_path / "a.db").stat().st_mode & 0o077 == 0


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    with Database.open(url).write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer Apprenti"):
        Database.open(url)


def test_a_file_that_is_no_database_is_named_damaged_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"these are not the rows you are looking for" * 100)
    with pytest.raises(StoreError, match="damaged"):
        Database.open(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"these are not")


def test_damage_that_was_seen_once_keeps_everybody_from_writing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = Database.open(f"sqlite:///{path}")
    with database.write() as tx:
        for number in range(2000):
            workspaces.insert(tx, Workspace(id=str(number), name="x" * 100, created_us=1))
    database.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xa5" * (len(whole) - 8192))
    with pytest.raises(StoreError, match="damaged"):
        Database.open(f"sqlite:///{path}")
    with pytest.raises(StoreError, match="damaged"), database.read() as tx:
        workspaces.page(tx)
    path.write_bytes(whole)  # whoever puts it right starts anew
    with pytest.raises(StoreError, match="damaged"), database.write():
        pass
    with Database.open(f"sqlite:///{path}").write() as tx:
        assert len(workspaces.page(tx).items) == 50


def test_a_commit_is_on_the_disk_whatever_journal_sqlite_keeps(tmp_path: Path) -> None:
    with Database.open(f"sqlite:///{tmp_path}/a.db").read() as tx:
        assert tx.exec_driver_sql("PRAGMA synchronous").scalar_one() == 3  # EXTRA


@pytest.mark.parametrize("url", ["mysql://host/name", "no address", "oracle://u:secret@h/x"])
def test_an_address_of_nothing_we_know_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(OptionError) as caught:
        Database.open(url)
    assert "secret" not in str(caught.value)


def test_what_failed_in_the_middle_was_never_there() -> None:
    database = Database.open("sqlite://")

    def fail_in_the_middle() -> None:
        with database.write() as tx:
            workspaces.insert(tx, Workspace(id="w", name="Mine", created_us=1))
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        fail_in_the_middle()
    with database.read() as tx:
        assert workspaces.first(tx) is None


@pytest.mark.parametrize(
    ("version", "safe"),
    [((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False), ((3, 50, 7), True)],
)
def test_a_write_ahead_log_is_only_kept_where_sqlite_keeps_it_safely(
    version: tuple[int, ...], safe: bool
) -> None:
    assert wal_is_safe(version) is safe
    assert wal_is_safe((3, 51, 2)) is False
    assert wal_is_safe((3, 51, 3)) is True
    assert wal_is_safe((4, 0, 0)) is True


@pytest.mark.slow
def test_postgresql_plans_for_rows_in_memory_and_goes_on_doing_so(postgres_url: str) -> None:
    database = Database.open(postgres_url)

    def write_twice() -> None:
        with database.write() as tx:
            for _ in range(2):
                workspaces.insert(tx, Workspace(id="w", name="Mine", created_us=1))

    for _ in range(2):
        with database.read() as tx:
            assert tx.execute(text("SHOW random_page_cost")).scalar_one() == "1.1"
        with pytest.raises(ConflictError):  # what went wrong is rolled back, and this is not
            write_twice()
    database.close()
