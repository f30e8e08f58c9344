from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.kernel.money import Money
from donations.ledger.books import balances, book, last_number, posting_day, reverse
from donations.ledger.chart import AGAINST, Account, Kind
from donations.ledger.days import days_that_differ
from donations.ledger.drafts import About, Draft, Line, Unbalanced
from donations.ledger.models import Books, DayTotal, Entry, Posting


def draft(clock, source="txn_1", kind=Kind.GIFT, amount=5000, fee=175, currency="usd"):
    return Draft.of_movement(
        kind,
        source=source,
        amount=amount,
        fee=fee,
        currency=currency,
        charged=Money(amount, currency),
        occurred_at=clock.now(),
        about=About(frequency="once", gift_reference="gift1"),
    )


def test_a_gift_is_booked_gross_fee_and_net(session, clock):
    begin_write(session)
    assert book(session, draft(clock), now=clock.now())
    session.commit()
    assert balances(session) == {
        ("stripe_balance", "usd"): 4825,
        ("fees", "usd"): 175,
        ("income", "usd"): -5000,
    }


def test_the_same_movement_is_booked_once(session, clock):
    begin_write(session)
    assert book(session, draft(clock), now=clock.now())
    assert not book(session, draft(clock), now=clock.now())
    session.commit()
    assert sum(balances(session).values()) == 0
    assert len(session.scalars(select(Posting)).all()) == 3


def test_refund_and_dispute_stand_in_accounts_of_their_own(session, clock):
    begin_write(session)
    book(session, draft(clock, "txn_2", Kind.REFUND, -2000, 0), now=clock.now())
    book(session, draft(clock, "txn_3", Kind.DISPUTE, -3000, 1500), now=clock.now())
    book(session, draft(clock, "txn_4", Kind.DISPUTE_REVERSED, 3000, 0), now=clock.now())
    session.commit()
    found = balances(session)
    assert found["refunds", "usd"] == 2000
    assert found["disputes", "usd"] == 0
    assert found["dispute_fees", "usd"] == 1500
    assert found["stripe_balance", "usd"] == -3500


def test_an_unbalanced_entry_cannot_exist(clock):
    with pytest.raises(Unbalanced):
        Draft(
            source="x",
            kind=Kind.GIFT,
            charged=Money(1, "usd"),
            occurred_at=clock.now(),
            lines=(Line(Account.INCOME, "usd", -1),),
        )


@pytest.mark.parametrize("table", [Entry, Posting])
@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_itself_refuses_to_change_the_books(session, clock, table, change):
    begin_write(session)
    book(session, draft(clock), now=clock.now())
    session.commit()
    statement = delete(table) if change == "delete" else update(table).values(id=99)
    with pytest.raises(Exception, match="append-only"):
        session.execute(statement)


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    movements=st.lists(
        st.tuples(
            st.sampled_from(list(AGAINST)),
            st.integers(-(10**9), 10**9).filter(bool),
            st.integers(0, 10**6),
            st.sampled_from(["usd", "jpy"]),
        ),
        max_size=20,
    )
)
def test_whatever_moves_every_entry_sums_to_nothing(movements, clock):
    for number, (kind, amount, fee, currency) in enumerate(movements):
        lines = draft(clock, f"t{number}", kind, amount, fee, currency).lines
        assert sum(line.amount_minor for line in lines) == 0
        assert all(line.amount_minor for line in lines)


