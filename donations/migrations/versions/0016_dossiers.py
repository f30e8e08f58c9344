"""Changes of mailbox, and erasures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "mailbox_change",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("supporter_id", _BIG, nullable=False),
        sa.Column("new_sealed", sa.LargeBinary()),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("old_agreed_at", _MOMENT),
        sa.Column("new_agreed_at", _MOMENT),
        sa.Column("ended_at", _MOMENT),
        sa.CheckConstraint(
            "state IN ('asked', 'done', 'ended')", name=op.f("ck_mailbox_change_state")
        ),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_mailbox_change_supporter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_change")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mailbox_change_public_id")),
    )
    op.create_index(op.f("ix_mailbox_change_supporter_id"), "mailbox_change", ["supporter_id"])
    op.create_table(
        "erasure",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("supporter_id", _BIG, nullable=False),
        sa.Column("by", sa.String(10), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("done_at", _MOMENT),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_erasure_supporter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("supporter_id", name=op.f("uq_erasure_supporter_id")),
    )


def downgrade() -> None:
    """Take them back."""
    op.drop_table("erasure")
    op.drop_table("mailbox_change")
