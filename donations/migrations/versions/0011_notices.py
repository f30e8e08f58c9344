"""What members were told without having asked, and when the card on file expires."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "notice",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("membership_id", _BIG, nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("about", sa.String(80), nullable=False),
        sa.Column("reason", sa.String(20), server_default="", nullable=False),
        sa.Column("next_at", _MOMENT, nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_notice_membership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "membership_id", "kind", "about", name=op.f("uq_notice_membership_id_kind_about")
        ),
    )
    op.create_table(
        "card_on_file",
        sa.Column("membership_id", _BIG, nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("checked_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_card_on_file_membership_id")
        ),
        sa.PrimaryKeyConstraint("membership_id", name=op.f("pk_card_on_file")),
    )


def downgrade() -> None:
    """Take them back."""
    op.drop_table("card_on_file")
    op.drop_table("notice")
