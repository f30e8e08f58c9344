"""What was taken over from elsewhere, and who was joined with whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_INDEX = sa.LargeBinary(32)
_TABLES = (
    *("told_apart", "likeness", "import_row", "past_gift", "import_batch"),
    *("adopted_membership", "adoption_run", "merge", "supporter_alias"),
)


def upgrade() -> None:
    """Make the tables."""
    _people()
    _stripe()
    _files()
    _likenesses()


def downgrade() -> None:
    """Take them back."""
    for name in _TABLES:
        op.drop_table(name)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _key(table: str, column: str = "id") -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}"))


def _once(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _indexed(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _people() -> None:
    op.create_table(
        "supporter_alias",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("supporter_id", _BIG, nullable=False),
        sa.Column("email_index", _INDEX, nullable=False),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary()),
        sa.Column("number", sa.String(20)),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        _to("supporter_alias", "supporter_id", "supporter"),
        _key("supporter_alias"),
        _once("supporter_alias", "email_index"),
        _once("supporter_alias", "number"),
    )
    _indexed("supporter_alias", "supporter_id")
    op.create_table(
        "merge",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("kept_id", _BIG, nullable=False),
        sa.Column("gone", sa.String(20), nullable=False),
        sa.Column("gone_since", _MOMENT, nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        _to("merge", "kept_id", "supporter"),
        _key("merge"),
        _once("merge", "gone"),
    )
    _indexed("merge", "kept_id")


def _stripe() -> None:
    op.create_table(
        "adoption_run",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.Column("cursor_sealed", sa.LargeBinary()),
        sa.Column("listed_at", _MOMENT),
        sa.Column("invoices_after", _BIG, nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        _key("adoption_run"),
    )
    op.create_table(
        "adopted_membership",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("membership_id", _BIG, nullable=False),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("stamped_at", _MOMENT),
        _to("adopted_membership", "membership_id", "membership"),
        _key("adopted_membership"),
        _once("adopted_membership", "membership_id"),
    )


def _files() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("cursor_line", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("drafted_at", _MOMENT, nullable=False),
        sa.Column("done_at", _MOMENT),
        sa.Column("undone_at", _MOMENT),
        sa.CheckConstraint(
            "state IN ('drafted', 'shown', 'running', 'done', 'undone')",
            name=op.f("ck_import_batch_state"),
        ),
        _key("import_batch"),
        _once("import_batch", "public_id"),
    )
    _indexed("import_batch", "sha256")
    op.create_table(
        "past_gift",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("supporter_id", _BIG, nullable=False),
        sa.Column("batch_id", _BIG),
        sa.Column("membership_id", _BIG),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("key", _INDEX, nullable=False),
        sa.Column("frequency", sa.String(10), nullable=False),
        sa.Column("sums", sa.Boolean(), nullable=False),
        sa.Column("given_at", _MOMENT, nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("amount_minor", _BIG, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_past_gift_positive")),
        sa.CheckConstraint(
            "frequency IN ('once', 'monthly', 'annual', 'other')",
            name=op.f("ck_past_gift_frequency"),
        ),
        _to("past_gift", "supporter_id", "supporter"),
        _to("past_gift", "batch_id", "import_batch"),
        _to("past_gift", "membership_id", "membership"),
        _key("past_gift"),
        _once("past_gift", "public_id"),
        _once("past_gift", "key"),
    )
    _indexed("past_gift", "supporter_id", "batch_id", "membership_id")
    _rows()


def _rows() -> None:
    op.create_table(
        "import_row",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("batch_id", _BIG, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("digest", _INDEX, nullable=False),
        sa.Column("person", _INDEX),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(30), server_default="", nullable=False),
        sa.Column("likely_id", _BIG),
        sa.Column("likely_line", sa.Integer()),
        sa.Column("likely_why", sa.String(10), server_default="", nullable=False),
        sa.Column("decision", sa.String(10)),
        sa.Column("supporter_id", _BIG),
        sa.Column("gift_id", _BIG),
        sa.Column("made", sa.String(10), server_default="", nullable=False),
        sa.Column("original_sealed", sa.LargeBinary()),
        sa.CheckConstraint(
            "outcome IN ('taken', 'known', 'awaits', 'skipped', 'bad', 'undone', 'kept')",
            name=op.f("ck_import_row_outcome"),
        ),
        sa.CheckConstraint(
            "decision IN ('same', 'new', 'skip')", name=op.f("ck_import_row_decision")
        ),
        sa.CheckConstraint(
            "made IN ('', 'supporter', 'alias', 'name', 'alias+name')",
            name=op.f("ck_import_row_made"),
        ),
        _to("import_row", "batch_id", "import_batch"),
        _to("import_row", "likely_id", "supporter"),
        _to("import_row", "supporter_id", "supporter"),
        _to("import_row", "gift_id", "past_gift"),
        _key("import_row"),
        _once("import_row", "batch_id", "line"),
    )
    _indexed("import_row", "likely_id", "supporter_id", "gift_id")
    op.create_index("ix_import_row_outcome", "import_row", ["batch_id", "outcome"])


def _likenesses() -> None:
    op.create_table(
        "likeness",
        sa.Column("supporter_id", _BIG, nullable=False),
        sa.Column("of_email", _INDEX, nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("name_index", _INDEX),
        sa.Column("bare_index", _INDEX, nullable=False),
        _to("likeness", "supporter_id", "supporter"),
        _key("likeness", "supporter_id"),
    )
    _indexed("likeness", "name_index", "bare_index")
    op.create_table(
        "told_apart",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("one_id", _BIG, nullable=False),
        sa.Column("other_id", _BIG, nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_told_apart_ordered")),
        _to("told_apart", "one_id", "supporter"),
        _to("told_apart", "other_id", "supporter"),
        _key("told_apart"),
        _once("told_apart", "one_id", "other_id"),
    )
    _indexed("told_apart", "other_id")
