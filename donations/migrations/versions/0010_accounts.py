"""Supporters sign in: links, sessions, passkeys, and what they wish."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_DIGEST = sa.LargeBinary(32)
_TABLES = ("sign_in_ask", "account_link", "account_session", "passkey", "passkey_challenge")


def upgrade() -> None:
    """Make the tables, widen supporters, and let a reader ask for no letter but the asked for."""
    op.add_column(
        "supporter",
        sa.Column("anonymous", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.add_column("supporter", sa.Column("wishes", sa.JSON(), nullable=False, server_default="{}"))
    _scopes("scope IN ('everything', 'unasked', 'wishes', 'reminders')")
    _make_ways_in()
    _make_passkeys()


def downgrade() -> None:
    """Take it back; who wanted no letter unasked gets only those they need."""
    for name in reversed(_TABLES):
        op.drop_table(name)
    op.execute(
        "DELETE FROM suppression WHERE scope = 'unasked' AND EXISTS (SELECT 1 FROM suppression s"
        " WHERE s.email_index = suppression.email_index AND s.scope = 'wishes')"
    )
    op.execute("UPDATE suppression SET scope = 'wishes' WHERE scope = 'unasked'")
    _scopes("scope IN ('everything', 'wishes', 'reminders')")
    with op.batch_alter_table("supporter") as table:
        table.drop_column("wishes")
        table.drop_column("anonymous")


def _scopes(which: str) -> None:
    with op.batch_alter_table("suppression") as table:
        table.drop_constraint(op.f("ck_suppression_scope"), type_="check")
        table.create_check_constraint(op.f("ck_suppression_scope"), which)


def _make_ways_in() -> None:
    op.create_table(
        "sign_in_ask",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("email_index", _DIGEST, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("next_path", sa.String(200), nullable=False, server_default=""),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_ask")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sign_in_ask_asked_at"), "sign_in_ask", ["asked_at"])
    op.create_index("ix_sign_in_ask_address", "sign_in_ask", ["email_index", "asked_at"])
    op.create_table(
        "account_link",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("token_digest", _DIGEST, nullable=False),
        sa.Column("supporter_id", _BIG, nullable=False),
        sa.Column("next_path", sa.String(200), nullable=False, server_default=""),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT),
        *_keys("account_link", "token_digest"),
    )
    op.create_table(
        "account_session",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("token_digest", _DIGEST, nullable=False),
        sa.Column("supporter_id", _BIG, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        *_keys("account_session", "token_digest"),
    )
    _index("account_link", "supporter_id", "made_at")
    _index("account_session", "supporter_id", "created_at")


def _make_passkeys() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("supporter_id", _BIG, nullable=False),
        sa.Column("credential_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("credential_index", _DIGEST, nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("uses", _BIG, nullable=False),
        sa.Column("synced", sa.Boolean(), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT),
        *_keys("passkey", "public_id", "credential_index"),
    )
    op.create_table(
        "passkey_challenge",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("challenge_digest", _DIGEST, nullable=False),
        sa.Column("supporter_id", _BIG),
        sa.Column("made_at", _MOMENT, nullable=False),
        *_keys("passkey_challenge", "challenge_digest"),
    )
    _index("passkey", "supporter_id")
    _index("passkey_challenge", "supporter_id", "made_at")


def _keys(table: str, *unique: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f(f"fk_{table}_supporter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *(sa.UniqueConstraint(name, name=op.f(f"uq_{table}_{name}")) for name in unique),
    )


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
