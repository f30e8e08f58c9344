from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from tests_support.audited import Newsroom
from tests_support.banking import line, payout, take_in

from donations.jobs.models import Heartbeat, Job
from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.reconciliation import nightly
from donations.reconciliation.alarm import AlarmSender
from donations.reconciliation.models import BankMatch, Discrepancy


@pytest.fixture
def newsroom(session, master, clock):
    return Newsroom(session, master, clock)


@pytest.fixture
def night(newsroom, session, master, clock, house):
    """One night's audit, and the letters it promised; how many went out."""

    def audited():
        clock.advance(timedelta(days=1))
        nightly.auditor(newsroom.stripe, master)(session, {}, clock.now())
        session.commit()
        promised = select(Job).where(Job.kind == "books_alarm", Job.state == "ready")
        for job in session.scalars(promised).all():
            arguments = dict(job.arguments)
            job.state = "done"
            session.commit()
            sender = AlarmSender(house.postbox, house.newsroom, house.base_url)
            sender(session, arguments, clock.now())
            session.commit()

    return audited


def jobs(session, kind):
    return session.scalars(select(Job).where(Job.kind == kind)).all()


def test_a_quiet_night_leaves_its_heartbeat_and_writes_to_nobody(night, session, outbox, clock):
    night()
    assert session.get(Heartbeat, "audit").beat_at == clock.now()
    assert session.scalars(select(Discrepancy)).all() == []
    assert outbox.messages == []


def test_something_alarming_is_written_once(night, newsroom, outbox, session):
    newsroom.stripe.apart = {"usd": 4, "eur": 5}
    night()
    [letter] = outbox.messages
    assert letter["To"] == "support@newsroom.example"
    body = letter.get_body(("plain",)).get_content()
    assert "Stripe holds another balance than the books: 2" in body
    assert "http://localhost/office/exceptions" in body
    assert "usd" not in body.lower()
    night()
    assert len(outbox.messages) == 1
    newsroom.stripe.apart["gbp"] = 6
    night()
    assert len(outbox.messages) == 2
    assert "books: 1" in outbox.messages[1].get_body(("plain",)).get_content()


def test_two_audits_of_a_day_write_once_and_the_rest_is_told_the_next_day(
    newsroom, session, master, clock
):
    run = nightly.auditor(newsroom.stripe, master)
    for currency in ("usd", "eur"):
        newsroom.stripe.apart[currency] = 5
        clock.advance(timedelta(hours=1))
        run(session, {}, clock.now())
        session.commit()
    assert [job.arguments["counts"] for job in jobs(session, "books_alarm")] == [
        {"balance_differs": 1}
    ]
    clock.advance(timedelta(days=1))
    run(session, {}, clock.now())
    session.commit()
    assert len(jobs(session, "books_alarm")) == 2


def test_what_alarms_nobody_is_kept_without_a_letter(night, newsroom, outbox, session):
    newsroom.gift(fund="courts")
    night()
    assert [row.kind for row in session.scalars(select(Discrepancy))] == ["no_fund"]
    assert outbox.messages == []


def test_a_broken_invariant_is_kept_told_and_cleared(night, newsroom, outbox, session):
    newsroom.gift()
    begin_write(session)
    session.execute(text("UPDATE ledger_day SET minor = minor + 1 WHERE account = 'fees'"))
    session.commit()
    night()
    [row] = session.scalars(select(Discrepancy))
    assert (row.kind, row.subject, row.detail) == (
        "invariant_broken",
        "totals_are_sums",
        "2026-11-19",
    )
    assert len(outbox.messages) == 1
    begin_write(session)
    session.execute(text("UPDATE ledger_day SET minor = minor - 1 WHERE account = 'fees'"))
    session.commit()
    night()
    session.expire_all()
    assert row.cleared_at is not None


def test_bank_lines_are_matched_before_anything_is_missed(night, newsroom, session, master):
    payout(session)
    take_in(session, master, line(4825))
    night()
    assert session.scalars(select(BankMatch)).one().by == "amount_and_date"


def test_it_waits_for_the_sweep(newsroom, session, master, clock):
    begin_write(session)
    enqueue(session, "sweep", "sweep:1", now=clock.now())
    session.commit()
    newsroom.stripe.apart = {"usd": 4}
    nightly.auditor(newsroom.stripe, master)(session, {}, clock.now())
    session.commit()
    assert session.scalars(select(Discrepancy)).all() == []
    [later] = jobs(session, nightly.JOB)
    assert later.run_at == clock.now() + timedelta(minutes=10)


def test_it_is_promised_every_day(worker, session):
    worker.tick()
    assert len(jobs(session, nightly.JOB)) == 1


def test_the_letter_goes_to_whoever_the_newsroom_names(house, session, clock, outbox):
    newsroom = house.newsroom.model_copy(update={"alarm_to": "books@newsroom.example"})
    sender = AlarmSender(house.postbox, newsroom, house.base_url)
    sender(session, {"key": "k", "counts": {"invariant_broken": 1}}, clock.now())
    session.commit()
    assert outbox.messages[0]["To"] == "books@newsroom.example"
