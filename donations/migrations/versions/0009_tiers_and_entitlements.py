"""Tiers with prices and benefits, who is entitled to them, and promos."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_TABLES = (
    *("promo_term", "promo", "comp", "entitlement"),
    *("tier_worth", "tier_price", "tier_words", "tier"),
)
_REGULAR = "frequency IN ('monthly', 'annual')"


def upgrade() -> None:
    """Make the tables; no membership has a tier yet, and no gift was for one."""
    _tiers()
    _entitlements()
    _promos()
    op.add_column("checkout", sa.Column("promo", sa.String(30), nullable=False, server_default=""))
    for name in ("membership", "gift"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("tier_id", _BIG))
            table.create_foreign_key(op.f(f"fk_{name}_tier_id"), "tier", ["tier_id"], ["id"])


def downgrade() -> None:
    """Take them back."""
    for name in ("gift", "membership"):
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(f"fk_{name}_tier_id"), type_="foreignkey")
            table.drop_column("tier_id")
    with op.batch_alter_table("checkout") as table:
        table.drop_column("promo")
    for name in _TABLES:
        op.drop_table(name)


def _id() -> sa.Column[int]:
    return sa.Column("id", _BIG, nullable=False)


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _once(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _check(table: str, name: str, what: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(what, name=op.f(f"ck_{table}_{name}"))


def _indexed(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _tiers() -> None:
    op.create_table(
        "tier",
        _id(),
        sa.Column("code", sa.String(30), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("created_at", _MOMENT, nullable=False),
        _key("tier"),
        _once("tier", "code"),
    )
    op.create_table(
        "tier_words",
        _id(),
        sa.Column("tier_id", _BIG, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("line", sa.String(200), nullable=False, server_default=""),
        sa.Column("benefits", sa.Text(), nullable=False, server_default=""),
        _to("tier_words", "tier_id", "tier"),
        _key("tier_words"),
        _once("tier_words", "tier_id", "language"),
    )
    op.create_table(
        "tier_price",
        _id(),
        sa.Column("tier_id", _BIG, nullable=False),
        *_priced(),
        _check("tier_price", "frequency", _REGULAR),
        _check("tier_price", "positive", "amount_minor > 0"),
        _to("tier_price", "tier_id", "tier"),
        _key("tier_price"),
        _once("tier_price", "tier_id", "frequency", "currency"),
    )
    op.create_table(
        "tier_worth",
        _id(),
        sa.Column("tier_id", _BIG, nullable=False),
        *_priced(),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("set_by", sa.String(80), nullable=False),
        sa.Column("set_at", _MOMENT, nullable=False),
        _check("tier_worth", "frequency", _REGULAR),
        _check("tier_worth", "kind", "kind IN ('gift', 'membership')"),
        _check("tier_worth", "not_negative", "amount_minor >= 0"),
        _to("tier_worth", "tier_id", "tier"),
        _key("tier_worth"),
        _once("tier_worth", "tier_id", "frequency", "currency", "from_on"),
    )
    for table in ("tier_words", "tier_price", "tier_worth"):
        _indexed(table, "tier_id")


def _priced() -> tuple[sa.Column[str] | sa.Column[int], ...]:
    return (
        sa.Column("frequency", sa.String(10), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount_minor", _BIG, nullable=False),
    )


def _entitlements() -> None:
    op.create_table(
        "entitlement",
        _id(),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("tier_id", _BIG, nullable=False),
        sa.Column("supporter_id", _BIG),
        sa.Column("origin", sa.String(12), nullable=False),
        sa.Column("origin_id", _BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("ended_because", sa.String(40), nullable=False, server_default=""),
        _check("entitlement", "origin", "origin IN ('membership', 'gift', 'comp', 'seat')"),
        _to("entitlement", "tier_id", "tier"),
        _to("entitlement", "supporter_id", "supporter"),
        _key("entitlement"),
        _once("entitlement", "public_id"),
        _once("entitlement", "origin", "origin_id", "number"),
    )
    _indexed("entitlement", "tier_id", "supporter_id", "state", "ends_at")
    op.create_table(
        "comp",
        _id(),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("tier_id", _BIG, nullable=False),
        sa.Column("supporter_id", _BIG),
        sa.Column("data_key_id", _BIG),
        sa.Column("email_sealed", sa.LargeBinary()),
        sa.Column("email_index", sa.LargeBinary(32)),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("reason", sa.String(120), nullable=False),
        sa.Column("granted_by", sa.String(80), nullable=False),
        sa.Column("granted_at", _MOMENT, nullable=False),
        sa.Column("revoked_at", _MOMENT),
        sa.Column("revoked_by", sa.String(80), nullable=False, server_default=""),
        _check("comp", "lasts", "ends_at > starts_at"),
        _to("comp", "tier_id", "tier"),
        _to("comp", "supporter_id", "supporter"),
        _to("comp", "data_key_id", "data_key"),
        _key("comp"),
        _once("comp", "public_id"),
    )
    _indexed("comp", "supporter_id", "email_index", "ends_at")


def _promos() -> None:
    op.create_table(
        "promo",
        _id(),
        sa.Column("code", sa.String(30), nullable=False),
        sa.Column("frequency", sa.String(10), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("first_amount_minor", _BIG, nullable=False),
        sa.Column("payments", sa.Integer(), nullable=False),
        sa.Column("then_amount_minor", _BIG, nullable=False),
        sa.Column("tier_id", _BIG),
        sa.Column("from_at", _MOMENT, nullable=False),
        sa.Column("until_at", _MOMENT),
        sa.Column("most_uses", sa.Integer()),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        _check("promo", "frequency", _REGULAR),
        _check("promo", "positive", "first_amount_minor > 0"),
        _check("promo", "rises", "then_amount_minor > first_amount_minor"),
        _check("promo", "payments", "payments BETWEEN 1 AND 12"),
        _check("promo", "lasts", "until_at IS NULL OR until_at > from_at"),
        _to("promo", "tier_id", "tier"),
        _key("promo"),
        _once("promo", "code"),
    )
    op.create_table(
        "promo_term",
        _id(),
        sa.Column("membership_id", _BIG, nullable=False),
        sa.Column("promo_id", _BIG, nullable=False),
        sa.Column("payments_left", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("order_id", _BIG),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.Column("told_at", _MOMENT),
        sa.Column("told_of", _MOMENT),
        sa.Column("ended_at", _MOMENT),
        sa.Column("ended_because", sa.String(20), nullable=False, server_default=""),
        _check("promo_term", "not_negative", "payments_left >= 0"),
        _to("promo_term", "membership_id", "membership"),
        _to("promo_term", "promo_id", "promo"),
        _to("promo_term", "order_id", "membership_order"),
        _key("promo_term"),
        _once("promo_term", "membership_id"),
    )
    _indexed("promo_term", "promo_id", "state")
