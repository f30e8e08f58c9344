from datetime import UTC, datetime, timedelta

import pytest

from donations.inbox.intake import store
from donations.inbox.models import job_key
from donations.jobs.models import Job
from donations.jobs.outbox import replay
from donations.reports.inbox import Progress, events, in_trouble, trouble_counts
from donations.stripe_gateway.signatures import Hint

AT = datetime(2026, 11, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def arrive(session, master):
    """Stores an event and puts its job where the test wants it."""

    def arrived(name, at=AT, **job):
        store(session, master, Hint(name, "invoice.paid", "in_1", at), now=at)
        row = session.query(Job).filter_by(key=job_key(name)).one()
        for field, value in job.items():
            setattr(row, field, value)
        session.commit()

    return arrived


@pytest.fixture
def one_of_each(arrive):
    arrive("evt_waiting", AT)
    arrive("evt_done", AT + MINUTE, state="done")
    arrive("evt_failing", AT + 2 * MINUTE, last_error="StripeUnavailable", attempts=3)
    arrive("evt_dead", AT + 3 * MINUTE, state="dead", last_error="StripeUnavailable", attempts=12)


@pytest.mark.parametrize("progress", list(Progress))
def test_each_event_is_where_its_job_is(session, one_of_each, progress):
    rows = events(session, progress).rows
    assert [row.event_id for row in rows] == [f"evt_{progress.value}"]
    assert rows[0].progress is progress


def test_what_gave_up_stands_before_what_still_tries(session, arrive, one_of_each):
    arrive("evt_older", AT - MINUTE, last_error="StripeUnavailable")
    assert [row.event_id for row in in_trouble(session)] == ["evt_dead", "evt_older", "evt_failing"]
    assert trouble_counts(session) == {Progress.DEAD: 1, Progress.FAILING: 2}


def test_a_dead_job_that_is_no_event_is_not_counted(session, arrive):
    session.add(
        Job(kind="mail", key="mail:1", arguments={}, state="dead", run_at=AT, created_at=AT)
    )
    session.commit()
    assert trouble_counts(session)[Progress.DEAD] == 0


def test_a_replayed_event_is_due_again(session, one_of_each):
    replay(session, job_key("evt_dead"), now=AT)
    (row,) = [row for row in events(session).rows if row.event_id == "evt_dead"]
    assert (row.attempts, row.next_try_at) == (0, AT)


def test_pages_hold_every_event_once(session, one_of_each):
    first = events(session, limit=3)
    second = events(session, after=first.after, limit=3)
    assert [row.event_id for row in (*first.rows, *second.rows)] == [
        "evt_dead",
        "evt_failing",
        "evt_done",
        "evt_waiting",
    ]
    assert second.after is None
