"""The newsroom the measurements run in: settings, databases, and the page the bare side repeats."""

from __future__ import annotations

import base64
import sqlite3
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, func, make_url, select, table, text

from donations.app import create_app
from donations.appeals.editions import SAMPLE, publish, read_folder
from donations.kernel.database import db
from donations.migrations import schema
from donations.settings import read_settings

WEBHOOK_SECRET = "whsec_bench"
EVENT_TABLE = "CREATE TABLE event (id VARCHAR(80) PRIMARY KEY, type VARCHAR(80) NOT NULL)"


def settings_in(folder):
    return {
        "DATABASE_URL": f"sqlite:///{folder}/bench.db",
        "SECRET_KEY": "0123456789abcdef" * 3,
        "VAULT_KEY": base64.b64encode(bytes(32)).decode(),
        "STRIPE_SECRET_KEY": "sk_test_bench",
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "STRIPE_API_BASE": "http://127.0.0.1:9",
        "MAIL_URL": "smtp://127.0.0.1:9",
        "BASE_URL": "http://localhost",
        "NEWSROOM_NAME": "The Moscow Times",
        "NEWSROOM_CONTACT": "support@newsroom.example",
        "NEWSROOM_MAIL_FROM": "post@mail.example",
        "BENCH_EVENTS": f"{folder}/bare.db",
        "BENCH_BODY": f"{folder}/body",
        "BENCH_TEXT": f"{folder}/text",
        "BENCH_HEADERS": f"{folder}/headers",
    }


def prepare(settings):
    """Migrate our database and publish the sample edition; give the bare side its table."""
    app = create_app(read_settings(settings))
    with app.app_context():
        schema.upgrade(db.engine)
        publish(db.session(), read_folder(SAMPLE, ("en", "ru")), now=datetime.now(UTC))
        db.session.commit()
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text(EVENT_TABLE))
            db.session.commit()
        db.session.remove()
        db.engine.dispose()
    if not settings["BENCH_EVENTS"].startswith("postgresql"):
        connection = sqlite3.connect(settings["BENCH_EVENTS"])
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(EVENT_TABLE)
        connection.close()


@contextmanager
def database_on(server_url):
    """A database of our own on a PostgreSQL server, gone afterwards."""
    name = "donations_bench"
    administrator = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            url = make_url(server_url).set(database=name)
            yield url.render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    administrator.dispose()


def rows(database_url, name):
    """How many rows the table `name` holds."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        number = connection.scalar(select(func.count()).select_from(table(name)))
    engine.dispose()
    return number


def keep_the_page(port, settings):
    """Take the reader page's own bytes and headers, for the bare application to repeat."""
    address = f"http://127.0.0.1:{port}/"
    request = urllib.request.Request(address, headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(request) as answer:
        Path(settings["BENCH_BODY"]).write_bytes(answer.read())
        kept = [
            f"{name}: {value}"
            for name, value in answer.headers.items()
            if name.lower() not in {"server", "date", "connection"}
        ]
    Path(settings["BENCH_HEADERS"]).write_text("\n".join(kept))
    with urllib.request.urlopen(address) as answer:
        Path(settings["BENCH_TEXT"]).write_bytes(answer.read())
