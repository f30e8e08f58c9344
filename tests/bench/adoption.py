"""How long taking in a large export takes, and how much memory: 50,000 rows, shown, done, taken back.

Each step is a process of its own, as the command is, and tells its own peak.  A third of the rows
belong to somebody known already, some to somebody who may be.  Run alone:
`python tests/bench/adoption.py [rows]`.
"""

from __future__ import annotations

import csv
import io
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scene import database_on, prepare, rows, settings_in

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests_support.postgresql import start_postgresql

ROWS = 50_000
STEPS = (
    ("shown", "csv", "--dry-run"),
    ("taken in", "csv"),
    ("a second time", "csv"),
    ("taken back", "undo"),
)
HEADS = (
    *("Donation ID", "First Name", "Last Name", "Email Address", "Donation Total"),
    *("Currency Code", "Donation Status", "Donation Date"),
)


def export(path, number):
    """An export of so many gifts by two fifths as many people, some of them under two mailboxes."""
    chance = random.Random(5)
    first_day = datetime(2019, 1, 1, tzinfo=UTC)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADS)
        for at in range(number):
            person = chance.randrange(number * 2 // 5)
            plus = "+paper" if person % 97 == 0 and chance.random() < 0.5 else ""
            day = first_day + timedelta(hours=at)
            writer.writerow(
                (
                    *(at, f"First{person}", f"Last{person}"),
                    *(
                        f"reader{person}{plus}@mail{person % 50}.example",
                        f"{chance.randint(1, 200)}.00",
                    ),
                    *("USD", "Complete", day.strftime("%B %d, %Y")),
                )
            )


def adoption(folder, settings, number=ROWS):
    path = Path(folder) / "export.csv"
    export(path, number)
    print(f"\nTaking in an export of {number:,} rows ({path.stat().st_size / 1e6:.1f} MB)")
    measure("SQLite", settings, path, number)
    with ExitStack() as stack:
        try:
            server = stack.enter_context(start_postgresql())
            url = stack.enter_context(database_on(server))
        except Exception as error:  # noqa: BLE001 - whatever ails it, the other measurements are worth having
            print(f"  PostgreSQL: not measured ({type(error).__name__})")
            return
        known = {**settings, "DATABASE_URL": url, "BENCH_EVENTS": url.replace("+psycopg", "")}
        prepare(known)
        measure("PostgreSQL", known, path, number)


def measure(name, settings, path, number):
    print(f"  {name:12}{'step':>16}{'s':>8}{'rows/s':>9}{'peak MB':>9}{'CPU s':>7}")
    for step, verb, *options in STEPS:
        command = [sys.executable, __file__, "--step", verb, str(path), *options]
        told = subprocess.run(
            command, env={**os.environ, **settings}, capture_output=True, text=True, check=False
        )
        if not told.stdout.startswith("took"):
            print(f"  {step}: not measured\n{told.stdout}{told.stderr[-2000:]}")
            return
        _, took, peak, cpu = told.stdout.split()[:4]
        rate = number / float(took)
        print(
            f"  {'':12}{step:>16}{float(took):8.1f}{rate:9,.0f}{float(peak):9.0f}{float(cpu):7.1f}"
        )
        if step == "taken in":
            kept = {
                each: rows(settings["DATABASE_URL"], each) for each in ("supporter", "past_gift")
            }
            print(f"  {'':12}  {kept['supporter']:,} supporters, {kept['past_gift']:,} past gifts")
    left = rows(settings["DATABASE_URL"], "past_gift") + rows(settings["DATABASE_URL"], "supporter")
    print(f"  {'':12}  {left} rows of theirs are left")


def one_step(verb, path, *options):
    """Does a step in this process: seconds, peak memory in MB, seconds of CPU."""
    from sqlalchemy import select

    from donations.adoption.models import ImportBatch
    from donations.app import create_app
    from donations.commands import adopt_csv
    from donations.kernel.database import db
    from donations.settings import read_settings

    app = create_app(read_settings(os.environ))
    began = time.monotonic()
    with redirect_stdout(io.StringIO()):
        if verb == "csv":
            asked = adopt_csv.Asked.read(Path(path), source="givewp")
            adopt_csv.run(app, asked, dry_run="--dry-run" in options)
        else:
            with app.app_context():
                batch = db.session().scalars(select(ImportBatch.public_id)).one()
                db.session().rollback()
            adopt_csv.run_undo(app, batch)
    took = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    print("took", took, used.ru_maxrss / 1024, used.ru_utime + used.ru_stime)


def main(number):
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(folder)
        prepare(settings)
        adoption(folder, settings, number)


if __name__ == "__main__":
    if "--step" in sys.argv:
        one_step(*sys.argv[2:])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
