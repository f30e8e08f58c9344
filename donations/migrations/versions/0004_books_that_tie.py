"""Entries get numbers and accounting dates; the database itself keeps them balanced and closed.

What was booked before gets its dates in the newsroom's zone and its totals by day.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import context, op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = ("ledger_entry", "ledger_posting")
_REFUSAL = "The books are append-only; correct an entry by reversing it."
_CLOSED = "This month is closed; what comes late is posted to the open month."
_LOCKED = "A closed month is never opened again."
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns, date what is there, and put the triggers in place."""
    _drop_append_only()
    _set_roles("finance", "accountant", "support", "editor", "admin")
    _widen()
    _date_entries()
    _tighten()
    _open_books()
    _sum_days()
    _add_append_only()
    _keep_balanced()
    _keep_closed()
    _keep_whole()
    _keep_locked()


def downgrade() -> None:
    """Take it back; entries and postings stay, offline gifts would not fit and must be gone."""
    _free()
    _drop_append_only()
    for name in ("ledger_method_day", "ledger_month", "ledger_day", "ledger_books"):
        op.execute(sa.delete(sa.table(name)))  # the way up makes them anew
    op.drop_column("ledger_posting", "fund")
    with op.batch_alter_table("ledger_entry") as table:
        table.drop_constraint(op.f("fk_ledger_entry_reverses_id"), type_="foreignkey")
        table.drop_constraint(op.f("uq_ledger_entry_reverses_id"), type_="unique")
        table.drop_constraint(op.f("uq_ledger_entry_number"), type_="unique")
        table.drop_index(op.f("ix_ledger_entry_posted_on"))
        table.drop_index(op.f("ix_ledger_entry_kind"))
        table.drop_index(op.f("ix_ledger_entry_exchanged"))
        table.drop_index(op.f("ix_ledger_entry_occurred_at"))
        table.create_index(op.f("ix_ledger_entry_occurred_at"), ["occurred_at"])
        for name in (*_ENTRY_COLUMNS, "number", "posted_on", "reverses_id"):
            table.drop_column(name)
    with op.batch_alter_table("gift") as table:
        table.drop_constraint(op.f("ck_gift_one_way_in"), type_="check")
        table.drop_constraint(op.f("fk_gift_batch_id"), type_="foreignkey")
        table.drop_index(op.f("ix_gift_batch_id"))
        table.drop_column("batch_id")
        table.drop_column("fund")
        for name, kind in _GIFT_WAYS:
            table.alter_column(name, existing_type=kind, nullable=False)
    op.drop_column("checkout", "fund")
    _set_roles("finance", "support", "editor", "admin")
    _add_append_only()


_ENTRY_COLUMNS = {
    "campaign": sa.String(length=30),
    "method": sa.String(length=30),
    "card_country": sa.String(length=2),
    "cohort": sa.String(length=7),
    "memo": sa.String(length=200),
}
_GIFT_WAYS = (
    ("checkout_id", _BIG),
    ("payment_sealed", sa.LargeBinary()),
    ("payment_index", sa.LargeBinary(length=32)),
)


def _widen() -> None:
    op.add_column("checkout", _fund())
    op.add_column("ledger_posting", _fund())
    for name, kind in _ENTRY_COLUMNS.items():
        op.add_column("ledger_entry", sa.Column(name, kind, nullable=True))
    for name, kind in (("number", _BIG), ("posted_on", sa.Date()), ("reverses_id", _BIG)):
        op.add_column("ledger_entry", sa.Column(name, kind, nullable=True))
    with op.batch_alter_table("gift") as table:
        table.add_column(sa.Column("batch_id", _BIG, nullable=True))
        table.add_column(_fund())
        for name, kind in _GIFT_WAYS:
            table.alter_column(name, existing_type=kind, nullable=True)
        table.create_foreign_key(op.f("fk_gift_batch_id"), "offline_batch", ["batch_id"], ["id"])
        table.create_index(op.f("ix_gift_batch_id"), ["batch_id"])
        table.create_check_constraint(
            op.f("ck_gift_one_way_in"), "(payment_index IS NULL) = (batch_id IS NOT NULL)"
        )


def _set_roles(*roles: str) -> None:
    known = ", ".join(f"'{role}'" for role in roles)
    with op.batch_alter_table("staff_member") as table:
        table.drop_constraint(op.f("ck_staff_member_role"), type_="check")
        table.create_check_constraint(op.f("ck_staff_member_role"), f"role IN ({known})")


