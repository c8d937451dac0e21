"""What lessons need of a training, kept with the version that came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INDEX = "ix_versions_run_sha256"


def upgrade() -> None:
    """Make the column and its index."""
    op.add_column(
        "versions", sa.Column("run_sha256", sa.String(length=64), nullable=False, server_default="")
    )
    op.create_index(INDEX, "versions", ["run_sha256"], unique=False)


def downgrade() -> None:
    """Undo it."""
    op.drop_index(INDEX, table_name="versions")
    op.drop_column("versions", "run_sha256")
