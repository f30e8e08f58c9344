"""A full disk: refused in plain words, nothing lost, nothing twice, and on again once there is room.

SQLite says "database or disk is full" when it may not grow: first by its own limit, then on a real
file system with no room left.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import pytest
import requests
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from stripe import WebhookSignature
from tests_support.stripe import FakeGateway

from donations.giving.models import Checkout
from donations.inbox.models import StripeEvent
from donations.jobs.models import Job
from donations.kernel import disk
from donations.kernel.database import db
from donations.newsletters.models import Subscription

SECRET = "whsec_suite"
ROOM = 1 << 30
FIELDS = {
    "frequency": "monthly",
    "currency": "usd",
    "amount_monthly": "1500",
    "attempt": "0123456789abcdef",
}


@pytest.fixture
def database_url(tmp_path, sqlite_template):
    copy = tmp_path / "donations.db"
    shutil.copy(sqlite_template, copy)
    return f"sqlite:///{copy}"


@contextmanager
def full(app):
    """No connection of the application may let the file grow."""
    limit = {"pages": 1}

    def hold(connection, *_rest):
        connection.execute(f"PRAGMA max_page_count={limit['pages']}")

    with app.app_context():
        engine = db.engine
    event.listen(engine, "checkout", hold)
    try:
        yield
    finally:
        limit["pages"] = ROOM
        with engine.connect():
            pass
        event.remove(engine, "checkout", hold)
        engine.dispose()


def told(number=1):
    """An event long enough to need new pages, as Stripe sends it."""
    body = json.dumps(
        {
            "id": f"evt_{number}",
            "object": "event",
            "type": "invoice.paid",
            "created": 1_790_000_000,
            "data": {"object": {"id": f"in_{number}", "customer_email": "canary@example.org"}},
        }
    )
    signed = WebhookSignature.generate_signature_header(body, SECRET, timestamp=int(time.time()))
    return {"data": body, "headers": {"Stripe-Signature": signed}}


def count(session, model):
    session.rollback()
    return session.scalar(select(func.count()).select_from(model))


def tell_until_full(client):
    """Tell events until one is refused; which were taken, and the answer of the one that was not."""
    taken = []
    for number in range(1, 2000):
        answer = client.post("/webhooks/stripe", **told(number))
        if answer.status_code != 200:
            return taken, number, answer
        taken.append(number)
    raise AssertionError("the disk never got full")


def test_an_event_that_cannot_be_kept_is_not_acknowledged_and_comes_again(
    app, client, session, capsys
):
    with full(app):
        taken, refused, answer = tell_until_full(client)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert count(session, StripeEvent) == len(taken)
    assert client.post("/webhooks/stripe", **told(refused)).status_code == 200
    for number in (*taken[:3], refused):
        assert client.post("/webhooks/stripe", **told(number)).status_code == 200
    assert count(session, StripeEvent) == len(taken) + 1
    assert count(session, Job) >= len(taken) + 1
    assert "canary" not in capsys.readouterr().out


def test_continue_says_that_nothing_was_charged_and_keeps_the_choice(app, client, session, capsys):
    gateway = FakeGateway()
    app.extensions["till"]._gateway = gateway
    with full(app):
        tell_until_full(client)
        for attempt in range(50):
            answer = client.post("/support/checkout", data=FIELDS | {"attempt": f"{attempt:016}"})
            if answer.status_code != 303:
                break
        assert answer.status_code == 503
        assert "Nothing was charged" in answer.text
        assert 'value="1500"' in answer.text
        opened, kept = len(gateway.opened), count(session, Checkout)
        assert opened == kept == attempt
    again = dict(re.findall(r'name="(attempt)" value="([^"]+)"', answer.text))
    assert client.post("/support/checkout", data=FIELDS | again).status_code == 303
    assert count(session, Checkout) == kept + 1
    assert "1500" not in capsys.readouterr().out


def test_a_form_with_an_address_says_to_try_again_and_nothing_of_it_is_logged(
    app, client, session, capsys
):
    wish = {"email": "canary@example.org", "consent": "yes", "newsletter": "weekly"}
    with full(app):
        tell_until_full(client)
        answers = [
            client.post("/newsletter", data=wish | {"email": f"canary{number}@example.org"})
            for number in range(40)
        ]
        refused = [answer for answer in answers if answer.status_code == 503]
        assert refused
        assert "Please try again in a few minutes" in refused[0].text
        assert count(session, Subscription) == len(answers) - len(refused)
    assert "canary" not in capsys.readouterr().out


def work_on(worker):
    for _ in range(200):
        worker.tick()
        worker.run_one()


def test_the_worker_waits_and_goes_on_where_it_stopped(app, client, session, worker, clock):
    client.post("/webhooks/stripe", **told())
    with full(app):
        tell_until_full(client)
        with pytest.raises(OperationalError, match="full"):
            work_on(worker)
    before = count(session, Job)
    worker.tick()
    assert count(session, Job) >= before
    states = session.scalars(select(Job.state).where(Job.kind == "stripe_event").distinct())
    assert set(states) <= {"ready", "done"}


def test_whoever_watches_the_server_is_told_in_time(app, client, monkeypatch):
    monkeypatch.setattr(disk, "LEAST_MEGABYTES", 10**9)
    wrong = client.get("/readyz").json["wrong"]
    assert any("the disk of the database has only" in one for one in wrong)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of a few megabytes, if this machine lets us mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("a small file system cannot be mounted here (that needs root)")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


@pytest.mark.chaos
def test_a_server_on_a_full_disk_refuses_survives_and_goes_on(small_disk, sqlite_template):
    shutil.copy(sqlite_template, small_disk / "donations.db")
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "donations", "serve", "--no-worker", f"--port={port}"],
        env={**os.environ, **settings_of(small_disk)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(address)
        ballast = small_disk / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as written:
            while True:
                written.write(bytes(4096))
        answers = [post(address, number) for number in range(1, 60)]
        assert 503 in answers
        assert set(answers) <= {200, 503}
        ballast.unlink()
        assert [post(address, number) for number in range(1, 60)] == [200] * 59
    finally:
        server.terminate()
        server.wait(30)
    import sqlite3

    with sqlite3.connect(small_disk / "donations.db") as kept:
        assert kept.execute("SELECT count(*) FROM stripe_event").fetchone() == (59,)
        assert kept.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    kept.close()


def post(address, number):
    event_ = told(number)
    return requests.post(f"{address}/webhooks/stripe", timeout=60, **event_).status_code


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_answers(address):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if requests.get(f"{address}/healthz", timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.05)
    raise AssertionError("the server did not start")


def settings_of(folder):
    return {
        "DATABASE_URL": f"sqlite:///{folder}/donations.db",
        "SECRET_KEY": "0123456789abcdef" * 3,
        "VAULT_KEY": base64.b64encode(bytes(range(32))).decode(),
        "STRIPE_SECRET_KEY": "sk_test_suite",
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "STRIPE_API_BASE": "http://127.0.0.1:9",
        "MAIL_URL": "smtp://127.0.0.1:9",
        "BASE_URL": "http://localhost",
        "NEWSROOM_NAME": "The Moscow Times",
        "NEWSROOM_CONTACT": "support@newsroom.example",
        "NEWSROOM_MAIL_FROM": "post@mail.example",
        "NEWSROOM_TIMEZONE": "Europe/Amsterdam",
    }