def _fund() -> sa.Column[str]:
    return sa.Column("fund", sa.String(length=30), server_default="", nullable=False)


def _date_entries() -> None:
    """Number entries in the order they were booked and date them by the newsroom's clocks."""
    connection, zone = op.get_bind(), ZoneInfo(_zone())
    entry = sa.table(
        "ledger_entry",
        sa.column("id"),
        sa.column("number"),
        sa.column("posted_on", sa.Date()),
        sa.column("occurred_at", sa.DateTime(timezone=True)),
        sa.column("gift_reference"),
        sa.column("method"),
        sa.column("campaign"),
    )
    dated = (
        sa.update(entry)
        .where(entry.c.id == sa.bindparam("row"))
        .values(number=sa.bindparam("to_number"), posted_on=sa.bindparam("day"))
    )
    rows = connection.execute(sa.select(entry.c.id, entry.c.occurred_at).order_by(entry.c.id))
    values = [
        {"row": row, "to_number": number, "day": _utc(at).astimezone(zone).date()}
        for number, (row, at) in enumerate(rows.all(), 1)
    ]
    if values:
        connection.execute(dated, values)
    connection.execute(sa.text(_ABOUT))


# What is known of a gift beside the entry itself.
_ABOUT = (
    "UPDATE ledger_entry SET"
    " method = (SELECT gift.method FROM gift WHERE gift.public_id = gift_reference),"
    " campaign = (SELECT checkout.placement FROM gift"
    " JOIN checkout ON checkout.id = gift.checkout_id WHERE gift.public_id = gift_reference)"
)


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _tighten() -> None:
    with op.batch_alter_table("ledger_entry") as table:
        table.alter_column("number", existing_type=_BIG, nullable=False)
        table.alter_column("posted_on", existing_type=sa.Date(), nullable=False)
        table.create_unique_constraint(op.f("uq_ledger_entry_number"), ["number"])
        table.create_unique_constraint(op.f("uq_ledger_entry_reverses_id"), ["reverses_id"])
        table.create_foreign_key(
            op.f("fk_ledger_entry_reverses_id"), "ledger_entry", ["reverses_id"], ["id"]
        )
        table.create_index(op.f("ix_ledger_entry_posted_on"), ["posted_on"])
        table.drop_index(op.f("ix_ledger_entry_occurred_at"))
        table.create_index(op.f("ix_ledger_entry_occurred_at"), ["occurred_at", "available_on"])
        table.create_index(op.f("ix_ledger_entry_kind"), ["kind", "posted_on"])
        converted = sa.text("exchange_rate IS NOT NULL")
        table.create_index(
            op.f("ix_ledger_entry_exchanged"),
            ["posted_on"],
            sqlite_where=converted,
            postgresql_where=converted,
        )


def _open_books() -> None:
    op.get_bind().execute(
        sa.text(
            "INSERT INTO ledger_books (id, zone, closed_through, last_number)"
            " SELECT 1, :zone, NULL, coalesce(max(number), 0) FROM ledger_entry"
        ),
        {"zone": _zone()},
    )


def _sum_days() -> None:
    op.execute(
        "INSERT INTO ledger_day SELECT posted_on, account, currency, kind,"
        " coalesce(frequency, ''), fund, coalesce(campaign, ''), '',"
        " sum(amount_minor), count(*)"
        " FROM ledger_posting JOIN ledger_entry ON ledger_entry.id = entry_id"
        " GROUP BY posted_on, account, currency, kind, coalesce(frequency, ''), fund,"
        " coalesce(campaign, '')"
    )
    op.execute(
        "INSERT INTO ledger_month SELECT substr(CAST(posted_on AS VARCHAR), 1, 7), account,"
        " currency, kind, frequency, fund, campaign, cohort, sum(minor), sum(entries)"
        " FROM ledger_day GROUP BY substr(CAST(posted_on AS VARCHAR), 1, 7), account, currency,"
        " kind, frequency, fund, campaign, cohort"
    )
    op.execute(
        "INSERT INTO ledger_method_day SELECT posted_on, coalesce(method, 'unknown'), '', currency,"
        " count(DISTINCT ledger_entry.id),"
        " -sum(CASE WHEN account = 'income' THEN amount_minor ELSE 0 END),"
        " sum(CASE WHEN account = 'fees' THEN amount_minor ELSE 0 END), 0"
        " FROM ledger_posting JOIN ledger_entry ON ledger_entry.id = entry_id"
        " WHERE kind = 'gift' GROUP BY posted_on, coalesce(method, 'unknown'), currency"
    )


