"""`make simulate`: a year of a thousand supporters, and whether the books agree to the cent."""

from __future__ import annotations

import base64
import logging
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import click
import structlog
from sqlalchemy import create_engine

sys.path.insert(0, str(Path(__file__).parents[1]))

from simulation.year import Year, live_through
from tests_support.outbox import FakeTransport

from donations.kernel.clock import MovableClock
from donations.kernel.database import prepare_engine
from donations.migrations import schema
from donations.sandbox.objects import catalogue
from donations.sandbox.objects.checkout import checkout
from donations.sandbox.server import Sandbox


def environment(folder, database_url):
    return {
        "DATABASE_URL": database_url or f"sqlite:///{folder}/donations.db",
        "SECRET_KEY": "0123456789abcdef" * 3,
        "VAULT_KEY": base64.b64encode(bytes(range(32))).decode(),
        "STRIPE_SECRET_KEY": "sk_test_suite",
        "STRIPE_WEBHOOK_SECRET": "whsec_suite",
        "MAIL_URL": "smtp://127.0.0.1:9",
        "NEWSROOM_NAME": "The Moscow Times",
        "NEWSROOM_CONTACT": "support@newsroom.example",
        "NEWSROOM_MAIL_FROM": "post@mail.example",
        "NEWSROOM_TIMEZONE": "Europe/Amsterdam",
    }


def alone(members):
    """Seconds the sandbox takes for a year of monthly members, nobody listening."""
    sandbox = Sandbox(port=0, events=())
    world = sandbox.world
    with world.lock:
        catalogue.create_product(world, {"id": "support", "name": "Support"})
        price = {"currency": "usd", "unit_amount": 1500, "product": "support"}
        line = {"quantity": 1, "price_data": {**price, "recurring": {"interval": "month"}}}
        wanted = {
            "mode": "subscription",
            "success_url": "http://127.0.0.1:1/",
            "line_items": [line],
        }
        for _ in range(members):
            session = checkout.open_session(world, wanted)
            sandbox.control("pay", {"session": session["id"]})
    started = time.monotonic()
    sandbox.control("advance", {"months": 12})
    seconds = time.monotonic() - started
    sandbox.stop()
    return seconds


@click.command()
@click.option("--supporters", default=1000, show_default=True)
@click.option("--seed", default=2026, show_default=True)
@click.option("--database-url", help="An empty database.  [default: SQLite in a temporary folder]")
def main(supporters, seed, database_url):
    """Live through a year and say whether the books agree; exits 1 if they do not."""
    seconds = alone(supporters)
    click.echo(f"A year of {supporters} monthly members in the sandbox alone: {seconds:.0f} s.")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        settings = environment(folder, database_url)
        engine = prepare_engine(create_engine(settings["DATABASE_URL"]))
        schema.upgrade(engine)
        engine.dispose()
        clock = MovableClock(datetime.now(UTC))
        live = live_through(settings, FakeTransport(), clock)
        started = time.monotonic()
        year = Year(live, clock, supporters, seed, say=lambda told: click.echo(told, err=True))
        try:
            year.run()
            wrong = year.differences()
        finally:
            live.stop()
    report(year, wrong, time.monotonic() - started)
    sys.exit(1 if wrong else 0)


def report(year, wrong, seconds):
    for name, count in sorted(year.happened.items()):
        click.echo(f"{count:7} {name}")
    for difference in wrong[:50]:
        click.echo(f"WRONG {difference}")
    verdict = "do not agree" if wrong else "agree to the cent"
    click.echo(
        f"{year.checked} checked in {seconds:.0f} s: books, balances, fees, disputes and payouts {verdict}."
    )


if __name__ == "__main__":
    main()
