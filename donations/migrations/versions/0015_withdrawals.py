"""Memberships ended without signing in, and why they ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "withdrawal",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("membership_id", _BIG, nullable=False),
        sa.Column("receipt_number", _BIG, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_withdrawal_membership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_withdrawal_public_id")),
    )
    op.create_index(op.f("ix_withdrawal_membership_id"), "withdrawal", ["membership_id"])
    op.create_table(
        "withdrawal_try",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("email_index", sa.LargeBinary(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal_try")),
        sa.UniqueConstraint("email_index", "day", name=op.f("uq_withdrawal_try_email_index_day")),
    )
    op.create_index(op.f("ix_withdrawal_try_day"), "withdrawal_try", ["day"])
    op.create_table(
        "ending_reason",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("membership_id", _BIG, nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_ending_reason_membership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ending_reason")),
        sa.UniqueConstraint("membership_id", name=op.f("uq_ending_reason_membership_id")),
    )
    op.create_index(op.f("ix_ending_reason_at"), "ending_reason", ["at"])


def downgrade() -> None:
    """Take them back."""
    for name in ("ending_reason", "withdrawal_try", "withdrawal"):
        op.drop_table(name)
