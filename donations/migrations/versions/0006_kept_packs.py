"""Packs of closed months, made by a job and kept in parts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; packs of months closed before are made when somebody asks."""
    op.create_table(
        "pack_part",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["month"], ["closed_month.month"], name=op.f("fk_pack_part_month")),
        sa.PrimaryKeyConstraint("month", "number", name=op.f("pk_pack_part")),
    )


def downgrade() -> None:
    """Take it back; every pack can be made again."""
    op.drop_table("pack_part")
