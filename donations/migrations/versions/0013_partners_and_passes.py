"""Keys and messages of other programs; keys of passes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_TABLES = (
    *("partner_standing", "partner_delivery", "partner_event", "partner_endpoint"),
    *("api_key_day", "api_key", "pass_count", "pass_site", "pass_key"),
)


def upgrade() -> None:
    """Make the tables; memberships there are count as told of already."""
    _passes()
    _keys()
    _endpoints()
    _events()
    _standings()


def downgrade() -> None:
    """Take them back."""
    for name in _TABLES:
        op.drop_table(name)


def _passes() -> None:
    op.create_table(
        "pass_key",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("kid", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(5), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary()),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("signs_until", _MOMENT, nullable=False),
        sa.Column("valid_until", _MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('jwt', 'blind')", name=op.f("ck_pass_key_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_key")),
        sa.UniqueConstraint("kid", name=op.f("uq_pass_key_kid")),
        sa.UniqueConstraint(
            "kind", "level", "starts_at", name=op.f("uq_pass_key_kind_level_starts_at")
        ),
    )
    op.create_index(op.f("ix_pass_key_valid_until"), "pass_key", ["valid_until"])
    op.create_table(
        "pass_site",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("origin", sa.String(200), nullable=False),
        sa.Column("landing", sa.String(500), nullable=False),
        sa.Column("added_by", sa.String(80), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_site")),
        sa.UniqueConstraint("public_id", name=op.f("uq_pass_site_public_id")),
        sa.UniqueConstraint("origin", name=op.f("uq_pass_site_origin")),
    )
    op.create_table(
        "pass_count",
        sa.Column("taker_index", sa.LargeBinary(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("taker_index", name=op.f("pk_pass_count")),
    )
    op.create_index(op.f("ix_pass_count_day"), "pass_count", ["day"])


def _keys() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("prefix", sa.String(12), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("last_used_on", sa.Date()),
        sa.Column("window_at", _MOMENT),
        sa.Column("window_count", sa.Integer(), nullable=False),
        sa.Column("revoked_at", _MOMENT),
        sa.Column("revoked_by", sa.String(80)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
    )
    op.create_table(
        "api_key_day",
        sa.Column("key_id", _BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_api_key_day_key_id")),
        sa.PrimaryKeyConstraint("key_id", "day", name=op.f("pk_api_key_day")),
    )


def _endpoints() -> None:
    op.create_table(
        "partner_endpoint",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("url_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(5), nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('on', 'off', 'gone')", name=op.f("ck_partner_endpoint_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_endpoint")),
        sa.UniqueConstraint("public_id", name=op.f("uq_partner_endpoint_public_id")),
    )


def _events() -> None:
    op.create_table(
        "partner_event",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("public_id", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("cause", sa.String(160), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_event")),
        sa.UniqueConstraint("public_id", name=op.f("uq_partner_event_public_id")),
        sa.UniqueConstraint("cause", name=op.f("uq_partner_event_cause")),
    )
    op.create_index(op.f("ix_partner_event_at"), "partner_event", ["at"])
    op.create_table(
        "partner_delivery",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("event_id", _BIG, nullable=False),
        sa.Column("endpoint_id", _BIG, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_tried_at", _MOMENT),
        sa.Column("tried_at", _MOMENT),
        sa.Column("status", sa.Integer()),
        sa.Column("problem", sa.String(80)),
        sa.Column("done_at", _MOMENT),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'failed', 'dropped')",
            name=op.f("ck_partner_delivery_state"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["partner_event.id"], name=op.f("fk_partner_delivery_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["partner_endpoint.id"], name=op.f("fk_partner_delivery_endpoint_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_delivery")),
        sa.UniqueConstraint(
            "event_id", "endpoint_id", name=op.f("uq_partner_delivery_event_id_endpoint_id")
        ),
    )
    op.create_index(
        "ix_partner_delivery_endpoint_state", "partner_delivery", ["endpoint_id", "state"]
    )


def _standings() -> None:
    op.create_table(
        "partner_standing",
        sa.Column("membership_id", _BIG, nullable=False, autoincrement=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("frequency", sa.String(10), nullable=False),
        sa.Column("amount_minor", _BIG, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("ends_with_period", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_partner_standing_membership_id")
        ),
        sa.PrimaryKeyConstraint("membership_id", name=op.f("pk_partner_standing")),
    )
    op.execute(
        "INSERT INTO partner_standing"
        " (membership_id, state, frequency, amount_minor, currency, ends_with_period, told)"
        " SELECT id, state, frequency, amount_minor, currency, ends_with_period, 0 FROM membership"
    )
