"""A newsroom that has run for a while goes up to books with numbers, dates and totals."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from donations.kernel.database import begin_write
from donations.kernel.money import Money
from donations.ledger.books import balances, book, books_zone, last_number
from donations.ledger.chart import Kind
from donations.ledger.days import days_that_differ
from donations.ledger.drafts import Draft
from donations.ledger.models import DayTotal, Entry, MethodMonth, Posting
from donations.migrations import schema

BORN = datetime(2026, 1, 1, tzinfo=UTC)
MIDNIGHTS = {
    "Asia/Kathmandu": ("2026-03-31T18:14:59", "2026-03-31T18:15:00"),
    "America/New_York": ("2026-04-01T03:59:59", "2026-04-01T04:00:00"),
    "Europe/Amsterdam": ("2026-03-31T21:59:59", "2026-03-31T22:00:00"),
    "UTC": ("2026-03-31T23:59:59", "2026-04-01T00:00:00"),
}
MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 1)


def put(connection, table, **values):
    """Inserts a row with the columns the database has at this revision; its id."""
    real = sa.Table(table, sa.MetaData(), autoload_with=connection)
    for name, value in values.items():
        if isinstance(value, datetime) and connection.dialect.name == "sqlite":
            values[name] = value.replace(tzinfo=None)
    return connection.execute(real.insert().values(values)).inserted_primary_key[0]


def a_gift(connection, number, at, *, frequency="once"):
    amount = {"frequency": frequency, "amount_minor": 5000, "currency": "usd", "language": "en"}
    key = bytes([number]) * 32
    checkout = put(
        connection,
        "checkout",
        public_id=f"checkout{number}",
        attempt_key=key,
        placement="article",
        state="paid",
        round=1,
        created_at=at,
        **amount,
    )
    gift = put(
        connection,
        "gift",
        public_id=f"gift{number}",
        checkout_id=checkout,
        method="card",
        payment_sealed=b"x",
        payment_index=key,
        received_at=at,
        booked_at=at,
        **amount,
    )
    put(connection, "receipt", number=number, gift_id=gift, issued_at=at)
    return gift


def an_entry(connection, source, kind, at, lines, gift=None, frequency="once"):
    entry = put(
        connection,
        "ledger_entry",
        source=source,
        kind=kind,
        frequency=frequency,
        gift_reference=gift,
        charged_minor=5000,
        charged_currency="usd",
        occurred_at=at,
        booked_at=at,
    )
    for account, minor in lines.items():
        put(
            connection,
            "ledger_posting",
            entry_id=entry,
            account=account,
            currency="usd",
            amount_minor=minor,
        )


def a_past(connection, zone):
    """Two gifts about midnight, one of them given back in part, and a fee of nobody's gift."""
    last, first = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in MIDNIGHTS[zone])
    for number, at in ((1, last), (2, first)):
        a_gift(connection, number, at)
    paid = {"stripe_balance": 4825, "fees": 175, "income": -5000}
    an_entry(connection, "txn_b", "gift", first, paid, "gift2")  # booked in another order
    an_entry(connection, "txn_a", "gift", last, paid, "gift1")
    back = {"stripe_balance": -2000, "refunds": 2000}
    an_entry(connection, "txn_c", "refund", first, back, "gift1")
    put(
        connection,
        "refund",
        gift_id=1,
        refund_sealed=b"x",
        refund_index=b"r" * 32,
        amount_minor=2000,
        currency="usd",
        state="succeeded",
        created_at=first,
        synced_at=first,
    )
    fee = {"stripe_balance": -30, "adjustments": 30}
    an_entry(connection, "txn_d", "adjustment", last, fee, frequency=None)
    put(
        connection,
        "staff_member",
        login="olga",
        password_hash="x",
        totp_sealed=b"x",
        totp_step=0,
        role="finance",
        failures=0,
        created_at=BORN,
    )


@pytest.fixture(params=sorted(MIDNIGHTS))
def zone(request):
    return request.param


@pytest.fixture
def upgraded(fresh, zone):
    """A database with a past at revision 0002, gone up."""
    schema.upgrade(fresh, "0002", zone=zone)
    with fresh.begin() as connection:
        a_past(connection, zone)
    schema.upgrade(fresh, zone=zone)
    return fresh


def test_entries_are_numbered_as_they_were_booked_and_dated_by_the_newsroom_s_clocks(
    upgraded, zone
):
    with Session(upgraded) as session:
        rows = session.execute(
            sa.select(Entry.number, Entry.source, Entry.posted_on).order_by(Entry.number)
        )
        assert [tuple(row) for row in rows] == [
            (1, "txn_b", APRIL),
            (2, "txn_a", MARCH),
            (3, "txn_c", APRIL),
            (4, "txn_d", MARCH),
        ]
        assert last_number(session) == 4
        assert books_zone(session).key == zone


