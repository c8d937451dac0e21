"""What is to be recognised, in which images, and who may do what."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "audit",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("token_id", sa.Text(), nullable=False),
        sa.Column("verb", sa.String(length=32), nullable=False),
        sa.Column("noun", sa.String(length=32), nullable=False),
        sa.Column("noun_id", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
        sa.UniqueConstraint("id", name=op.f("uq_audit_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_workspace_id_seq"), "audit", ["workspace_id", "seq"], unique=False)
    op.create_table(
        "workspaces",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_workspaces")),
        sa.UniqueConstraint("id", name=op.f("uq_workspaces_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "idempotency",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_idempotency_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_idempotency")),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_idempotency_workspace_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_idempotency_created_us"), "idempotency", ["created_us"], unique=False)
    op.create_table(
        "images",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("n_bytes", sa.BigInteger(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("brightness", sa.Float(), nullable=False),
        sa.Column("contrast", sa.Float(), nullable=False),
        sa.Column("colourfulness", sa.Float(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("meta_data", sa.JSON(), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("is_real", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_images_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_images")),
        sa.UniqueConstraint("id", name=op.f("uq_images_id")),
        sa.UniqueConstraint("workspace_id", "sha256", name=op.f("uq_images_workspace_id_sha256")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_images_sha256"), "images", ["sha256"], unique=False)
    op.create_index(op.f("ix_images_workspace_id_seq"), "images", ["workspace_id", "seq"], unique=False)
    op.create_table(
        "labels",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("output_name", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_labels_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_labels")),
        sa.UniqueConstraint("id", name=op.f("uq_labels_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_labels_workspace_id_seq"), "labels", ["workspace_id", "seq"], unique=False)
    op.create_table(
        "requests",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_requests_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_requests")),
        sa.UniqueConstraint("id", name=op.f("uq_requests_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_requests_workspace_id_seq"), "requests", ["workspace_id", "seq"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("task_type", sa.String(length=16), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("keeps_images", sa.Boolean(), nullable=False),
        sa.Column("corrections_until_retrain", sa.Integer(), nullable=True),
        sa.Column("budget_seconds", sa.Float(), nullable=False),
        sa.Column("production_version", sa.Integer(), nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_tasks_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tasks")),
        sa.UniqueConstraint("id", name=op.f("uq_tasks_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_tasks_workspace_id_seq"), "tasks", ["workspace_id", "seq"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("last_used_us", sa.BigInteger(), nullable=True),
        sa.Column("revoked_us", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_tokens_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tokens")),
        sa.UniqueConstraint("id", name=op.f("uq_tokens_id")),
        sa.UniqueConstraint("sha256", name=op.f("uq_tokens_sha256")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_tokens_workspace_id_seq"), "tokens", ["workspace_id", "seq"], unique=False)
    op.create_table(
        "image_labels",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("image_id", sa.String(length=36), nullable=False),
        sa.Column("label_id", sa.String(length=36), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["images.id"], name=op.f("fk_image_labels_image_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["label_id"], ["labels.id"], name=op.f("fk_image_labels_label_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_image_labels")),
        sa.UniqueConstraint("image_id", "label_id", name=op.f("uq_image_labels_image_id_label_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_image_labels_label_id_image_id"), "image_labels", ["label_id", "image_id"], unique=False
    )
    op.create_table(
        "task_labels",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("label_id", sa.String(length=36), nullable=False),
        sa.Column("is_negative", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["label_id"], ["labels.id"], name=op.f("fk_task_labels_label_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_task_labels_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_task_labels")),
        sa.UniqueConstraint("task_id", "label_id", name=op.f("uq_task_labels_task_id_label_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_task_labels_label_id"), "task_labels", ["label_id"], unique=False)
    op.create_table(
        "verifications",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("image_id", sa.String(length=36), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["images.id"], name=op.f("fk_verifications_image_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_verifications_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_verifications")),
        sa.UniqueConstraint("id", name=op.f("uq_verifications_id")),
        sa.UniqueConstraint("image_id", "user", name=op.f("uq_verifications_image_id_user")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Delete them."""
    op.drop_table("verifications")
    op.drop_index(op.f("ix_task_labels_label_id"), table_name="task_labels")
    op.drop_table("task_labels")
    op.drop_index(op.f("ix_image_labels_label_id_image_id"), table_name="image_labels")
    op.drop_table("image_labels")
    op.drop_index(op.f("ix_tokens_workspace_id_seq"), table_name="tokens")
    op.drop_table("tokens")
    op.drop_index(op.f("ix_tasks_workspace_id_seq"), table_name="tasks")
    op.drop_table("tasks")
    op.drop_index(op.f("ix_requests_workspace_id_seq"), table_name="requests")
    op.drop_table("requests")
    op.drop_index(op.f("ix_labels_workspace_id_seq"), table_name="labels")
    op.drop_table("labels")
    op.drop_index(op.f("ix_images_workspace_id_seq"), table_name="images")
    op.drop_index(op.f("ix_images_sha256"), table_name="images")
    op.drop_table("images")
    op.drop_index(op.f("ix_idempotency_created_us"), table_name="idempotency")
    op.drop_table("idempotency")
    op.drop_table("workspaces")
    op.drop_index(op.f("ix_audit_workspace_id_seq"), table_name="audit")
    op.drop_table("audit")
