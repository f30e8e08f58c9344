"""What supporters ask of their memberships, and when a pause or a membership is to end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table, and widen memberships."""
    op.add_column("membership", sa.Column("ends_at", _MOMENT))
    op.add_column("membership", sa.Column("resumes_at", _MOMENT))
    op.create_table(
        "membership_order",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("membership_id", _BIG, nullable=False),
        sa.Column("action", sa.String(12), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("via", sa.String(12), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("done_at", _MOMENT),
        sa.Column("dropped_at", _MOMENT),
        sa.Column("dropped_because", sa.String(60), nullable=False, server_default=""),
        sa.CheckConstraint(
            "done_at IS NULL OR dropped_at IS NULL", name=op.f("ck_membership_order_one_end")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_membership_order_membership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_order")),
        sa.UniqueConstraint("public_id", name=op.f("uq_membership_order_public_id")),
    )
    op.create_index(
        op.f("ix_membership_order_membership_id"), "membership_order", ["membership_id"]
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("membership_order")
    with op.batch_alter_table("membership") as table:
        table.drop_column("resumes_at")
        table.drop_column("ends_at")
