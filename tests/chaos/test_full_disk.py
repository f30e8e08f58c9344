"""A full disk: refused in plain words, nothing lost, nothing twice, and on again once there is room.

SQLite says "database or disk is full" when it may not grow: first by its own limit; then our real
programs run on a small file system with no room left, on SQLite and on a PostgreSQL of their own.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from stripe import WebhookSignature
from tests_support.lives import Audit
from tests_support.processes import Newsroom, PostgreSQL, until
from tests_support.stripe import FakeGateway

from donations.giving.models import Checkout, Gift
from donations.inbox.models import StripeEvent
from donations.jobs.models import Heartbeat, Job
from donations.jobs.outbox import enqueue
from donations.jobs.worker import Worker
from donations.kernel import disk
from donations.kernel.database import begin_write, db
from donations.mailer.models import Letter
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


def test_a_disk_full_for_a_day_costs_no_job_an_attempt_and_doubles_nothing(app, session, clock):
    def grow(session, arguments, now):
        begin_write(session)
        for number in range(2000):
            session.add(Heartbeat(name=f"{arguments['key']} {number} {'x' * 40}", beat_at=now))

    with app.app_context():
        working = Worker(lambda: nullcontext(db.session()), {"grow": grow}, clock)
        for key in ("a", "b"):
            enqueue(session, "grow", key, {"key": key}, now=clock.now())
        session.commit()
        with full(app):
            for _ in range(24 * 4):
                working.run_due()
                clock.advance(timedelta(minutes=15))
            assert working.runner.met_full_disk
        session.rollback()
        waiting = session.execute(select(Job.state, Job.attempts, Job.last_error)).all()
        assert waiting == [("ready", 0, "Waiting: the disk is full")] * 2
        assert working.run_due() == 2
        assert not working.runner.met_full_disk
    assert count(session, Heartbeat) == 4000
    assert set(session.scalars(select(Job.state))) == {"done"}


def test_whoever_watches_the_server_is_told_in_time(app, client, monkeypatch):
    monkeypatch.setattr(disk, "LEAST_MEGABYTES", 10**9)
    wrong = client.get("/readyz").json["wrong"]
    assert any("the disk of the database has only" in one for one in wrong)


class SmallDisk:
    """A file system of a few megabytes that fills up, and gets room again."""

    def __init__(self, folder):
        self.folder = folder
        self.ballast = folder / "ballast"

    def fill(self):
        """Take what room there is; whatever is given back is taken by the next call."""
        with suppress(OSError), self.ballast.open("ab", buffering=0) as written:
            while True:
                written.write(bytes(4096))

    def free(self):
        self.ballast.unlink()


@contextmanager
def mounted(megabytes):
    folder = Path(tempfile.mkdtemp(prefix="donations-small-"))
    try:
        answer = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder)],
            capture_output=True,
            check=False,
        )
    except OSError as error:
        answer = subprocess.CompletedProcess((), 1, stderr=str(error))
    try:
        if answer.returncode:
            pytest.skip("a small file system cannot be mounted here (that needs root, and Linux)")
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], capture_output=True, check=False)
        folder.rmdir()


@dataclass
class Scene:
    disk: SmallDisk
    newsroom: Newsroom
    postgresql: PostgreSQL | None
    log: Path

    def come_back(self):
        """There is room again; whoever runs PostgreSQL starts it if it gave up."""
        self.disk.free()
        if self.postgresql is not None:
            self.postgresql.start()
        until(lambda: self.newsroom.get("/support").ok, 60, "the pages stay away")

    def logged(self):
        return self.log.read_text()


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request, tmp_path):
    with ExitStack() as stack:
        small, log = request.param == "sqlite", tmp_path / "log"
        disk = stack.enter_context(mounted(24 if small else 160))
        server, url = None, f"sqlite:///{disk.folder}/donations.db"
        if not small:
            server = PostgreSQL(disk.folder)
            stack.callback(server.stop)
            url = server.url
        newsroom = Newsroom(url, server, events=240, ready="/healthz", log=log)
        stack.callback(newsroom.stop)
        yield Scene(disk, newsroom, server, log)


def stored(newsroom):
    with Session(newsroom.engine) as session:
        return session.scalar(select(func.count()).select_from(StripeEvent))


def refused_while_full(scene):
    """Events are told and readers press Continue while there is no room.

    Gives the events acknowledged meanwhile, and the page that says that it cannot be done now.
    """
    newsroom, disk, taken, told, pages = scene.newsroom, scene.disk, [], [], []

    def all_is_refused():
        disk.fill()
        if len(told) - len(taken) < 20:  # Stripe has days for its tries, the sandbox only a few
            told.extend(range(10))
            taken.extend(newsroom.tell(10))
        pages.append(newsroom.press_continue(10**6 + len(pages)))
        return pages[-1].status_code == 503

    until(all_is_refused, 60, "the disk never got full")
    assert len(told) > len(taken)
    until(lambda: disk.fill() or "the disk is full" in scene.logged(), 60, "nobody said so")
    return taken, pages[-1]


def doctor(newsroom):
    asked = subprocess.run(
        [sys.executable, "-m", "donations", "doctor"],
        env={**os.environ, **newsroom.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.returncode, asked.stdout


@pytest.mark.chaos
def test_real_programs_on_a_full_disk_refuse_say_so_and_go_on(scene):
    newsroom = scene.newsroom
    newsroom.happen()
    taken = newsroom.tell(60)  # the worker has letters to send while the disk fills
    for _ in range(2):
        more, page = refused_while_full(scene)
        taken += more
        assert "Nothing was charged" in page.text
        assert 'value="1500"' in page.text
        said = newsroom.get("/readyz")
        assert said.status_code == 503
        assert any("the disk of the database" in one for one in said.json()["wrong"]), said.text
        status, found = doctor(newsroom)
        assert status == 1
        assert "WRONG the disk of the database" in found, found
        scene.come_back()
        assert stored(newsroom) == len(set(taken))
    until(lambda: newsroom.tell() == [], 120, "some event is never acknowledged")
    newsroom.rest()
    assert Audit(newsroom.sandbox, newsroom.engine).wrong() == []
    with Session(newsroom.engine) as session:
        left = session.execute(select(Job.key, Job.last_error).where(Job.state != "done")).all()
        letters = session.scalars(select(Letter.key)).all()
        gifts = session.scalar(select(func.count()).select_from(Gift))
    charges = newsroom.sandbox.world.store.tables["charge"]
    assert left == []
    assert gifts == len(charges) == len(letters) == len(newsroom.letters.ids)
    again = newsroom.letters.ids.total() - gifts
    print(f"\n{gifts} gifts; {again} letters sent again under their Message-ID")
    assert again <= 4
    for canary in ("example.org", "cs_test_", "evt_", "1500"):
        assert canary not in scene.logged()
