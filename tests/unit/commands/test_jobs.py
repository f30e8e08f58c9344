import pytest
from click.testing import CliRunner
from sqlalchemy import select

from donations import cli
from donations.commands import jobs as command
from donations.jobs.claiming import claim_due
from donations.jobs.models import Job, JobPause
from donations.jobs.outbox import bury, enqueue_many, finish
from donations.kernel.database import begin_write


@pytest.fixture
def run(app, monkeypatch):
    monkeypatch.setattr(cli, "_settled_app", lambda: app)

    def asked(*words):
        answer = CliRunner().invoke(cli.cli, ["jobs", *words])
        return answer.exit_code, answer.output

    return asked


@pytest.fixture
def dead(session, clock):
    begin_write(session)
    enqueue_many(session, "receipt", [("r1", {}), ("r2", {})], now=clock.now())
    session.commit()
    for one in claim_due(session, "receipt", 5, now=clock.now()):
        bury(session, one.job_id, one.lease, "The mailbox is gone")
    session.commit()


def states(session):
    session.rollback()
    return [job.state for job in session.scalars(select(Job).order_by(Job.key))]


def test_it_lists_the_work_and_what_failed_for_good(run, dead):
    code, said = run("list")
    assert code == 0
    assert "receipt: 2 failed for good" in said
    assert "gave up r1 at attempt 1, 2026-11-24 12:00 UTC: The mailbox is gone" in said


def test_nothing_to_do_is_said(run):
    assert "Nothing is left" in run("list")[1]


def test_one_or_all_are_retried(run, dead, session):
    assert run("retry", "r1")[0] == 0
    assert states(session) == ["ready", "dead"]
    assert run("retry", "unknown") == (1, "There is no such job.\n")
    assert run("retry-all", "receipt") == (0, "1 will be tried again.\n")
    assert states(session) == ["ready", "ready"]


def test_a_kind_is_paused_and_resumed(run, session):
    assert run("pause", "reminder")[0] == 0
    assert session.scalars(select(JobPause.kind)).all() == ["reminder"]
    session.rollback()
    assert "reminder: paused by the command line" in run("list")[1]
    assert run("resume", "reminder")[0] == 0
    session.rollback()
    assert session.scalars(select(JobPause.kind)).all() == []


def test_it_watches_until_nothing_is_left(run, session, sessions, clock, monkeypatch):
    begin_write(session)
    enqueue_many(session, "reminder", [(f"m{n}", {}) for n in range(3)], now=clock.now())
    session.commit()

    def work_on(_seconds):
        with sessions() as own:
            (one,) = claim_due(own, "reminder", 1, now=clock.now())
            finish(own, one.job_id, one.lease, now=clock.now())
            own.commit()

    monkeypatch.setattr(command.time, "sleep", work_on)
    code, said = run("watch", "reminder")
    assert code == 0
    assert "Nothing is left to do." in said
    assert states(session) == ["done"] * 3


def test_watching_says_what_failed_for_good(run, dead):
    code, said = run("watch", "receipt")
    assert code == 1
    assert "2 failed for good." in said
