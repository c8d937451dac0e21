"""Bringing the tables up to date, under one lock, whoever starts first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from apprenti.domain.errors import StoreError

if TYPE_CHECKING:
    from apprenti.store.database.connection import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up_to_date(database: Database) -> None:
    """Make the tables, or change them to what this version expects, in one transaction.

    Raises:
        StoreError: the database was written by a newer version.
    """
    with database.write() as tx:
        config = _config()
        script = ScriptDirectory.from_config(config)
        now = MigrationContext.configure(tx).get_current_revision()
        if now is not None and not is_known(now):
            raise StoreError("store_too_new", revision=now)
        if now != script.get_current_head():
            config.attributes["connection"] = tx
            command.upgrade(config, "head")


def revision_of(database: Database) -> tuple[str | None, str | None]:
    """Return the revision the tables have, and the one this version expects."""
    with database.read() as tx:
        now = MigrationContext.configure(tx).get_current_revision()
    return now, ScriptDirectory.from_config(_config()).get_current_head()


def is_known(revision: str) -> bool:
    """Return whether this version knows the revision; one it does not know is of a newer version."""
    steps = ScriptDirectory.from_config(_config()).walk_revisions()
    return revision in {step.revision for step in steps}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