def threads_of(work, count=8):
    """Runs `work(number)` in threads at once; what they raised comes out again."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


def test_numbers_have_no_gap_however_many_book_and_take_back_at_once(engine, clock):
    def booker(thread):
        kept = 0
        with Session(engine) as session:
            for turn in range(12):
                begin_write(session)
                assert book(session, draft(clock, f"txn_{thread}_{turn}"), now=clock.now())
                if turn % 3:
                    session.commit()
                    kept += 1
                else:
                    session.rollback()
        return kept

    kept = sum(threads_of(booker))
    with Session(engine) as session:
        numbers = session.scalars(select(Entry.number).order_by(Entry.id)).all()
        assert numbers == list(range(1, kept + 1))
        assert last_number(session) == kept
        assert days_that_differ(session) == []


def test_the_same_movement_in_many_hands_at_once_is_booked_once(engine, clock):
    def booker(_thread):
        with Session(engine) as session:
            begin_write(session)
            booked = book(session, draft(clock), now=clock.now())
            session.commit()
            return booked

    assert sum(threads_of(booker)) == 1
    with Session(engine) as session:
        assert last_number(session) == 1
        assert balances(session)["income", "usd"] == -5000


def entry_row(session, number=1, day=date(2026, 11, 24), source="by hand"):
    """Inserts an entry without asking `book`; its id."""
    row = {
        "number": number,
        "source": source,
        "kind": "gift",
        "charged_minor": 1,
        "charged_currency": "usd",
        "occurred_at": datetime(2026, 11, 24, tzinfo=UTC),
        "posted_on": day,
        "booked_at": datetime(2026, 11, 24, tzinfo=UTC),
    }
    return session.execute(insert(Entry).values(row)).inserted_primary_key[0]


def posting_row(session, entry, minor, currency="usd"):
    values = {"entry_id": entry, "account": "income", "currency": currency, "amount_minor": minor}
    session.execute(insert(Posting).values(values))


@pytest.mark.parametrize(
    "postings",
    [
        [],
        [(5, "usd")],
        [(5, "usd"), (-4, "usd")],
        [(5, "usd"), (-5, "eur")],
        [(5, "usd"), (-5, "usd"), (1, "eur")],
    ],
    ids=str,
)
def test_the_database_keeps_no_entry_that_does_not_balance(session, postings):
    begin_write(session)
    entry = entry_row(session)
    for minor, currency in postings:
        posting_row(session, entry, minor, currency)
    with pytest.raises(IntegrityError):
        session.commit()
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Entry)) == 0


@pytest.mark.parametrize(
    "postings", [[(5, "usd"), (-5, "usd")], [(1, "usd"), (2, "eur"), (-1, "usd"), (-2, "eur")]]
)
def test_the_database_keeps_an_entry_that_balances_in_every_currency(session, postings):
    begin_write(session)
    entry = entry_row(session)
    for minor, currency in postings:
        posting_row(session, entry, minor, currency)
    session.commit()
    assert session.scalar(select(func.count()).select_from(Posting)) == len(postings)


def test_nothing_is_added_to_an_entry_that_stands(session, clock):
    begin_write(session)
    book(session, draft(clock), now=clock.now())
    session.commit()
    entry = session.scalars(select(Entry.id)).one()
    begin_write(session)
    with pytest.raises(DBAPIError, match="append-only"):
        posting_row(session, entry, 7)


def close(session, day):
    session.execute(update(Books).values(closed_through=day))


@pytest.mark.parametrize("day", [date(2026, 9, 30), date(2026, 10, 31)])
def test_the_database_adds_nothing_to_a_closed_month(session, day):
    begin_write(session)
    close(session, date(2026, 10, 31))
    with pytest.raises(DBAPIError, match="closed"):
        entry_row(session, day=day)


def test_a_month_can_be_added_to_until_it_is_closed(session):
    begin_write(session)
    close(session, date(2026, 10, 31))
    entry = entry_row(session, day=date(2026, 11, 1))
    posting_row(session, entry, 5)
    posting_row(session, entry, -5)
    session.commit()


def test_what_comes_late_is_posted_to_the_first_open_day(session, clock):
    begin_write(session)
    close(session, date(2026, 10, 31))
    clock.at = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
    book(session, draft(clock), now=clock.now())
    session.commit()
    entry = session.scalars(select(Entry)).one()
    assert entry.posted_on == date(2026, 11, 1)
    assert entry.occurred_at == clock.now()


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("UTC", "2026-10-31T23:59:59", date(2026, 10, 31)),
        ("Europe/Amsterdam", "2026-10-31T22:59:59", date(2026, 10, 31)),
        ("Europe/Amsterdam", "2026-10-31T23:00:00", date(2026, 11, 1)),
        ("Europe/Amsterdam", "2026-03-31T21:59:59", date(2026, 3, 31)),  # summer time
        ("Europe/Amsterdam", "2026-03-31T22:00:00", date(2026, 4, 1)),
        ("Europe/Amsterdam", "2026-10-24T22:00:00", date(2026, 10, 25)),  # the day of 25 hours
        ("Europe/Amsterdam", "2026-10-25T22:59:59", date(2026, 10, 25)),
        ("Europe/Amsterdam", "2026-10-25T23:00:00", date(2026, 10, 26)),
        ("Asia/Kathmandu", "2026-11-30T18:14:59", date(2026, 11, 30)),
        ("Asia/Kathmandu", "2026-11-30T18:15:00", date(2026, 12, 1)),
        ("America/New_York", "2026-12-01T04:59:59", date(2026, 11, 30)),
        ("America/New_York", "2026-07-01T03:59:59", date(2026, 6, 30)),
        ("America/New_York", "2026-07-01T04:00:00", date(2026, 7, 1)),
        ("Pacific/Kiritimati", "2026-11-30T10:00:00", date(2026, 12, 1)),
    ],
)
def test_an_entry_is_dated_by_the_clocks_of_the_newsroom(session, clock, zone, moment, day):
    begin_write(session)
    session.execute(update(Books).values(zone=zone))
    clock.at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert posting_day(session, clock.now()) == day
    book(session, draft(clock), now=clock.now())
    session.commit()
    assert session.scalars(select(Entry.posted_on)).one() == day
    assert session.scalars(select(DayTotal.posted_on).distinct()).one() == day


def test_an_entry_taken_back_leaves_nothing_and_both_stand(session, clock):
    begin_write(session)
    book(session, draft(clock), now=clock.now())
    assert reverse(session, "txn_1", memo="twice", occurred_at=clock.now(), now=clock.now())
    session.commit()
    assert not any(balances(session).values())
    first, second = session.scalars(select(Entry).order_by(Entry.number)).all()
    assert second.reverses_id == first.id
    assert (second.kind, second.memo, second.charged_minor) == ("reversal", "twice", -5000)
    assert second.gift_reference == first.gift_reference
    assert days_that_differ(session) == []


def test_an_entry_is_taken_back_once(session, clock):
    begin_write(session)
    book(session, draft(clock), now=clock.now())
    for expected in (True, False):
        done = reverse(session, "txn_1", memo="m", occurred_at=clock.now(), now=clock.now())
        assert done is expected
    session.commit()
    assert last_number(session) == 2


def test_what_was_never_booked_cannot_be_taken_back(session, clock):
    begin_write(session)
    with pytest.raises(NotFound):
        reverse(session, "txn_1", memo="m", occurred_at=clock.now(), now=clock.now())


def test_an_entry_of_a_closed_month_is_taken_back_in_the_open_one(session, clock):
    begin_write(session)
    book(session, draft(clock), now=clock.now())
    close(session, date(2026, 11, 30))
    reverse(session, "txn_1", memo="m", occurred_at=clock.now(), now=clock.now())
    session.commit()
    days = session.scalars(select(Entry.posted_on).order_by(Entry.number)).all()
    assert days == [date(2026, 11, 24), date(2026, 12, 1)]
