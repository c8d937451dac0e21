"""Trainings, what they said, and what people said of it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "webhooks",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_webhooks_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("id", name=op.f("uq_webhooks_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_webhooks_workspace_id_seq"), "webhooks", ["workspace_id", "seq"], unique=False)
    op.create_table(
        "corrections",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("image_id", sa.String(length=36), nullable=False),
        sa.Column("prediction_id", sa.String(length=36), nullable=True),
        sa.Column("label_ids", sa.JSON(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("token_id", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["images.id"], name=op.f("fk_corrections_image_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_corrections_task_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_corrections_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_corrections")),
        sa.UniqueConstraint("id", name=op.f("uq_corrections_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_corrections_image_id"), "corrections", ["image_id"], unique=False)
    op.create_index(
        op.f("ix_corrections_task_id_state_job_id_seq"),
        "corrections",
        ["task_id", "state", "job_id", "seq"],
        unique=False,
    )
    op.create_index(
        op.f("ix_corrections_workspace_id_seq"), "corrections", ["workspace_id", "seq"], unique=False
    )
    op.create_table(
        "deliveries",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("webhook_id", sa.String(length=36), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("n_attempts", sa.Integer(), nullable=False),
        sa.Column("next_us", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_deliveries_webhook_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_deliveries_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("id", name=op.f("uq_deliveries_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_deliveries_state_next_us"), "deliveries", ["state", "next_us"], unique=False)
    op.create_index(op.f("ix_deliveries_webhook_id_seq"), "deliveries", ["webhook_id", "seq"], unique=False)
    op.create_table(
        "predictions",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.String(length=36), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("label_id", sa.String(length=36), nullable=False),
        sa.Column("p_label", sa.Float(), nullable=False),
        sa.Column("familiar", sa.Boolean(), nullable=False),
        sa.Column("distance", sa.Float(), nullable=False),
        sa.Column("review_score", sa.Float(), nullable=False),
        sa.Column("review_reason", sa.String(length=16), nullable=True),
        sa.Column("is_reviewed", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("latency_us", sa.BigInteger(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["images.id"], name=op.f("fk_predictions_image_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_predictions_task_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_predictions_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_predictions")),
        sa.UniqueConstraint("id", name=op.f("uq_predictions_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_predictions_image_id"), "predictions", ["image_id"], unique=False)
    op.create_index(
        op.f("ix_predictions_task_id_created_us"), "predictions", ["task_id", "created_us"], unique=False
    )
    op.create_index(
        op.f("ix_predictions_task_id_is_reviewed_review_score_seq"),
        "predictions",
        ["task_id", "is_reviewed", "review_score", "seq"],
        unique=False,
    )
    op.create_index(op.f("ix_predictions_task_id_seq"), "predictions", ["task_id", "seq"], unique=False)
    op.create_index(
        op.f("ix_predictions_workspace_id_seq"), "predictions", ["workspace_id", "seq"], unique=False
    )
    op.create_table(
        "traffic",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=16), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_traffic_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_traffic")),
        sa.UniqueConstraint(
            "task_id",
            "day",
            "version_number",
            "measure",
            "bucket",
            name=op.f("uq_traffic_task_id_day_version_number_measure_bucket"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "trainings",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("budget_seconds", sa.Float(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("error", sa.JSON(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("started_us", sa.BigInteger(), nullable=True),
        sa.Column("finished_us", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_trainings_task_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_trainings_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_trainings")),
        sa.UniqueConstraint("id", name=op.f("uq_trainings_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_trainings_state_priority_seq"), "trainings", ["state", "priority", "seq"], unique=False
    )
    op.create_index(op.f("ix_trainings_task_id_seq"), "trainings", ["task_id", "seq"], unique=False)
    op.create_index(op.f("ix_trainings_workspace_id_seq"), "trainings", ["workspace_id", "seq"], unique=False)
    op.create_table(
        "versions",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("model_sha256", sa.String(length=64), nullable=False),
        sa.Column("n_bytes", sa.BigInteger(), nullable=False),
        sa.Column("reference_sha256", sa.String(length=64), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("n_examples", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.JSON(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_versions_task_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_versions_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_versions")),
        sa.UniqueConstraint("id", name=op.f("uq_versions_id")),
        sa.UniqueConstraint("task_id", "number", name=op.f("uq_versions_task_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_versions_model_sha256"), "versions", ["model_sha256"], unique=False)
    op.create_index(op.f("ix_versions_reference_sha256"), "versions", ["reference_sha256"], unique=False)
    op.create_index(op.f("ix_versions_workspace_id_seq"), "versions", ["workspace_id", "seq"], unique=False)


def downgrade() -> None:
    """Delete them."""
    op.drop_index(op.f("ix_versions_workspace_id_seq"), table_name="versions")
    op.drop_index(op.f("ix_versions_reference_sha256"), table_name="versions")
    op.drop_index(op.f("ix_versions_model_sha256"), table_name="versions")
    op.drop_table("versions")
    op.drop_index(op.f("ix_trainings_workspace_id_seq"), table_name="trainings")
    op.drop_index(op.f("ix_trainings_task_id_seq"), table_name="trainings")
    op.drop_index(op.f("ix_trainings_state_priority_seq"), table_name="trainings")
    op.drop_table("trainings")
    op.drop_table("traffic")
    op.drop_index(op.f("ix_predictions_workspace_id_seq"), table_name="predictions")
    op.drop_index(op.f("ix_predictions_task_id_seq"), table_name="predictions")
    op.drop_index(op.f("ix_predictions_task_id_is_reviewed_review_score_seq"), table_name="predictions")
    op.drop_index(op.f("ix_predictions_task_id_created_us"), table_name="predictions")
    op.drop_index(op.f("ix_predictions_image_id"), table_name="predictions")
    op.drop_table("predictions")
    op.drop_index(op.f("ix_deliveries_webhook_id_seq"), table_name="deliveries")
    op.drop_index(op.f("ix_deliveries_state_next_us"), table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_index(op.f("ix_corrections_workspace_id_seq"), table_name="corrections")
    op.drop_index(op.f("ix_corrections_task_id_state_job_id_seq"), table_name="corrections")
    op.drop_index(op.f("ix_corrections_image_id"), table_name="corrections")
    op.drop_table("corrections")
    op.drop_index(op.f("ix_webhooks_workspace_id_seq"), table_name="webhooks")
    op.drop_table("webhooks")
