"""The review queue as an index, what corrections put in place, what is watched, and who works."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IN_QUEUE = "is_reviewed = false AND review_reason IS NOT NULL AND image_id IS NOT NULL"
IN_QUEUE_SQLITE = IN_QUEUE.replace("false", "0")
NEW_COLUMNS = (
    ("versions", sa.Column("known_sha256", sa.String(length=64), nullable=False, server_default="")),
    ("predictions", sa.Column("sketch", sa.Text(), nullable=False, server_default="")),
    ("corrections", sa.Column("before", sa.JSON(), nullable=False, server_default="{}")),
    ("corrections", sa.Column("decided_by", sa.Text(), nullable=False, server_default="")),
    ("corrections", sa.Column("estimates_version", sa.Integer(), nullable=True)),
)
NEW_INDICES = (
    ("images", ["workspace_id", "is_test", "seq"]),
    ("versions", ["known_sha256"]),
    ("corrections", ["task_id", "estimates_version", "state"]),
    ("corrections", ["task_id", "token_id", "seq"]),
    ("corrections", ["prediction_id"]),
    ("audit", ["workspace_id", "noun_id", "seq"]),
)
OLD_QUEUE = ("predictions", ["task_id", "is_reviewed", "review_score", "seq"])


def upgrade() -> None:
    """Make the tables, columns and indices."""
    for table, column in NEW_COLUMNS:
        op.add_column(table, column)
    for table, names in NEW_INDICES:
        op.create_index(_name(table, names), table, names, unique=False)
    op.drop_index(_name(*OLD_QUEUE), table_name="predictions")
    op.create_index(
        "ix_predictions_in_queue",
        "predictions",
        ["task_id", "review_score", "seq"],
        unique=False,
        sqlite_where=sa.text(IN_QUEUE_SQLITE),
        postgresql_where=sa.text(IN_QUEUE),
    )
    op.create_table(
        "alarms",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("checked_seq", sa.BigInteger(), nullable=False),
        sa.Column("checked_us", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("since_day", sa.Integer(), nullable=True),
        sa.Column("begun_us", sa.BigInteger(), nullable=True),
        sa.Column("drift", sa.JSON(), nullable=False),
        sa.Column("notices", sa.JSON(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_alarms_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_alarms")),
        sa.UniqueConstraint("task_id", name=op.f("uq_alarms_task_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "workers",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("begun_us", sa.BigInteger(), nullable=False),
        sa.Column("seen_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_workers")),
        sa.UniqueConstraint("id", name=op.f("uq_workers_id")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("workers")
    op.drop_table("alarms")
    op.drop_index("ix_predictions_in_queue", table_name="predictions")
    table, names = OLD_QUEUE
    op.create_index(_name(table, names), table, names, unique=False)
    for table, names in reversed(NEW_INDICES):
        op.drop_index(_name(table, names), table_name=table)
    for table, column in reversed(NEW_COLUMNS):
        op.drop_column(table, column.name)


def _name(table: str, columns: list[str]) -> str:
    return op.f(f"ix_{table}_{'_'.join(columns)}")
