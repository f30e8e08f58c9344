from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from donations.closing.facts import unpacked
from donations.closing.locking import NotProven, NotReady, close, sealed
from donations.closing.models import ClosedMonth
from donations.closing.walk import Step
from donations.kernel.database import begin_write, writing
from donations.kernel.errors import NotFound
from donations.kernel.months import Month
from donations.ledger.books import balances, closed_through
from donations.ledger.chart import Kind
from donations.ledger.models import Books, Entry, MonthTotal
from donations.reconciliation.own_books import late_into_closed

OCTOBER = Month(2026, 10)
NOVEMBER = Month(2026, 11)
AFTER = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def test_closing_locks_the_month_and_keeps_who_when_and_how_far(session, books):
    closed = books.close(by="olga")
    assert (closed.month, closed.closed_by, closed.closed_at) == (OCTOBER.first_day, "olga", AFTER)
    assert closed_through(session) == OCTOBER.last_day
    assert closed.last_number == session.query(Entry).count()
    assert len(closed.pack_sha256) == 64


def test_what_memberships_earned_becomes_income_before_the_lock(session, books):
    books.close()
    found = balances(session)
    assert found["deferred", "usd"] == -5_500
    recognition = session.query(Entry).filter_by(kind=Kind.RECOGNITION).one()
    assert recognition.posted_on == OCTOBER.last_day


def test_closing_twice_closes_once(session, books):
    first = books.close(by="olga")
    kept = (first.closed_by, first.pack_sha256, first.facts)
    again = books.close(by="ivan", now=datetime(2026, 11, 9, tzinfo=UTC))
    assert (again.closed_by, again.pack_sha256, again.facts) == kept


def test_two_who_close_at_once_close_once(engine, session, books):
    barrier, results = threading.Barrier(2), []

    def one(by):
        with Session(engine) as own:
            barrier.wait()
            closed = close(own, OCTOBER, by, newsroom=books.newsroom, codes=books.codes, now=AFTER)
            results.append((closed.closed_by, closed.pack_sha256, closed.last_number))

    threads = [threading.Thread(target=one, args=(by,)) for by in ("olga", "ivan")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2
    assert results[0] == results[1]
    assert session.query(Entry).filter_by(kind=Kind.RECOGNITION).count() == 1


def test_what_is_open_is_told_and_nothing_changes(session, books):
    books.batch(date(2026, 10, 9))
    books.gift(700, datetime(2026, 10, 30, tzinfo=UTC), booked=False)
    with pytest.raises(NotReady) as refused:
        books.close()
    assert [stage.step for stage in refused.value.stages] == [Step.BOOKED, Step.BATCHES]
    assert closed_through(session) is None
    assert session.get(ClosedMonth, OCTOBER.first_day) is None
    assert session.query(Entry).filter_by(kind=Kind.RECOGNITION).count() == 0


def test_figures_that_differ_lock_nothing(session, books, monkeypatch):
    with writing(session):
        session.query(MonthTotal).filter_by(account="income").update(
            {"minor": MonthTotal.minor + 1}
        )
    monkeypatch.setattr("donations.closing.walk.CHECKS", {})
    with pytest.raises(NotProven):
        books.close()
    assert closed_through(session) is None
    assert session.query(Entry).filter_by(kind=Kind.RECOGNITION).count() == 0


def test_without_statements_a_month_closes_with_an_explanation_by_name(session, empty_books):
    empty_books.gift(1_000, datetime(2026, 10, 3, tzinfo=UTC))
    empty_books.payout(900, date(2026, 10, 28))
    empty_books.swept()
    with pytest.raises(NotReady):
        empty_books.close()
    with pytest.raises(NotReady):
        empty_books.close(explanation="  ")
    closed = empty_books.close(by="olga", explanation="Seen on the bank’s own page.")
    said = unpacked(closed.facts).said
    assert [(one.about, one.text, one.by) for one in said] == [
        ("payouts", "Seen on the bank’s own page.", "olga")
    ]


def test_a_late_movement_lands_in_the_open_month(session, books):
    books.close()
    late = books.movement(Kind.REFUND, -2_000, datetime(2026, 10, 30, 10, tzinfo=UTC), now=AFTER)
    entry = session.query(Entry).filter_by(source=late).one()
    assert entry.posted_on == NOVEMBER.first_day
    assert entry.occurred_at == datetime(2026, 10, 30, 10, tzinfo=UTC)


def test_the_database_refuses_an_entry_of_a_closed_month(session, books):
    books.close()
    begin_write(session)
    with pytest.raises(Exception, match="month is closed"):
        session.execute(
            insert(Entry).values(
                number=999,
                source="by_hand",
                kind="gift",
                charged_minor=1,
                charged_currency="usd",
                occurred_at=AFTER,
                posted_on=date(2026, 10, 31),
                booked_at=AFTER,
            )
        )
    session.rollback()


def test_the_database_opens_no_month_again(session, books):
    books.close()
    for statement in (
        update(Books).values(closed_through=None),
        update(Books).values(closed_through=date(2026, 9, 30)),
        delete(ClosedMonth),
        update(ClosedMonth).values(facts=b"other"),
        update(ClosedMonth).values(closed_by="ivan"),
        update(ClosedMonth).values(pack_sha256="0" * 64),
    ):
        begin_write(session)
        with pytest.raises(Exception, match="never opened again"):
            session.execute(statement)
        session.rollback()


def test_a_late_refund_is_listed_among_the_exceptions(session, books):
    books.close()
    late = books.movement(Kind.REFUND, -2_000, datetime(2026, 10, 30, 10, tzinfo=UTC), now=AFTER)
    books.movement(Kind.REFUND, -900, datetime(2026, 11, 2, 10, tzinfo=UTC), now=AFTER)
    found = list(late_into_closed(session, ZoneInfo("Europe/Amsterdam")))
    assert [(one.subject, one.amount_minor, one.detail) for one in found] == [
        (late, -2_000, "entry=refund;month=2026-10")
    ]
    assert found[0].posted_on == NOVEMBER.first_day


def test_an_entry_late_on_the_31st_in_utc_is_next_months(session, books):
    books.gift(3_300, datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    books.close()
    entry = session.query(Entry).filter_by(charged_minor=3_300).one()
    assert entry.posted_on == date(2026, 11, 1)
    facts = unpacked(session.get(ClosedMonth, OCTOBER.first_day).facts)
    assert (facts.zone, facts.month) == ("Europe/Amsterdam", OCTOBER)


def test_a_month_in_which_nothing_happened_closes_too(session, books):
    books.close()
    december = datetime(2026, 12, 2, tzinfo=UTC)
    books.swept(december)
    closed = books.close(NOVEMBER, now=december)
    assert closed_through(session) == NOVEMBER.last_day
    assert unpacked(closed.facts).month == NOVEMBER


def test_a_machine_that_stops_between_lock_and_digest_is_made_good_later(session, books):
    def stop(*_):
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("donations.closing.locking.build_pack", stop)
        with pytest.raises(KeyboardInterrupt):
            books.close()
    session.rollback()
    assert closed_through(session) == OCTOBER.last_day
    assert session.get(ClosedMonth, OCTOBER.first_day).pack_sha256 == ""
    session.rollback()
    digest = sealed(session, OCTOBER).pack_sha256
    assert digest == books.close().pack_sha256
    assert len(digest) == 64


def test_an_open_month_has_no_digest(session, books):
    with pytest.raises(NotFound):
        sealed(session, OCTOBER)
