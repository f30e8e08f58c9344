from datetime import timedelta

import pytest

from donations.app import create_app
from donations.jobs.models import Job
from donations.jobs.outbox import beat, enqueue, pause
from donations.kernel.database import begin_write, db
from donations.reconciliation.discrepancies import Finding, Kind, found
from donations.settings import read_settings


def test_the_process_says_that_it_is_up(client):
    assert client.get("/healthz").text == "ok\n"


def test_it_is_ready_once_a_worker_lives(client, worker, clock):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "no worker" in answer.text
    worker.tick()
    answer = client.get("/readyz").json
    assert (answer["ready"], answer["wrong"]) == (True, [])
    clock.advance(timedelta(minutes=2))
    assert client.get("/readyz").status_code == 503


def test_work_that_failed_for_good_is_said(client, worker, session, clock):
    worker.tick()
    session.add(
        Job(
            kind="x",
            key="x",
            arguments={},
            state="dead",
            run_at=clock.now(),
            attempts=12,
            created_at=clock.now(),
        )
    )
    session.commit()
    assert "failed for good" in client.get("/readyz").text


def promise(session, kind, at):
    begin_write(session)
    enqueue(session, kind, f"{kind}:{at}", now=at)
    session.commit()


def test_what_is_late_is_said_by_kind_and_how_late_it_is(client, worker, session, clock):
    worker.tick()
    for kind, minutes in (("receipt", 4), ("stripe_event", 6), ("reminder", 300)):
        promise(session, kind, clock.now() - timedelta(minutes=minutes))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["wrong"] == ["work is late: stripe_event, by 6 minutes"]
    promise(session, "reminder", clock.now() - timedelta(hours=7))
    assert "work is late: reminder, by 7 hours" in client.get("/readyz").json["wrong"]


def test_paused_work_is_named_and_is_never_late(client, worker, session, clock):
    worker.tick()
    promise(session, "receipt", clock.now() - timedelta(days=1))
    begin_write(session)
    pause(session, "receipt", by="somebody", now=clock.now())
    session.commit()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["paused"] == ["receipt"]


def test_with_a_broker_everybody_who_carries_must_live(environment, session, clock):
    url = "redis://someone:hunter2@127.0.0.1:9/0"
    app = create_app(read_settings({**environment, "CELERY_BROKER_URL": url}), clock=clock)
    client = app.test_client()

    def wrong(*names):
        begin_write(session)
        for name in names:
            beat(session, name, now=clock.now())
        session.commit()
        answer = client.get("/readyz")
        assert "hunter2" not in answer.text + repr(app.extensions["donations"])
        return [words.split(" has")[0] for words in answer.json["wrong"]]

    assert wrong() == [
        "no worker",
        "no worker for bulk work",
        "the relay, which tells the broker of due work,",
    ]
    assert wrong("worker", "worker_bulk", "relay") == ["the broker"]
    assert wrong("broker") == []
    assert "donations_broker_heartbeat_age_seconds 0" in client.get("/metrics").text
    clock.advance(timedelta(minutes=2))
    assert wrong("worker", "worker_bulk", "relay") == ["the broker"]
    with app.app_context():
        db.engine.dispose()


def test_the_metrics_count_jobs_by_kind(client, worker, session, clock):
    worker.tick()
    promise(session, "receipt", clock.now() - timedelta(seconds=90))
    promise(session, "reminder", clock.now() + timedelta(days=1))
    begin_write(session)
    pause(session, "reminder", by="somebody", now=clock.now())
    session.commit()
    lines = client.get("/metrics").text.splitlines()
    assert 'donations_jobs{kind="receipt",state="due"} 1' in lines
    assert 'donations_jobs{kind="reminder",state="later"} 1' in lines
    assert 'donations_jobs_late_seconds{kind="receipt"} 90' in lines
    assert 'donations_jobs_paused{kind="reminder"} 1' in lines
    assert 'donations_jobs_paused{kind="receipt"} 0' in lines


def differ(session, clock, *kinds):
    begin_write(session)
    beat(session, "audit", now=clock.now())
    found(session, [Finding(kind, "x", clock.now().date()) for kind in kinds], now=clock.now())
    session.commit()


def test_the_books_have_a_line_of_their_own_and_no_part_in_readiness(
    client, worker, session, clock
):
    worker.tick()
    assert client.get("/readyz").json["books"] == "not audited within a day"
    differ(session, clock)
    assert client.get("/readyz").json["books"] == "well"
    differ(session, clock, Kind.NO_FUND)
    assert client.get("/readyz").json["books"] == "exceptions open: 1"
    differ(session, clock, Kind.INVARIANT_BROKEN)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["books"] == "invariants broken: 1"


def test_the_machine_itself_may_read_the_metrics(client, worker, session, clock):
    never = client.get("/metrics").text
    assert "donations_last_audit_age_seconds +Inf" in never
    worker.tick()
    differ(session, clock, Kind.NO_FUND, Kind.INVARIANT_BROKEN)
    clock.advance(timedelta(seconds=90))
    told = client.get("/metrics")
    assert told.content_type.startswith("text/plain; version=0.0.4")
    lines = told.text.splitlines()
    assert 'donations_open_exceptions{kind="no_fund"} 1' in lines
    assert 'donations_open_exceptions{kind="balance_differs"} 0' in lines
    assert "donations_broken_invariants 1" in lines
    assert "donations_dead_jobs 0" in lines
    assert "donations_worker_heartbeat_age_seconds 90" in lines
    assert "donations_last_audit_age_seconds 90" in lines
    assert "donations_last_sweep_age_seconds +Inf" in lines


@pytest.mark.parametrize(
    "asked",
    [
        {"environ_base": {"REMOTE_ADDR": "192.0.2.1"}},
        {"headers": {"X-Forwarded-For": "192.0.2.1"}},
        {"headers": {"Authorization": "Bearer "}, "environ_base": {"REMOTE_ADDR": "192.0.2.1"}},
        {"environ_base": {"REMOTE_ADDR": ""}},
    ],
)
def test_nobody_else_may_read_them(client, asked):
    assert client.get("/metrics", **asked).status_code == 404


def test_whoever_has_the_token_may_read_them_from_anywhere(environment, clock):
    app = create_app(read_settings({**environment, "METRICS_TOKEN": "t" * 32}), clock=clock)
    client = app.test_client()
    far = {"REMOTE_ADDR": "192.0.2.1"}
    right = {"Authorization": f"Bearer {'t' * 32}"}
    assert client.get("/metrics", environ_base=far, headers=right).status_code == 200
    assert client.get("/metrics", environ_base=far).status_code == 404
    wrong = {"Authorization": "Bearer é"}
    assert client.get("/metrics", environ_base=far, headers=wrong).status_code == 404
    with app.app_context():
        db.engine.dispose()
