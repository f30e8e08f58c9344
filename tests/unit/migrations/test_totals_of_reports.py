"""Books that were kept before reports had totals of their own get them from what is booked."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from donations.ledger.days import days_that_differ
from donations.ledger.models import ExchangeMonth, MethodMonth, MonthTotal
from donations.migrations import schema
from donations.payouts.models import PayoutTotal
from donations.payouts.totals import payouts_that_differ

AT = datetime(2026, 3, 5, 12, tzinfo=UTC)
DAY = date(2026, 3, 5)


def put(connection, table, **values):
    """Inserts a row with the columns the database has at this revision; its key."""
    real = sa.Table(table, sa.MetaData(), autoload_with=connection)
    for name, value in values.items():
        if isinstance(value, datetime) and connection.dialect.name == "sqlite":
            values[name] = value.replace(tzinfo=None)
    return connection.execute(real.insert().values(values)).inserted_primary_key[0]


class Past:
    """Books at revision 0004, booked row by row."""

    def __init__(self, connection):
        self.connection = connection
        self.number = 0

    def entry(self, source, kind, lines, **more):
        self.number += 1
        facts = {
            "charged_minor": -sum(lines.values()) or 5000,
            "charged_currency": "usd",
            "occurred_at": AT,
            "posted_on": DAY,
            "booked_at": AT,
        }
        entry = put(
            self.connection,
            "ledger_entry",
            number=self.number,
            source=source,
            kind=kind,
            **(facts | more),
        )
        for account, minor in lines.items():
            put(
                self.connection,
                "ledger_posting",
                entry_id=entry,
                account=account,
                currency="usd",
                amount_minor=minor,
            )
        counted = sa.text("UPDATE ledger_books SET last_number = :number")
        self.connection.execute(counted, {"number": self.number})

    def gift(self, number):
        order = {
            "frequency": "once",
            "amount_minor": 5000,
            "currency": "usd",
            "language": "en",
        }
        key = bytes([number]) * 32
        checkout = put(
            self.connection,
            "checkout",
            public_id=f"checkout{number}",
            attempt_key=key,
            placement="article",
            state="paid",
            round=1,
            created_at=AT,
            **order,
        )
        return put(
            self.connection,
            "gift",
            public_id=f"gift{number}",
            checkout_id=checkout,
            method="card",
            payment_sealed=b"x",
            payment_index=key,
            received_at=AT,
            **order,
        )

    def back(self, table, gift):
        more = {"reason": "fraudulent"} if table == "dispute" else {}
        sealed = {f"{table}_sealed": b"x", f"{table}_index": bytes([gift]) * 32}
        put(
            self.connection,
            table,
            gift_id=gift,
            amount_minor=2000,
            currency="usd",
            state="pending",
            created_at=AT,
            synced_at=AT,
            **sealed,
            **more,
        )

    def payout(self, *lines):
        payout = put(
            self.connection,
            "payout",
            stripe_id="po_1",
            amount_minor=1,
            currency="usd",
            state="paid",
            automatic=True,
            created_at=AT,
            arrives_on=DAY,
            lines_at=AT,
            synced_at=AT,
        )
        for movement, type_, amount, fee in lines:
            put(
                self.connection,
                "payout_line",
                payout_id=payout,
                movement=movement,
                type=type_,
                amount_minor=amount,
                fee_minor=fee,
                fee_tax_minor=0,
                occurred_at=AT,
            )


@pytest.fixture
def upgraded(fresh):
    """A database with a past at revision 0004, gone up."""
    schema.upgrade(fresh, "0004", zone="UTC")
    with fresh.begin() as connection:
        past = Past(connection)
        about = {"frequency": "once", "method": "card", "card_country": "NL"}
        paid = {"stripe_balance": 4825, "fees": 175, "income": -5000}
        past.entry("txn_a", "gift", paid, gift_reference="gift1", **about)
        past.entry(
            "txn_b",
            "gift",
            {"stripe_balance": 4800, "fees": 200, "income": -3000, "deferred": -2000},
            exchange_rate="0.0066",
            frequency="annual",
            cohort="2026-03",
            method="card",
            charged_minor=700_000,
            charged_currency="jpy",
        )
        past.entry(
            "txn_c",
            "refund",
            {"stripe_balance": -2000, "refunds": 1970, "exchange": 30},
            gift_reference="gift1",
            exchange_rate="0.0065",
            charged_minor=-2000,
        )
        past.entry("txn_d", "conversion", {"stripe_balance": -10, "exchange": 10})
        past.entry("txn_e", "other", {"stripe_balance": 4825, "fees": 175, "suspense": -5000})
        past.entry("txn_e:placed", "gift", paid, gift_reference="gift3", **about)
        for number in (1, 2, 3):
            past.gift(number)
        for table, gift in (("refund", 1), ("refund", 2), ("dispute", 1)):
            past.back(table, gift)
        past.payout(
            ("txn_a", "charge", 5000, 175),
            ("txn_e", "charge", 5000, 175),
            ("txn_c", "refund", -2000, 0),
            ("txn_f", "charge", 900, 30),
        )
        for country, gifts, volume, fee in (("NL", 2, 10_000, 350), ("", 1, 5000, 200)):
            put(
                connection,
                "ledger_method_day",
                posted_on=DAY,
                method="card",
                card_country=country,
                currency="usd",
                gifts=gifts,
                volume_minor=volume,
                fee_minor=fee,
                tax_minor=0,
            )
    schema.upgrade(fresh, zone="UTC")
    return fresh


def rows(engine, *tables):
    with engine.connect() as connection:
        return [
            sorted(map(tuple, connection.execute(sa.select(*table.__table__.columns))), key=str)
            for table in tables
        ]


def test_every_total_is_what_is_booked(upgraded):
    with Session(upgraded) as session:
        assert days_that_differ(session) == []
        assert payouts_that_differ(session) == []
    exchanged, payouts, methods = rows(upgraded, ExchangeMonth, PayoutTotal, MethodMonth)
    assert exchanged == [
        ("2026-03", "jpy", "usd", 1, 700_000, 5000, 0),
        ("2026-03", "usd", "usd", 2, 3000, -2010, -40),
    ]
    assert payouts == [
        (1, "charge", 1, 1, 900, 30, 0),
        (1, "gift", 2, 0, 10_000, 350, 0),
        (1, "refund", 1, 0, -2000, 0, -30),
    ]
    assert [row[4:6] for row in methods] == [(1, 5000), (2, 10_000)]


def test_a_return_has_moved_if_the_books_have_an_entry_of_its_kind(upgraded):
    with upgraded.connect() as connection:
        statement = "SELECT gift_id, moved FROM {} ORDER BY gift_id"
        refunds, disputes = (
            [tuple(row) for row in connection.execute(sa.text(statement.format(table)))]
            for table in ("refund", "dispute")
        )
    assert refunds == [(1, True), (2, False)]
    assert disputes == [(1, False)]


def test_the_totals_go_down_and_up_again_the_same(upgraded):
    tables = (MonthTotal, ExchangeMonth, PayoutTotal, MethodMonth)
    before = rows(upgraded, *tables)
    schema.downgrade(upgraded, "0004")
    names = set(sa.inspect(upgraded).get_table_names())
    assert "ledger_method_day" in names
    assert not names & {"payout_total", "ledger_exchange_month", "ledger_method_month"}
    schema.upgrade(upgraded, zone="UTC")
    assert rows(upgraded, *tables) == before
    assert schema.differences(upgraded) == []
