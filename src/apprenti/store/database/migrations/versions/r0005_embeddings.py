"""What the packaged network makes of photos, for likeness."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "embeddings",
        sa.Column("seq", LONG, autoincrement=True, nullable=False),
        sa.Column("image_id", sa.String(length=36), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["images.id"], name=op.f("fk_embeddings_image_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_embeddings")),
        sa.UniqueConstraint("image_id", "made_by", name=op.f("uq_embeddings_image_id_made_by")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Delete it."""
    op.drop_table("embeddings")
