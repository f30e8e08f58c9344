"""Two months of a newsroom in the sandbox, for pictures of the books: served with a clock that keeps up."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pyotp
from sqlalchemy import create_engine
from tests_support.counterparts import Simulated
from tests_support.live import Live, Reader
from tests_support.outbox import FakeTransport

from donations.inbox.handlers import HANDLERS
from donations.kernel.clock import MovableClock
from donations.kernel.database import begin_write, db, prepare_engine
from donations.migrations import schema
from donations.staff.accounts import add_member

PASSWORD = "correct horse battery"
ZONE = "Europe/Amsterdam"
KINDS = (
    ("monthly", "1500", "usd"),
    ("once", "10000", "usd"),
    ("annual", "10000", "usd"),
    ("monthly", "1000", "gbp"),
    ("once", "5000", "jpy"),
    ("monthly", "1200", "eur"),
)


class Books:
    """The application after two months; `login`, `PASSWORD` and `code()` open its office."""

    login = "ann"

    def __init__(self, folder, gifts=14):
        environment = {
            "DATABASE_URL": f"sqlite:///{folder}/books.db",
            "SECRET_KEY": "0123456789abcdef" * 3,
            "VAULT_KEY": base64.b64encode(bytes(range(32))).decode(),
            "STRIPE_SECRET_KEY": "sk_test_suite",
            "STRIPE_WEBHOOK_SECRET": "whsec_suite",
            "MAIL_URL": "smtp://127.0.0.1:9",
            "NEWSROOM_NAME": "The Moscow Times",
            "NEWSROOM_CONTACT": "support@newsroom.example",
            "NEWSROOM_MAIL_FROM": "post@mail.example",
            "NEWSROOM_TIMEZONE": ZONE,
        }
        engine = prepare_engine(create_engine(environment["DATABASE_URL"]))
        schema.upgrade(engine, zone=ZONE)
        engine.dispose()
        self.clock = MovableClock(datetime.now(UTC))
        stripe = Simulated(environment["STRIPE_WEBHOOK_SECRET"], events=sorted(HANDLERS))
        self.live = Live(environment, FakeTransport(), stripe=stripe, clock=self.clock)
        self.sandbox = self.live.sandbox
        self._give(gifts)
        self._give_back()
        for _ in range(8):
            self._pass(8)
        self._hire()

    def code(self):
        """The one-time code the login asks for now."""
        return pyotp.parse_uri(self._uri).at(self.clock.at)

    def statement(self):
        """What the bank would send, as bytes of a CAMT.053 file."""
        return self.sandbox.control("bank_statement", {})["camt053"].encode()

    def _give(self, gifts):
        self.sandbox.control("faults", {"settlement": {"jpy": ["usd", "0.0066"]}})
        for number in range(gifts):
            frequency, amount, currency = KINDS[number % len(KINDS)]
            reader = Reader(self.live)
            reader.see("/support" if currency == "usd" else f"/support?currency={currency}")
            choice = {"frequency": frequency, f"amount_{frequency}": amount}
            reader.send(reader._form_with("frequency"), **choice)
            reader.send(reader._form_with("attempt"))
            order = {"session": reader.page.url.rsplit("/", 1)[-1], "challenge": "complete"}
            self.sandbox.control("pay", order | {"email": f"reader{number}@reader.example"})
            reader.close()
            if number % 4 == 3:
                self._pass(1)

    def _give_back(self):
        charges = list(self.sandbox.world.store.tables["charge"])
        self.sandbox.control("refund", {"charge": charges[1], "amount": 3000})
        self.sandbox.control("faults", {"settlement": {"jpy": ["usd", "0.0070"]}})
        self.sandbox.control("refund", {"charge": charges[4], "amount": 2000})
        self.sandbox.control("dispute", {"charge": charges[2]})
        self.sandbox.control("stripe_fee", {"amount": 250})

    def _pass(self, days):
        self.sandbox.control("advance", {"days": days})
        self.clock.at = datetime.fromtimestamp(self.sandbox.world.clock.now(), UTC)
        self.live.worker.tick()
        self.live.settle()

    def _hire(self):
        with self.live.app.app_context():
            session = begin_write(db.session())
            _, self._uri = add_member(
                session,
                self.live.house.master,
                login=self.login,
                password=PASSWORD,
                role="admin",
                now=self.clock.now(),
            )
            session.commit()
