from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.jobs.claiming import claim_due
from donations.jobs.models import Job, JobPause
from donations.jobs.outbox import bury, enqueue_many
from donations.kernel.database import begin_write
from donations.reports.jobs import patience
from donations.web.office.job_words import JOB_KINDS


@pytest.fixture
def dead(session, clock):
    """Two receipts and a reminder that failed for good."""
    begin_write(session)
    for kind, keys in (("receipt", ("r1", "r2")), ("reminder", ("m1",))):
        enqueue_many(session, kind, [(key, {}) for key in keys], now=clock.now())
        session.commit()
        for one in claim_due(session, kind, 5, now=clock.now()):
            bury(session, one.job_id, one.lease, "The mailbox is gone")
        session.commit()
    return {job.key: job.id for job in session.scalars(select(Job))}


def states(session):
    session.rollback()
    return {job.key: job.state for job in session.scalars(select(Job))}


def test_it_says_what_failed_for_good_and_why(sign_in, dead):
    page = sign_in("admin").get("/office/jobs").text
    assert "The mailbox is gone" in page
    assert "Receipts" in page
    assert page.count("/retry-all") == 2


def test_nothing_to_do_is_said_in_words(sign_in):
    assert "Nothing failed for good" in sign_in("admin").get("/office/jobs").text


def test_one_is_retried_and_the_others_stay(sign_in, dead, session):
    staff = sign_in("admin")
    assert staff.post(f"/office/jobs/{dead['r1']}/retry").status_code == 303
    assert states(session) == {"r1": "ready", "r2": "dead", "m1": "dead"}
    assert staff.post(f"/office/jobs/{dead['r1']}/retry").status_code == 404
    assert staff.post("/office/jobs/4711/retry").status_code == 404


def test_all_of_a_kind_are_retried_together(sign_in, dead, session):
    staff = sign_in("admin")
    assert staff.post("/office/jobs/receipt/retry-all").status_code == 303
    assert states(session) == {"r1": "ready", "r2": "ready", "m1": "dead"}
    assert staff.post("/office/jobs/nobody-knows/retry-all").status_code == 404


def test_a_kind_is_paused_by_name_and_resumed(sign_in, dead, session, clock):
    staff = sign_in("admin")
    assert staff.post("/office/jobs/receipt/pause").status_code == 303
    session.rollback()
    pause = session.scalars(select(JobPause)).one()
    assert (pause.kind, pause.paused_by, pause.paused_at) == ("receipt", "admin", clock.now())
    assert "Resume" in staff.get("/office/jobs").text
    assert staff.post("/office/jobs/receipt/resume").status_code == 303
    session.rollback()
    assert session.scalars(select(JobPause)).all() == []


def test_bulk_work_shows_how_far_it_is(sign_in, session, clock):
    begin_write(session)
    enqueue_many(session, "reminder", [(f"m{n}", {}) for n in range(40)], now=clock.now())
    session.commit()
    for job in session.scalars(select(Job).limit(10)):
        job.state, job.done_at = "done", clock.now()
    session.commit()
    page = sign_in("admin").get("/office/jobs").text
    assert '<progress value="10" max="40"' in page
    assert "10 of 40" in page


def test_every_kind_of_work_has_a_name_people_read(worker):
    kinds = {*worker.runner._handlers, *(each.kind for each in worker._schedules)}
    assert kinds <= set(JOB_KINDS)


def test_bulk_work_may_be_hours_late(worker):
    assert all(patience(kind) >= timedelta(hours=1) for kind in worker.runner.at_once)


@pytest.mark.parametrize("role", ["finance", "accountant", "support", "editor"])
def test_it_is_for_administrators_alone(sign_in, dead, role):
    staff = sign_in(role)
    assert staff.get("/office/jobs").status_code == 403
    assert staff.post("/office/jobs/receipt/pause").status_code == 403
