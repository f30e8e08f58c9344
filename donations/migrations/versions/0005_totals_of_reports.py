"""Totals that reports read: debits, what exchange rates touched, what payouts are made of.

Those of ways of paying are kept by month only, as they are read.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_RETURNED = sa.text(
    "kind IN ('refund', 'refund_failed', 'dispute', 'dispute_reversed', 'charge_failed',"
    " 'reversal')"
)


def upgrade() -> None:
    """Make the totals and fill them from what is booked."""
    for table in ("ledger_day", "ledger_month"):
        op.execute(sa.delete(sa.table(table)))  # one pass over the postings makes both anew
        op.add_column(table, sa.Column("debit_minor", _BIG, nullable=False, server_default="0"))
    op.create_index(
        "ix_ledger_entry_returned",
        "ledger_entry",
        ["posted_on", "number"],
        sqlite_where=_RETURNED,
        postgresql_where=_RETURNED,
    )
    for table in ("refund", "dispute"):
        op.add_column(
            table, sa.Column("moved", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        op.create_index(
            f"ix_{table}_not_moved",
            table,
            ["created_at"],
            sqlite_where=sa.text("moved = 0"),
            postgresql_where=sa.text("NOT moved"),
        )
        op.execute(_moved(table))
    _make_tables()
    for statement in (_DAYS, _MONTHS, _METHOD_MONTHS, _EXCHANGES, _PAYOUTS):
        op.execute(statement)
    op.drop_table("ledger_method_day")


def downgrade() -> None:
    """Take them back; everything in them can be made anew."""
    _make_methods("ledger_method_day", sa.Column("posted_on", sa.Date(), nullable=False))
    op.execute(_METHOD_DAYS)
    op.drop_table("ledger_method_month")
    op.drop_table("payout_total")
    op.drop_table("ledger_exchange_month")
    op.drop_index("ix_ledger_entry_returned", table_name="ledger_entry")
    for table in ("refund", "dispute"):
        op.drop_index(f"ix_{table}_not_moved", table_name=table)
        op.drop_column(table, "moved")
    for table in ("ledger_month", "ledger_day"):
        op.drop_column(table, "debit_minor")


def _make_methods(name: str, when: sa.Column[Any]) -> None:
    op.create_table(
        name,
        when,
        sa.Column("method", sa.String(30), nullable=False),
        sa.Column("card_country", sa.String(2), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        *(
            sa.Column(each, _BIG, nullable=False)
            for each in ("gifts", "volume_minor", "fee_minor", "tax_minor")
        ),
        sa.PrimaryKeyConstraint(
            when.name, "method", "card_country", "currency", name=op.f(f"pk_{name}")
        ),
    )


def _make_tables() -> None:
    _make_methods("ledger_method_month", sa.Column("month", sa.String(7), nullable=False))
    op.create_table(
        "ledger_exchange_month",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("charged_currency", sa.String(3), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        *(
            sa.Column(name, _BIG, nullable=False)
            for name in ("entries", "charged_minor", "settled_minor", "gain_minor")
        ),
        sa.PrimaryKeyConstraint(
            "month", "charged_currency", "currency", name=op.f("pk_ledger_exchange_month")
        ),
    )
    op.create_table(
        "payout_total",
        sa.Column("payout_id", _BIG, nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        *(
            sa.Column(name, _BIG, nullable=False)
            for name in ("lines", "unbooked", "amount_minor", "fee_minor", "exchange_minor")
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_payout_total_payout_id")
        ),
        sa.PrimaryKeyConstraint("payout_id", "name", name=op.f("pk_payout_total")),
    )


def _moved(table: str) -> sa.Update:
    """A return has moved if its gift has an entry of that kind; the sweep mends the rest."""
    row = sa.table(table, sa.column("gift_id"), sa.column("moved", sa.Boolean()))
    gift = sa.table("gift", sa.column("id"), sa.column("public_id"))
    entry = sa.table("ledger_entry", sa.column("gift_reference"), sa.column("kind"))
    booked = sa.exists().where(
        gift.c.id == row.c.gift_id,
        entry.c.gift_reference == gift.c.public_id,
        entry.c.kind == table,
    )
    return sa.update(row).where(booked).values(moved=True)


_DEBITS = "sum(CASE WHEN amount_minor > 0 THEN amount_minor ELSE 0 END)"
_COHORT = "CASE WHEN account = 'deferred' THEN coalesce(cohort, '') ELSE '' END"
_DAYS = f"""
    INSERT INTO ledger_day (posted_on, account, currency, kind, frequency, fund, campaign, cohort,
        minor, debit_minor, entries)
    SELECT posted_on, account, currency, kind, coalesce(frequency, ''), fund,
        coalesce(campaign, ''), {_COHORT}, sum(amount_minor), {_DEBITS}, count(*)
    FROM ledger_posting JOIN ledger_entry ON ledger_entry.id = entry_id
    GROUP BY posted_on, account, currency, kind, coalesce(frequency, ''), fund,
        coalesce(campaign, ''), {_COHORT}
