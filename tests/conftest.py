"""What every test stands on: a real, migrated database of its own, on SQLite and on PostgreSQL."""

from __future__ import annotations

import base64
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from tests_support import thrift
from tests_support.outbox import FakeTransport
from tests_support.postgresql import empty, hurry, start_postgresql

from donations.app import create_app, create_worker
from donations.appeals.editions import SAMPLE, publish, read_folder
from donations.kernel.clock import MovableClock
from donations.kernel.database import db, prepare_engine
from donations.migrations import schema
from donations.settings import read_settings
from donations.web.house import EXTENSION

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ZONE = "Europe/Amsterdam"
ENGINES = ("sqlite", "postgresql")
thrift.install()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "migrated.db"
    engine = prepare_engine(create_engine(f"sqlite:///{path}"))
    schema.upgrade(engine, zone=ZONE)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_url():
    with start_postgresql() as url:
        engine = create_engine(url)
        schema.upgrade(engine, zone=ZONE)
        hurry(engine)
        engine.dispose()
        yield url


@pytest.fixture(params=ENGINES)
def database_url(request, tmp_path):
    if request.param == "sqlite":
        copy = tmp_path / "donations.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), copy)
        yield f"sqlite:///{copy}"
        return
    url = request.getfixturevalue("postgresql_url")
    yield url
    empty(url, ZONE)


@pytest.fixture
def environment(database_url):
    return {
        "DATABASE_URL": database_url,
        "SECRET_KEY": "0123456789abcdef" * 3,
        "VAULT_KEY": base64.b64encode(bytes(range(32))).decode(),
        "STRIPE_SECRET_KEY": "sk_test_suite",
        "STRIPE_WEBHOOK_SECRET": "whsec_suite",
        "STRIPE_API_BASE": "http://127.0.0.1:9",
        "MAIL_URL": "smtp://127.0.0.1:9",
        "BASE_URL": "http://localhost",
        "NEWSROOM_NAME": "The Moscow Times",
        "NEWSROOM_CONTACT": "support@newsroom.example",
        "NEWSROOM_MAIL_FROM": "post@mail.example",
        "NEWSROOM_TIMEZONE": ZONE,
    }


@pytest.fixture
def clock():
    return MovableClock(NOW)


@pytest.fixture
def outbox():
    return FakeTransport()


@pytest.fixture
def settings(environment):
    return read_settings(environment)


@pytest.fixture
def app(settings, clock, outbox):
    application = create_app(settings, clock=clock, transport=outbox)
    with application.app_context():
        session = db.session()
        publish(session, read_folder(SAMPLE, settings.newsroom.languages), now=clock.now())
        session.commit()
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app):
    """A browser on our own pages: it says where its requests come from."""
    browser = app.test_client()
    browser.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return browser


@pytest.fixture
def house(app):
    return app.extensions[EXTENSION]


@pytest.fixture
def master(settings):
    return settings.master_key


@pytest.fixture
def engine(database_url):
    opened = prepare_engine(create_engine(database_url))
    yield opened
    opened.dispose()


@pytest.fixture
def session(engine):
    with Session(engine) as opened:
        yield opened


@pytest.fixture
def worker(app):
    return create_worker(app)


@pytest.fixture
def sessions(engine):
    @contextmanager
    def one():
        with Session(engine) as opened:
            yield opened

    return one
