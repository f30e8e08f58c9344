"""Who is told of a failed payment, and how often."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from tests_support.members import give

from donations.dunning.failing import tell_of_failure, tell_of_lapse
from donations.dunning.kinds import Kind
from donations.dunning.models import Notice
from donations.giving.memberships import note_failure
from donations.jobs.models import Job

BILL = "b" * 64


@pytest.fixture
def fail(session, clock, member):
    """One failed try of a bill; the kind of notice owed for it."""
    membership = member()
    membership.state = "past_due"
    session.commit()

    def one(attempt, code="insufficient_funds", again=timedelta(days=3), bill=BILL):
        note_failure(membership, code, now=clock.now())
        kind = tell_of_failure(
            session,
            membership,
            bill=bill,
            attempt=attempt,
            next_at=clock.now() + again if again else None,
            now=clock.now(),
        )
        session.commit()
        return kind

    one.membership = membership
    return one


def test_eight_tries_in_two_weeks_are_two_letters_the_first_and_the_last(fail, clock, session):
    told = []
    for attempt in range(1, 9):
        told.append(fail(attempt, again=timedelta(days=2) if attempt < 8 else None))
        clock.advance(timedelta(days=2))
    assert [kind for kind in told if kind] == [Kind.FAILED, Kind.LAST]
    assert told[0] is Kind.FAILED
    jobs = session.scalars(select(Job).order_by(Job.id)).all()
    assert [job.kind for job in jobs] == ["membership_failed", "membership_last"]
    assert "reader" not in str([job.arguments for job in jobs])


def test_a_bill_tried_only_once_is_told_of_once(fail):
    assert fail(1, again=None) is Kind.FAILED
    assert fail(1, again=None) is None


def test_something_else_to_do_is_told_at_once(fail, clock):
    assert fail(1) is Kind.FAILED
    assert fail(2, code="card_velocity_exceeded") is None
    assert fail(3, code="authentication_required") is Kind.CONFIRM
    assert fail(4, code="authentication_required") is None
    assert fail(5, code="expired_card") is Kind.FAILED


def test_the_same_try_told_of_twice_is_one_letter(fail, session):
    assert fail(1, code="authentication_required") is Kind.CONFIRM
    assert fail(1, code="authentication_required") is None
    assert len(session.scalars(select(Job)).all()) == 1


def test_the_next_months_bill_is_told_of_anew(fail, clock):
    assert fail(1) is Kind.FAILED
    clock.advance(timedelta(days=30))
    assert fail(1, bill="c" * 64) is Kind.FAILED


def test_whoever_left_is_not_told_that_they_owe(fail, session, clock):
    fail.membership.cancel_asked_at = clock.now()
    session.commit()
    assert fail(1) is None
    assert session.scalars(select(Notice)).all() == []


@pytest.mark.parametrize(
    ("reason", "gave", "asked", "told"),
    [
        ("payment_failed", True, False, True),
        ("payment_failed", False, False, False),  # the first payment never came
        ("payment_failed", True, True, False),
        ("cancellation_requested", True, False, False),
        ("payment_disputed", True, False, False),
    ],
)
def test_support_that_ended_because_payments_failed_is_told_of_once(
    session, clock, member, reason, gave, asked, told
):
    membership = member()
    if gave:
        give(session, membership, clock.now())
    membership.state, membership.end_reason = "ended", reason
    membership.cancel_asked_at = clock.now() if asked else None
    session.commit()
    assert tell_of_lapse(session, membership, now=clock.now()) is told
    assert tell_of_lapse(session, membership, now=clock.now()) is False
    session.commit()
    assert len(session.scalars(select(Notice)).all()) == told
