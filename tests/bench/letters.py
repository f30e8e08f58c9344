"""How fast reminders leave the house, what that takes, and what a kill -9 in the middle costs.

As many reminders as LETTERS says are due at once, each sealed under a key of its own; one worker
sends them to a mail server in a process of its own, which writes down every Message-ID.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scene import database_on, prepare
from sqlalchemy import create_engine, func, insert, select, update

from donations.jobs.models import Job
from donations.kernel.database import prepare_engine
from donations.kernel.ids import public_id
from donations.mailer.models import Letter
from donations.reminders.models import Reminder
from donations.settings import read_settings
from donations.vault.keys import normalised_email
from donations.vault.models import DataKey
from donations.vault.sealed import new_data_key

HERE = Path(__file__).parent
USUAL = 2000
AT_ONCE = 5000
PATIENCE_SECONDS = 3600
THREADS = 2
# Where a newsroom's readers have their mailboxes, more or less.
DOMAINS = ("gmail.com",) * 9 + ("mail.example", "yahoo.com", "icloud.com") * 2 + ("post.example",)


class Drawer:
    """Takes the keys that are made, so that they can be written many at a time."""

    def __init__(self):
        self.keys = []

    def add(self, key):
        self.keys.append(key)

    def flush(self):
        pass


class Scene:
    """A newsroom whose reminders are due, a mail server that takes them, and workers to send them.

    `sender` makes the worker's command; another carrier brings its own.
    """

    def __init__(self, settings, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._settings = settings
        self._engine = prepare_engine(create_engine(settings["DATABASE_URL"]))
        self._made = 0
        self._stack = ExitStack()

    def __enter__(self):
        self._book = self.folder / "taken"
        self._book.write_bytes(b"")
        sink = [sys.executable, str(HERE / "mail_sink.py"), str(self._book)]
        self._sink = subprocess.Popen(sink, stdout=subprocess.PIPE)
        self._stack.callback(self._sink.wait)
        self._stack.callback(self._sink.kill)
        self._stack.callback(self._sink.stdout.close)
        port = int(self._sink.stdout.readline())
        self.environment = {**self._settings, "MAIL_URL": f"smtp://127.0.0.1:{port}"}
        return self

    def __exit__(self, *_):
        self._stack.close()
        self._engine.dispose()

    def promise(self, number):
        """Make `number` reminders that are due now, their jobs with them."""
        master = read_settings(self._settings).master_key
        now = datetime.now(UTC)
        for first in range(0, number, AT_ONCE):
            rows = [
                _reader(master, self._made + n, now) for n in range(min(AT_ONCE, number - first))
            ]
            self._made += len(rows)
            with self._engine.begin() as connection:
                for at, table in enumerate((DataKey, Reminder, Job)):
                    connection.execute(insert(table), [row[at] for row in rows])

    def taken(self):
        """How many letters the mail server took of each name."""
        return Counter(self._book.read_bytes().split())

    def forget_taken(self):
        self._book.write_bytes(b"")

    def left(self):
        """How many jobs are not done."""
        with self._engine.connect() as connection:
            return connection.scalar(
                select(func.count()).select_from(Job).where(Job.state == "ready")
            )

    def let_time_pass(self):
        """As if the leases of who died had run out, and nothing could be on its way any more."""
        long_ago = datetime.now(UTC) - timedelta(minutes=10)
        with self._engine.begin() as connection:
            held = (Job.state == "ready", Job.lease.is_not(None))
            connection.execute(update(Job).where(*held).values(run_at=long_ago))
            unknown = update(Letter).where(Letter.sent_at.is_(None))
            connection.execute(unknown.values(sending_at=long_ago))

    @contextmanager
    def worker(self, way):
        """A worker that sends in a process of its own: `many` at a time or `one`."""
        command = [sys.executable, str(HERE / "letters.py"), "work", way]
        process = subprocess.Popen(
            command, env={**os.environ, **self.environment}, stdout=subprocess.PIPE
        )
        try:
            process.stdout.readline()  # it is up
            yield process
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def _reader(master, number, now):
    """The rows of one reader's reminder: key, reminder, job."""
    drawer = Drawer()
    _, envelope = new_data_key(drawer, master, now)
    address = f"reader{number}@{DOMAINS[number % len(DOMAINS)]}"
    name = public_id()
    key = {"id": number + 1, "wrapped": drawer.keys[0].wrapped, "created_at": now}
    reminder = {
        "public_id": name,
        "data_key_id": number + 1,
        "email_sealed": envelope.seal("reminder.email", address),
        "email_index": master.index("email", normalised_email(address)),
        "month": now.date().replace(day=1),
        "due_on": now.date(),
        "due_at": now,
        "language": ("en", "ru")[number % 2],
        "placement": "article",
        "frequency": "monthly",
        "amount_minor": 500 + number % 40 * 100,
        "currency": "usd",
        "state": "set",
        "created_at": now,
    }
    job = {
        "kind": "reminder",
        "key": f"reminder:{name}",
        "arguments": {"reminder": name},
        "state": "ready",
        "run_at": now,
        "created_at": now,
    }
    return key, reminder, job