def test_entries_learn_what_is_known_of_their_gift(upgraded):
    with Session(upgraded) as session:
        rows = session.execute(
            sa.select(Entry.source, Entry.method, Entry.campaign).order_by(Entry.source)
        )
        assert [tuple(row) for row in rows] == [
            ("txn_a", "card", "article"),
            ("txn_b", "card", "article"),
            ("txn_c", "card", "article"),
            ("txn_d", None, None),
        ]


def test_the_totals_of_the_past_are_what_its_postings_sum_to(upgraded):
    with Session(upgraded) as session:
        assert days_that_differ(session) == []
        march = session.execute(
            sa.select(DayTotal.account, DayTotal.minor)
            .where(DayTotal.posted_on == MARCH)
            .where(DayTotal.kind == "gift")
        )
        assert dict(map(tuple, march)) == {"stripe_balance": 4825, "fees": 175, "income": -5000}
        months = session.execute(
            sa.select(MethodMonth.month, MethodMonth.gifts, MethodMonth.volume_minor).order_by(
                MethodMonth.month
            )
        )
        assert [tuple(month) for month in months] == [("2026-03", 1, 5000), ("2026-04", 1, 5000)]
        assert balances(session)["stripe_balance", "usd"] == 2 * 4825 - 2000 - 30


def test_nothing_of_the_past_is_lost_and_every_reference_holds(upgraded):
    with upgraded.connect() as connection:
        counts = {
            table: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table)))
            for table in ("gift", "checkout", "receipt", "refund", "ledger_posting", "staff_member")
        }
        assert counts == {
            "gift": 2,
            "checkout": 2,
            "receipt": 2,
            "refund": 1,
            "ledger_posting": 10,
            "staff_member": 1,
        }
        if upgraded.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    assert schema.differences(upgraded) == []


@pytest.mark.parametrize("table", [Entry, Posting])
@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_past_cannot_be_changed_afterwards(upgraded, table, change):
    statement = sa.delete(table) if change == "delete" else sa.update(table).values(id=99)
    with Session(upgraded) as session:
        begin_write(session)
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(statement)


def test_the_past_cannot_be_added_to_afterwards(upgraded):
    with Session(upgraded) as session:
        begin_write(session)
        posting = {"entry_id": 1, "account": "income", "currency": "usd", "amount_minor": 5}
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(sa.insert(Posting).values(posting))


def test_what_does_not_balance_is_refused_afterwards(upgraded):
    row = {
        "number": 5,
        "source": "txn_e",
        "kind": "gift",
        "charged_minor": 1,
        "charged_currency": "usd",
        "occurred_at": BORN,
        "posted_on": APRIL,
        "booked_at": BORN,
    }
    with Session(upgraded) as session:
        begin_write(session)
        session.execute(sa.insert(Entry).values(row))
        with pytest.raises(IntegrityError):
            session.commit()


def test_booking_goes_on_where_the_past_ended(upgraded):
    draft = Draft.of_movement(
        Kind.GIFT,
        source="txn_e",
        amount=100,
        fee=0,
        currency="usd",
        charged=Money(100, "usd"),
        occurred_at=datetime(2026, 4, 1, 12, 0, tzinfo=UTC),
    )
    with Session(upgraded) as session:
        begin_write(session)
        assert book(session, draft, now=BORN)
        session.commit()
        assert session.scalars(sa.select(Entry.number).where(Entry.source == "txn_e")).one() == 5
        assert days_that_differ(session) == []


@pytest.mark.parametrize("revision", ["0002", "0003"])
def test_the_past_goes_down_and_up_again_the_same(upgraded, zone, revision):
    def seen():
        with upgraded.connect() as connection:
            return [
                sorted(map(repr, connection.execute(sa.select(*table.columns))))
                for table in (Entry.__table__, Posting.__table__, DayTotal.__table__)
            ]

    before = seen()
    schema.downgrade(upgraded, revision)
    columns = {column["name"] for column in sa.inspect(upgraded).get_columns("ledger_entry")}
    assert not columns & {"number", "posted_on", "campaign", "reverses_id"}
    with upgraded.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(sa.text("DELETE FROM ledger_entry"))
    schema.upgrade(upgraded, zone=zone)
    assert seen() == before
    assert schema.differences(upgraded) == []
