"""Payouts told by webhooks: recorded with their lines, and what they are made of gets booked."""

from __future__ import annotations

from sqlalchemy import select
from tests_support.stripe import movement, payout

from donations.inbox.desk import Desk, Outcome
from donations.inbox.handlers import payouts
from donations.inbox.mending import movement_mender
from donations.jobs.models import Job
from donations.jobs.worker import Worker
from donations.ledger.books import balances
from donations.payouts.models import Payout


def tell(desk, name="po_1"):
    outcome = payouts.changed(desk, name)
    desk.session.commit()
    return outcome


def test_an_automatic_payout_is_kept_with_its_lines_which_are_asked_for_once(desk, gateway):
    gateway.put(payout())
    gateway.lines["po_1"] = [movement("txn_a", source="ch_1")]
    for _ in range(3):
        assert tell(desk) is Outcome.APPLIED
    [row] = desk.session.scalars(select(Payout)).all()
    assert [line.movement for line in row.lines] == ["txn_a"]
    desk.session.rollback()
    assert gateway.asked["po_1 lines"] == 1


def test_the_lines_of_a_payout_made_by_hand_are_never_asked_for(desk, gateway):
    gateway.put(payout(automatic=False), payout("po_2", lines_known=False))
    tell(desk)
    tell(desk, "po_2")
    rows = desk.session.scalars(select(Payout)).all()
    assert [row.lines_at for row in rows] == [None, None]
    assert not any("lines" in name for name in gateway.asked)


def test_a_line_nobody_told_of_is_booked_by_a_job_of_its_own(
    session, sessions, desk, gateway, master, clock
):
    fee = movement("txn_fee", -300, 0, kind="stripe_fee")
    gateway.put(payout(amount=-300)).move(fee)
    gateway.lines["po_1"] = [fee]
    tell(desk)
    gateway.session = None
    Worker(sessions, {payouts.MEND_JOB: movement_mender(gateway, master)}, clock).run_due()
    assert [job.state for job in session.scalars(select(Job))] == ["done"]
    assert balances(session)["service_fees", "usd"] == 300
    tell(Desk(session, gateway, master, clock.now()))
    assert len(session.scalars(select(Job)).all()) == 1