def work(way):
    """Send whatever is due until nothing is left, and tell how much memory that took."""
    import resource

    import structlog

    from donations.app import create_app, create_worker
    from donations.jobs.outbox import ready_count
    from donations.jobs.worker import Worker

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    app = create_app(read_settings(os.environ))
    usual = create_worker(app)
    sender = usual.runner._handlers["reminder"]
    if way == "one":
        sender.at_once = 1
    worker = Worker(usual.runner.sessions, {"reminder": sender}, usual.runner.clock)
    print("up", flush=True)
    worker.start(THREADS)
    while True:
        with usual.runner.sessions() as session:
            if not ready_count(session, "reminder"):
                break
        time.sleep(0.2)
    worker.stop()
    spent = time.process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"megabytes": memory, "cpu_seconds": spent}), flush=True)


def _sent(scene, number, way):
    """Let a worker send everything: letters a second, and what it said of itself."""
    scene.promise(number)
    scene.forget_taken()
    with scene.worker(way) as process:
        began = time.monotonic()
        told = json.loads(process.stdout.readline())
        seconds = time.monotonic() - began
    taken = scene.taken()
    lost, doubled = number - len(taken), taken.total() - len(taken)
    print(
        f"  {way:<6}{number:>9,} letters in {seconds:7.1f} s: {number / seconds:7,.0f} a second, "
        f"{told['cpu_seconds'] / number * 1e6:6,.0f} µs of CPU each, {told['megabytes']} MB; "
        f"lost {lost}, doubled {doubled}"
    )
    return number / seconds


def _killed(scene, number):
    """Kill the worker when half is sent, and let another send the rest."""
    scene.promise(number)
    scene.forget_taken()
    until = time.monotonic() + PATIENCE_SECONDS
    with scene.worker("many") as process:
        while scene.taken().total() < number / 2 and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    half = scene.taken().total()
    scene.let_time_pass()
    with scene.worker("many") as process:
        process.stdout.readline()
    taken = scene.taken()
    lost, doubled = number - len(taken), taken.total() - len(taken)
    print(
        f"  kill -9 after {half:,} of {number:,}, {THREADS} at work: "
        f"lost {lost}, doubled {doubled} under their own Message-ID, {scene.left()} jobs left"
    )


def measure(database, settings, folder, number):
    """One database: all at once, killed in the middle, and letter by letter."""
    print(f"\nReminders due at once on {database}")
    with Scene(settings, folder) as scene:
        many = _sent(scene, number, "many")
        minutes = 100_000 / many / 60
        print(f"  100,000 would take this machine {minutes:.1f} minutes")
        _killed(scene, number)
        one = _sent(scene, max(number // 10, min(number, 500)), "one")
        print(f"  many by one: {many / one:.1f} times as fast")


def letters(folder, settings, postgresql):
    """Both databases; `postgresql` starts a server or raises."""
    number = int(os.environ.get("LETTERS", USUAL))
    known = {**settings, "DATABASE_URL": f"sqlite:///{folder}/letters.db"}
    prepare({**known, "BENCH_EVENTS": f"{folder}/letters-bare.db"})
    measure("SQLite", known, f"{folder}/letters-sqlite", number)
    with ExitStack() as stack:
        try:
            server = stack.enter_context(postgresql())
            url = stack.enter_context(database_on(server))
        except Exception as error:  # noqa: BLE001 - whatever ails it, the others are worth having
            print(f"\nReminders on PostgreSQL: not measured ({type(error).__name__})")
            return
        known = {**settings, "DATABASE_URL": url}
        prepare({**known, "BENCH_EVENTS": f"{folder}/letters-bare2.db"})
        measure("PostgreSQL", known, f"{folder}/letters-postgresql", number)


if __name__ == "__main__":
    work(sys.argv[2])