"""  # noqa: S608 - our own words
_MONTHS = """
    INSERT INTO ledger_month (month, account, currency, kind, frequency, fund, campaign, cohort,
        minor, debit_minor, entries)
    SELECT substr(CAST(posted_on AS VARCHAR), 1, 7), account, currency, kind, frequency, fund,
        campaign, cohort, sum(minor), sum(debit_minor), sum(entries)
    FROM ledger_day
    GROUP BY substr(CAST(posted_on AS VARCHAR), 1, 7), account, currency, kind, frequency, fund,
        campaign, cohort
"""
_METHOD_KEY = "method, card_country, currency"
_METHOD_SUMS = "gifts, volume_minor, fee_minor, tax_minor"
_METHOD_MONTHS = f"""
    INSERT INTO ledger_method_month (month, {_METHOD_KEY}, {_METHOD_SUMS})
    SELECT substr(CAST(posted_on AS VARCHAR), 1, 7), {_METHOD_KEY}, sum(gifts),
        sum(volume_minor), sum(fee_minor), sum(tax_minor)
    FROM ledger_method_day GROUP BY substr(CAST(posted_on AS VARCHAR), 1, 7), {_METHOD_KEY}
"""  # noqa: S608 - our own words
_METHOD_DAYS = f"""
    INSERT INTO ledger_method_day (posted_on, {_METHOD_KEY}, {_METHOD_SUMS})
    SELECT posted_on, coalesce(method, 'unknown'), coalesce(card_country, ''), currency,
        count(DISTINCT ledger_entry.id),
        -sum(CASE WHEN account IN ('income', 'deferred') THEN amount_minor ELSE 0 END),
        sum(CASE WHEN account = 'fees' THEN amount_minor ELSE 0 END),
        sum(CASE WHEN account = 'fee_tax' THEN amount_minor ELSE 0 END)
    FROM ledger_posting JOIN ledger_entry ON ledger_entry.id = entry_id
    WHERE kind = 'gift'
    GROUP BY posted_on, coalesce(method, 'unknown'), coalesce(card_country, ''), currency
"""  # noqa: S608 - our own words
_SETTLED = "'stripe_balance', 'fees', 'fee_tax', 'dispute_fees', 'service_fees'"
_EXCHANGES = f"""
    INSERT INTO ledger_exchange_month
        (month, charged_currency, currency, entries, charged_minor, settled_minor, gain_minor)
    SELECT month, charged_currency, currency, count(*), sum(charged_minor), sum(settled), sum(gain)
    FROM (
        SELECT substr(CAST(posted_on AS VARCHAR), 1, 7) AS month, charged_currency,
            ledger_posting.currency AS currency, charged_minor,
            sum(CASE WHEN account IN ({_SETTLED}) THEN amount_minor ELSE 0 END) AS settled,
            -sum(CASE WHEN account = 'exchange' THEN amount_minor ELSE 0 END) AS gain
        FROM ledger_entry JOIN ledger_posting ON entry_id = ledger_entry.id
        WHERE exchange_rate IS NOT NULL OR (kind <> 'gift' AND EXISTS (
            SELECT 1 FROM ledger_posting AS line
            WHERE line.entry_id = ledger_entry.id AND line.account = 'exchange'))
        GROUP BY ledger_entry.id, posted_on, charged_currency, ledger_posting.currency,
            charged_minor
    ) AS once
    GROUP BY month, charged_currency, currency
"""  # noqa: S608 - our own words
_PAYOUTS = """
    INSERT INTO payout_total
        (payout_id, name, lines, unbooked, amount_minor, fee_minor, exchange_minor)
    SELECT payout_id, coalesce(placed.kind, first.kind, type), count(*),
        count(*) - count(coalesce(placed.id, first.id)), sum(payout_line.amount_minor),
        sum(fee_minor), -coalesce(sum(made), 0)
    FROM payout_line
    LEFT JOIN ledger_entry AS first ON first.source = movement
    LEFT JOIN ledger_entry AS placed ON placed.source = movement || '\\:placed'
    LEFT JOIN (
        SELECT entry_id, sum(amount_minor) AS made FROM ledger_posting
        WHERE account = 'exchange' GROUP BY entry_id
    ) AS exchanged ON exchanged.entry_id = coalesce(placed.id, first.id)
    GROUP BY payout_id, coalesce(placed.kind, first.kind, type)
"""
