"""How fast the same reminders leave the house when Celery carries them, on Redis and on RabbitMQ.

The two programs that `donations worker` starts with a broker do the work; with both killed in the
middle, what it costs is told too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from letters import THREADS, USUAL, Scene
from scene import database_on, prepare
from sqlalchemy import func, select, update

from donations.jobs.models import Job

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests_support.brokers import NAMES, missing_because, program, running

PATIENCE_SECONDS = 600


@contextmanager
def carriers(scene, broker):
    """Both lanes' workers, the relay with them; killed at the end."""
    command = [sys.executable, "-m", "donations", "worker", f"--threads={THREADS}"]
    environment = {**os.environ, **scene.environment, "CELERY_BROKER_URL": broker.url}
    processes = [
        subprocess.Popen([*command, f"--lane={lane}"], env=environment, start_new_session=True)
        for lane in ("prompt", "bulk")
    ]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _until(true):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)


def _sent(scene, broker, number):
    """From the first letter to the last, so that starting up is not counted."""
    scene.promise(number)
    scene.forget_taken()
    with carriers(scene, broker):
        _until(lambda: scene.taken())
        began, first = time.monotonic(), scene.taken().total()
        _until(lambda: not _left(scene))
        seconds = time.monotonic() - began
    taken = scene.taken()
    lost, doubled = number - len(taken), taken.total() - len(taken)
    rate = (number - first) / seconds
    return f"{rate:7,.0f} letters a second; lost {lost}, doubled {doubled}"


def _killed(scene, broker, number):
    scene.promise(number)
    scene.forget_taken()
    with carriers(scene, broker):
        _until(lambda: scene.taken().total() >= number / 2)
    half = scene.taken().total()
    scene.let_time_pass()
    _announce_again(scene)
    with carriers(scene, broker):
        _until(lambda: not _left(scene))
    taken = scene.taken()
    lost, doubled = number - len(taken), taken.total() - len(taken)
    return f"kill -9 after {half:,}: lost {lost}, doubled {doubled} under their own Message-ID"


def _left(scene):
    """How many reminders are not done; the day's other work does not count."""
    with scene._engine.connect() as connection:
        ready = select(func.count()).where(Job.state == "ready", Job.kind == "reminder")
        return connection.scalar(ready)


def _announce_again(scene):
    """As if the minute had passed after which a job that nobody took is announced again."""
    long_ago = datetime.now(UTC) - timedelta(minutes=10)
    with scene._engine.begin() as connection:
        told = Job.announced_at.is_not(None)
        connection.execute(update(Job).where(told).values(announced_at=long_ago))


def carried(folder, settings, postgresql):
    """Each broker with PostgreSQL; `postgresql` starts a server or raises."""
    number = int(os.environ.get("LETTERS", USUAL))
    with ExitStack() as stack:
        try:
            server = stack.enter_context(postgresql())
        except Exception as error:  # noqa: BLE001 - whatever ails it, the others are worth having
            print(f"\nReminders carried by Celery: not measured ({type(error).__name__})")
            return
        for name in NAMES:
            print(f"\n{number:,} reminders carried by Celery on {name}, PostgreSQL")
            if program(name) is None:
                print(f"  not measured: {missing_because(name)}")
                continue
            with running(name) as broker, database_on(server) as url:
                known = {**settings, "DATABASE_URL": url}
                prepare({**known, "BENCH_EVENTS": f"{folder}/carried-{name}.db"})
                with Scene(known, f"{folder}/carried-{name}") as scene:
                    print(f"  {_sent(scene, broker, number)}")
                    print(f"  {_killed(scene, broker, number)}")