def _zone() -> str:
    return str(context.config.attributes.get("zone", "UTC"))


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _add_append_only() -> None:
    for table in _TABLES:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_refuses_{verb.lower()}"
            does = (
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
                if _postgresql()
                else f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
            op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {does}")


def _drop_append_only() -> None:
    for table in _TABLES:
        for verb in ("update", "delete"):
            _drop_trigger(f"{table}_refuses_{verb}", table)


def _drop_trigger(name: str, table: str) -> None:
    op.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if _postgresql() else ""))


# An entry waits in ledger_unbalanced from its own row until its postings sum to nothing in every
# currency; a row there breaks a reference that is checked when the transaction ends.
_WAITS = "INSERT INTO ledger_unbalanced VALUES (NEW.id, '', 0, 1)"
_COUNTS = (
    "DELETE FROM ledger_unbalanced WHERE entry_id = NEW.entry_id AND currency = ''",
    (
        "INSERT INTO ledger_unbalanced VALUES (NEW.entry_id, NEW.currency, NEW.amount_minor, 1)"
        " ON CONFLICT (entry_id, currency) DO UPDATE"
        " SET minor = ledger_unbalanced.minor + excluded.minor"
    ),
    (
        "DELETE FROM ledger_unbalanced"
        " WHERE entry_id = NEW.entry_id AND currency = NEW.currency AND minor = 0"
    ),
)


def _keep_balanced() -> None:
    _after_insert("ledger_entry", "ledger_entry_waits", (_WAITS,))
    _after_insert("ledger_posting", "ledger_posting_counts", _COUNTS)


def _after_insert(table: str, name: str, statements: tuple[str, ...]) -> None:
    does = "; ".join(statements)
    if not _postgresql():
        op.execute(f"CREATE TRIGGER {name} AFTER INSERT ON {table} BEGIN {does}; END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {does}; RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def _keep_closed() -> None:
    _refuse_insert(
        "ledger_entry",
        "ledger_entry_keeps_closed",
        "NEW.posted_on <= (SELECT closed_through FROM ledger_books)",
        _CLOSED,
    )


def _keep_whole() -> None:
    """An entry is whole once its number is counted; nothing is added to it afterwards."""
    _refuse_insert(
        "ledger_posting",
        "ledger_posting_keeps_whole",
        "(SELECT number FROM ledger_entry WHERE id = NEW.entry_id)"
        " <= (SELECT last_number FROM ledger_books)",
        _REFUSAL,
    )


def _keep_locked() -> None:
    """No month opens again, and what a month was closed with stays as it is."""
    earlier = "OLD.closed_through IS NOT NULL AND (NEW.closed_through IS NULL"
    _refuse(
        "UPDATE OF closed_through",
        "ledger_books",
        "ledger_books_stay_closed",
        f"{earlier} OR NEW.closed_through < OLD.closed_through)",
        _LOCKED,
    )
    _refuse("DELETE", "closed_month", "closed_month_stays", "OLD.month IS NOT NULL", _LOCKED)
    kept = " OR ".join(
        f"NEW.{name} <> OLD.{name}"
        for name in ("month", "closed_at", "closed_by", "last_number", "facts")
    )
    sealed = "(OLD.pack_sha256 <> '' AND NEW.pack_sha256 <> OLD.pack_sha256)"
    _refuse("UPDATE", "closed_month", "closed_month_stays_the_same", f"{kept} OR {sealed}", _LOCKED)


def _refuse_insert(table: str, name: str, when: str, refusal: str) -> None:
    _refuse("INSERT", table, name, when, refusal)


def _refuse(event: str, table: str, name: str, when: str, refusal: str) -> None:
    if not _postgresql():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when}"
            f" BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN IF {when} THEN RAISE EXCEPTION '{refusal}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def _free() -> None:
    for table, name in (
        ("ledger_entry", "ledger_entry_waits"),
        ("ledger_posting", "ledger_posting_counts"),
        ("ledger_entry", "ledger_entry_keeps_closed"),
        ("ledger_posting", "ledger_posting_keeps_whole"),
        ("ledger_books", "ledger_books_stay_closed"),
        ("closed_month", "closed_month_stays"),
        ("closed_month", "closed_month_stays_the_same"),
    ):
        _drop_trigger(name, table)
        if _postgresql():
            op.execute(f"DROP FUNCTION {name}()")
