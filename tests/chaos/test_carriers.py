"""Workers get SIGKILL in the middle of their work, and brokers too: each job has one effect.

The same handlers run in threads of our own, by Celery on Redis and by Celery on RabbitMQ.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from tests_support.brokers import RabbitMQ
from tests_support.counting import BULK, PROMPT, Processes

from donations.jobs import cleaning
from donations.jobs.carriers.celery_carrier import CeleryCarrier
from donations.jobs.carriers.lanes import Lane
from donations.jobs.models import Heartbeat, Job
from donations.jobs.outbox import enqueue_many
from donations.kernel.database import begin_write
from donations.web.house import EXTENSION

PROMPTS = 120
BULKS = 180
ALL = PROMPTS + BULKS


@pytest.fixture
def effects(session):
    session.execute(text("CREATE TABLE effect (key VARCHAR(20))"))
    session.commit()

    def counted():
        session.rollback()
        return Counter(session.scalars(text("SELECT key FROM effect")).all())

    yield counted
    session.rollback()
    session.execute(text("DROP TABLE effect"))
    session.commit()


@pytest.fixture(params=["embedded", "redis", "rabbitmq"])
def broker(request, brokers):
    if request.param == "embedded":
        return None
    started = brokers(request.param)
    if request.param == "redis":
        started.kill()  # what another test left there is forgotten
        started.start()
    return started


@pytest.fixture
def processes(database_url, broker):
    made = Processes(database_url, broker)
    yield made
    if made.running:
        made.kill()


def promise_all(session):
    now = datetime.now(UTC)
    begin_write(session)
    for kind, count in ((PROMPT, PROMPTS), (BULK, BULKS)):
        work = [(f"{kind}{n}", {"key": f"{kind[-1]}{n}"}) for n in range(count)]
        enqueue_many(session, kind, work, now=now)
    session.commit()


def pass_minutes(session):
    """What minutes do: the leases of the dead run out, and the silent are announced again."""
    before = datetime.now(UTC) - timedelta(minutes=2)
    begin_write(session)
    session.execute(update(Job).where(Job.lease.is_not(None)).values(run_at=before))
    session.commit()
    pass_a_minute_of_silence(session)


def pass_a_minute_of_silence(session):
    """So that what was announced and not taken is announced again."""
    before = datetime.now(UTC) - timedelta(minutes=2)
    begin_write(session)
    session.execute(update(Job).where(Job.state == "ready").values(announced_at=before))
    session.commit()


def left(session):
    session.rollback()
    return session.scalar(select(func.count()).where(Job.state == "ready"))


def until(true, seconds, what):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@pytest.mark.chaos
def test_workers_killed_midway_lose_nothing_and_do_nothing_twice(session, effects, processes):
    promise_all(session)
    said = ""
    for done in (ALL // 4, ALL // 2):
        processes.start()
        until(lambda at=done: effects().total() >= at, 30, "the work does not go on")
        said += processes.kill()
        pass_minutes(session)
    processes.start()
    until(lambda: left(session) == 0, 30, f"{left(session)} jobs are left")
    said += processes.stop()
    assert effects().total() == ALL
    assert set(effects().values()) == {1}
    assert set(session.scalars(select(Job.state))) == {"done"}
    assert processes.statuses == [0] * len(processes.statuses)
    assert "guest" not in said
    assert "127.0.0.1" not in said


@pytest.mark.chaos
@pytest.mark.parametrize("broker", ["redis", "rabbitmq"], indirect=True)
def test_a_broker_that_forgets_everything_or_dies_loses_no_job(session, effects, broker, processes):
    if isinstance(broker, RabbitMQ) and session.get_bind().dialect.name != "sqlite":
        pytest.skip("with one database is enough: it takes long to start again")
    processes.start()
    promise_all(session)
    until(lambda: effects().total() >= ALL // 4, 30, "the work does not go on")
    broker.kill()
    broker.start()
    pass_minutes(session)
    for _ in range(6):  # Celery takes its time to come back, and a message may be lost meanwhile
        with contextlib.suppress(AssertionError):
            until(lambda: left(session) == 0, 10, "")
        if left(session) == 0:
            break
        pass_a_minute_of_silence(session)
    assert left(session) == 0
    said = processes.stop()
    assert set(effects().values()) == {1}
    assert effects().total() == ALL
    names = set(session.scalars(select(Heartbeat.name)))
    assert names == {"worker", "worker_bulk", "relay", "broker"}
    assert "guest" not in said
    assert "127.0.0.1" not in said


@pytest.mark.chaos
@pytest.mark.parametrize("broker", ["redis"], indirect=True)
def test_a_flood_in_bulk_does_not_hold_up_what_people_wait_for(session, effects, processes):
    now = datetime.now(UTC)
    begin_write(session)
    enqueue_many(session, BULK, [(f"b{n}", {"key": f"b{n}"}) for n in range(5_000)], now=now)
    session.commit()
    processes.start()
    until(lambda: effects().total() >= 20, 30, "the work does not go on")
    begin_write(session)
    enqueue_many(session, PROMPT, [("receipt", {"key": "receipt"})], now=now)
    session.commit()
    until(lambda: effects()["receipt"], 20, "the receipt waits behind the flood")
    assert left(session) > 1_000
    processes.kill()


@pytest.mark.chaos
@pytest.mark.parametrize("broker", ["redis", "rabbitmq"], indirect=True)
def test_a_message_holds_ids_and_nothing_else(broker):
    carrier = CeleryCarrier(broker.url)
    carrier.announce(Lane.BULK, [[4711, 4712]])
    with carrier._app.connection_for_read() as connection:
        got = carrier._queues[Lane.BULK](connection.default_channel).get(no_ack=True)
        while got.payload[0] != [[4711, 4712]]:
            got = carrier._queues[Lane.BULK](connection.default_channel).get(no_ack=True)
    carrier.close()
    assert got.content_type == "application/json"
    assert got.payload[:2] == [[[4711, 4712]], {}]


@pytest.mark.chaos
@pytest.mark.parametrize("broker", ["redis"], indirect=True)
def test_one_variable_moves_the_same_work_to_a_broker(session, environment, app, broker, clock):
    settings = {**environment, "CELERY_BROKER_URL": broker.url}
    process = subprocess.Popen(
        [sys.executable, "-m", "donations", "worker"],
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )

    def cleaned():
        session.rollback()
        return session.scalar(select(Job.state).where(Job.kind == cleaning.JOB)) == "done"

    try:
        until(cleaned, 40, "the day's own work was not done")
        clock.at = datetime.now(UTC)
        parts = app.extensions[EXTENSION]
        app.extensions[EXTENSION] = replace(parts, broker_url=broker.url)
        until(lambda: silent(app) == [], 20, silent(app))
    finally:
        process.terminate()
        said = process.communicate(timeout=40)[0].decode()
    assert process.returncode == 0
    assert str(broker.port) not in said


def silent(app):
    """Who of those that should be at work is not."""
    told = app.test_client().get("/readyz").json["wrong"]
    return [
        what for what in told if "silent" in what or "signs of life" in what or "broker" in what
    ]
