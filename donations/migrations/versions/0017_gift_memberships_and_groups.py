"""Gift memberships, groups and their seats."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _gift_membership()
    _membership_group()
    _group_seat()


def downgrade() -> None:
    """Take them back."""
    for name in ("group_seat", "membership_group", "gift_membership"):
        op.drop_table(name)


def _gift_membership() -> None:
    op.create_table(
        "gift_membership",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("tier_id", _BIG, nullable=False),
        sa.Column("checkout_id", _BIG, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("send_on", sa.Date()),
        sa.Column("recipient_sealed", sa.LargeBinary()),
        sa.Column("email_index", sa.LargeBinary(32)),
        sa.Column("message_sealed", sa.LargeBinary()),
        sa.Column("token_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary()),
        sa.Column("ordered_at", _MOMENT, nullable=False),
        sa.Column("paid_at", _MOMENT),
        sa.Column("sent_at", _MOMENT),
        sa.Column("redeem_until", _MOMENT),
        sa.Column("redeemed_at", _MOMENT),
        sa.Column("redeemed_by_id", _BIG),
        sa.Column("ended_at", _MOMENT),
        sa.Column("converted_at", _MOMENT),
        sa.Column("membership_id", _BIG),
        sa.CheckConstraint(
            "state IN ('ordered', 'paid', 'sent', 'redeemed', 'ended', 'converted', 'expired',"
            " 'refunded')",
            name=op.f("ck_gift_membership_state"),
        ),
        sa.ForeignKeyConstraint(["tier_id"], ["tier.id"], name=op.f("fk_gift_membership_tier_id")),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["checkout.id"], name=op.f("fk_gift_membership_checkout_id")
        ),
        sa.ForeignKeyConstraint(
            ["redeemed_by_id"], ["supporter.id"], name=op.f("fk_gift_membership_redeemed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_gift_membership_membership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_membership")),
        sa.UniqueConstraint("public_id", name=op.f("uq_gift_membership_public_id")),
        sa.UniqueConstraint("checkout_id", name=op.f("uq_gift_membership_checkout_id")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_gift_membership_token_digest")),
    )
    for column in ("tier_id", "state", "email_index", "redeemed_by_id", "membership_id"):
        op.create_index(op.f(f"ix_gift_membership_{column}"), "gift_membership", [column])


def _membership_group() -> None:
    op.create_table(
        "membership_group",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("membership_id", _BIG, nullable=False),
        sa.Column("tier_id", _BIG, nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("seats_before", sa.Integer(), nullable=False),
        sa.Column("frequency", sa.String(10), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("price_minor", _BIG, nullable=False),
        sa.Column("price_before_minor", _BIG, nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.CheckConstraint(
            "seats BETWEEN 1 AND 50 AND seats_before BETWEEN 1 AND 50",
            name=op.f("ck_membership_group_seats"),
        ),
        sa.CheckConstraint(
            "price_minor > 0 AND price_before_minor > 0",
            name=op.f("ck_membership_group_positive"),
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_membership_group_membership_id")
        ),
        sa.ForeignKeyConstraint(["tier_id"], ["tier.id"], name=op.f("fk_membership_group_tier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_group")),
        sa.UniqueConstraint("public_id", name=op.f("uq_membership_group_public_id")),
        sa.UniqueConstraint("membership_id", name=op.f("uq_membership_group_membership_id")),
    )
    op.create_index(op.f("ix_membership_group_tier_id"), "membership_group", ["tier_id"])


def _group_seat() -> None:
    op.create_table(
        "group_seat",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("group_id", _BIG, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("email_sealed", sa.LargeBinary()),
        sa.Column("email_index", sa.LargeBinary(32)),
        sa.Column("token_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary()),
        sa.Column("supporter_id", _BIG),
        sa.Column("invited_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("taken_at", _MOMENT),
        sa.Column("ended_at", _MOMENT),
        sa.CheckConstraint(
            "state IN ('invited', 'taken', 'released', 'ended', 'withdrawn', 'expired')",
            name=op.f("ck_group_seat_state"),
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["membership_group.id"], name=op.f("fk_group_seat_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_group_seat_supporter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_seat")),
        sa.UniqueConstraint("public_id", name=op.f("uq_group_seat_public_id")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_group_seat_token_digest")),
    )
    for column in ("group_id", "state", "email_index", "supporter_id"):
        op.create_index(op.f(f"ix_group_seat_{column}"), "group_seat", [column])
