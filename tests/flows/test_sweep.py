"""Webhooks lost, doubled, late or turned round: after a sweep the books are the same to the cent."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest
import stripe
from click.testing import CliRunner
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from tests_support.counterparts import Simulated
from tests_support.live import Live, Reader
from tests_support.outbox import FakeTransport

from donations.cli import cli
from donations.giving.models import Gift, Refund
from donations.inbox import sweep as sweeping
from donations.inbox.models import Sweep
from donations.inbox.sweep import sweep
from donations.jobs.models import Heartbeat, Job
from donations.kernel.database import db, prepare_engine
from donations.ledger.chart import Account
from donations.ledger.days import days_that_differ
from donations.ledger.models import Entry
from donations.payouts.models import Payout
from donations.reconciliation import nightly

pytestmark = pytest.mark.sandbox_only

EVERY_EVENT = 1_000_000


class SandboxTime:
    """The application lives in the sandbox's time."""

    def __init__(self, sandbox):
        self.sandbox = sandbox

    def now(self):
        return datetime.fromtimestamp(self.sandbox.world.clock.now(), UTC)


class World:
    """A newsroom, its Stripe, a reader, and what the two databases hold afterwards."""

    def __init__(self, environment, late=False):
        simulated = Simulated(environment["STRIPE_WEBHOOK_SECRET"], late=late)
        self.live = Live(
            environment, FakeTransport(), stripe=simulated, clock=SandboxTime(simulated.sandbox)
        )
        self.reader = Reader(self.live)
        self.engine = prepare_engine(create_engine(environment["DATABASE_URL"]))
        self.http = stripe.RequestsClient()
        base = simulated.sandbox.base_url
        self.sdk = stripe.StripeClient(
            "sk_test_other",
            http_client=self.http,
            base_addresses=dict.fromkeys(("api", "files", "connect", "meter_events"), base),
        )

    def faults(self, **knobs):
        self.live.sandbox.control("faults", knobs)

    def order(self, verb, **wanted):
        return self.live.sandbox.control(verb, wanted)

    def pass_days(self, days):
        for _ in range(days):
            self.order("advance", days=1)
            self.live.settle()

    def give(self, frequency="once", amount="5000", currency="usd", card="4242424242424242"):
        self.reader.choose(frequency, amount, currency)
        self.reader.pay(card=card)
        self.live.settle()
        return self.live.last("payment_intent")

    def sweep(self, since=None, now=None):
        house = self.live.house
        with self.live.app.app_context():
            row = sweep(db.session(), house.gateway, house.master, now or house.clock.now(), since)
            return row.seen, row.failed, row.mended

    def kinds(self):
        return sorted({kind for _, kind in self.sweep()[2]})

    def rows(self, model):
        with Session(self.engine) as session:
            return session.scalars(select(model).order_by(model.__table__.c[0])).all()

    def entries(self):
        """Every entry that tells of a movement, without ids and moments: what two worlds share."""
        with Session(self.engine) as session:
            return sorted(
                repr(
                    (
                        *(entry.kind, entry.charged_minor, entry.charged_currency),
                        *(entry.exchange_rate, entry.frequency, entry.campaign, entry.method),
                        *(entry.card_country, bool(entry.gift_reference), entry.memo),
                        sorted((p.account, p.currency, p.amount_minor) for p in entry.postings),
                    )
                )
                for entry in session.scalars(select(Entry))
            )

    def payouts(self):
        with Session(self.engine) as session:
            return sorted(
                repr(
                    (
                        *(payout.amount_minor, payout.currency, payout.state, payout.automatic),
                        *(bool(payout.trace_id), payout.failure_code),
                        *(bool(payout.movement), bool(payout.return_movement)),
                        sorted((line.type, line.net_minor) for line in payout.lines),
                        payout.lines_at is not None,
                    )
                )
                for payout in session.scalars(select(Payout))
            )

    def untied(self):
        """What differs from Stripe: balances, payouts from their lines, daily totals."""
        books = self.live.books()
        held = {c: minor for c, minor in self.live.house.gateway.balance().items() if minor}
        ours = {
            currency: minor
            for (account, currency), minor in books.items()
            if account == Account.STRIPE_BALANCE and minor
        }
        with Session(self.engine) as session:
            lines = [
                payout.stripe_id
                for payout in session.scalars(select(Payout))
                if payout.lines_at
                and payout.amount_minor != sum(line.net_minor for line in payout.lines)
            ]
            return (held.items() ^ ours.items(), lines, days_that_differ(session))

    def troubles(self):
        return [(job.kind, job.last_error) for job in self.rows(Job) if job.state != "done"]

    def stop(self):
        self.reader.close()
        self.http.close()
        self.live.stop()
        self.engine.dispose()


@pytest.fixture
def world(environment):
    made = World(environment)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def told(sqlite_template, tmp_path_factory):
    """What the books are when every webhook comes, and what a sweep still found to mend."""
    copy = tmp_path_factory.mktemp("told") / "donations.db"
    shutil.copy(sqlite_template, copy)
    made = World({**ENVIRONMENT, "DATABASE_URL": f"sqlite:///{copy}"})
    everything(made)
    made.live.settle()
    mended = made.kinds()
    yield made.entries(), made.payouts(), mended, made.untied()
    made.stop()


ENVIRONMENT = {
    "SECRET_KEY": "0123456789abcdef" * 3,
    "VAULT_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "STRIPE_SECRET_KEY": "sk_test_suite",
    "STRIPE_WEBHOOK_SECRET": "whsec_suite",
    "STRIPE_API_BASE": "http://127.0.0.1:9",
    "MAIL_URL": "smtp://127.0.0.1:9",
    "BASE_URL": "http://localhost",
    "NEWSROOM_NAME": "The Moscow Times",
    "NEWSROOM_CONTACT": "support@newsroom.example",
    "NEWSROOM_MAIL_FROM": "post@mail.example",
    "NEWSROOM_TIMEZONE": "Europe/Amsterdam",
}


def everything(world):
    """Money in every way the sandbox moves it."""
    world.give()
    world.order("refund", payment_intent=world.live.last("payment_intent"), amount=2000)
    world.give("monthly", "1500")
    world.faults(settlement={"eur": ["usd", "1.10"]})
    converted = world.give("once", "4000", "eur")
    world.faults(settlement={"eur": ["usd", "1.20"]})
    world.order("refund", payment_intent=converted, amount=1000)
    world.order("stripe_fee", amount=321)
    disputed = world.give("once", "7000", card="4000000000000259")
    assert disputed
    world.order("dispute_close", dispute=world.live.last("dispute"), won=True)
    returned = world.give("once", "3000")
    world.order("refund", payment_intent=returned, amount=3000)
    world.order("refund_fail", refund=world.live.last("refund"))
    world.live.settle()
    world.order("payout_fail")
    world.pass_days(7)
    world.order("advance", until_next_renewal=True)
    world.live.settle()
    world.pass_days(5)


@pytest.mark.parametrize(
    "way",
    [
        {"drop": EVERY_EVENT},
        {"drop_every": 3},
        {"duplicate": True, "reverse": True},
        {"late_balance_transaction": True, "drop_every": 2},
    ],
)
def test_the_books_are_the_same_whatever_became_of_the_webhooks(world, told, way):
    world.live.stripe.late = "late_balance_transaction" in way
    world.faults(**way)
    everything(world)
    world.live.stripe.late = False
    world.faults(clear=True)
    world.sweep()
    world.live.settle()
    assert world.untied() == (set(), [], [])
    assert world.entries() == told[0]
    assert world.payouts() == told[1]
    assert world.troubles() == []
    assert world.sweep()[1:] == (0, [])


def test_with_every_webhook_nothing_is_left_to_mend_not_even_a_fee_that_has_none(told):
    entries, payouts, mended, untied = told
    assert mended == []  # a payout told of the fee among its lines
    assert untied == (set(), [], [])
    kinds = {entry.split("'")[1] for entry in entries}
    assert kinds == {
        *("gift", "refund", "refund_failed", "dispute", "dispute_reversed", "stripe_fee"),
        *("payout", "payout_failed"),
    }
    assert any("'failed'" in payout for payout in payouts)
    assert any("payout_failure" in payout for payout in payouts)
    assert any("'exchange'" in entry for entry in entries)


def test_lost_webhooks_told_late_after_all_change_nothing(world, told):
    world.faults(drop=EVERY_EVENT)
    everything(world)
    world.faults(clear=True)
    world.sweep()
    before = world.entries(), world.payouts()
    world.live.worker.tick()
    world.live.settle()
    assert (world.entries(), world.payouts()) == before
    # The audit may have its turn before the sweep: then it lets that end first and comes later.
    assert [kind for kind, _reason in world.troubles() if kind != nightly.JOB] == []


def foreign(world, amount=1900):
    return world.sdk.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )


def test_a_charge_that_is_not_ours_waits_and_then_stands_in_suspense(world):
    charge = foreign(world)
    world.live.settle()
    assert world.sweep()[1:] == (0, [])
    world.order("advance", seconds=3 * 3600)
    world.live.settle()
    assert world.kinds() == ["other"]
    assert world.live.books()["suspense", "usd"] == -1900
    world.sdk.v1.refunds.create({"payment_intent": charge.id, "amount": 500})
    world.order("advance", seconds=3 * 3600)
    world.live.settle()
    assert world.kinds() == ["other"]
    assert world.live.books()["suspense", "usd"] == -1400
    assert world.rows(Gift) == world.rows(Refund) == []
    assert world.sweep()[1:] == (0, [])
    assert world.untied() == (set(), [], [])


AT_ONCE = "4000000000000077"  # its funds need not wait


def test_a_payout_made_by_hand_is_booked_without_lines_and_may_be_called_back(world):
    world.give(card=AT_ONCE)
    made = world.sdk.v1.payouts.create({"amount": 100, "currency": "usd"})
    world.live.settle()
    world.sdk.v1.payouts.cancel(made.id)
    world.live.settle()
    [row] = world.rows(Payout)
    assert (row.state, row.automatic, row.lines_at) == ("canceled", False, None)
    assert row.movement and row.return_movement
    assert world.untied() == (set(), [], [])
    assert world.sweep()[1:] == (0, [])


@pytest.mark.parametrize("drop", [0, EVERY_EVENT])
def test_an_instant_payout_costs_a_service_fee_and_is_a_line_of_the_next_automatic_one(world, drop):
    world.faults(drop=drop)
    world.give(card=AT_ONCE)
    world.sdk.v1.payouts.create({"amount": 1000, "currency": "usd", "method": "instant"})
    world.pass_days(3)
    world.sweep()
    world.live.settle()
    assert world.live.books()["service_fees", "usd"] > 0
    by_hand, automatic = world.rows(Payout)
    assert (by_hand.automatic, automatic.automatic) == (False, True)
    assert any("('payout', -" in payout for payout in world.payouts())
    assert world.untied() == (set(), [], [])


def test_the_nightly_job_does_it_bit_by_bit_and_is_a_sign_of_life(world, monkeypatch):
    monkeypatch.setattr(sweeping, "MOST_TRIED", 2)
    world.faults(drop=EVERY_EVENT)
    everything(world)
    world.faults(clear=True)
    with world.live.app.app_context():
        session = db.session()
        sweeping.enqueue(session, "sweep", "sweep:tonight", now=world.live.clock.now())
        session.commit()
    world.live.worker.run_due()
    assert len(world.rows(Sweep)) > 3
    assert world.troubles() == []
    assert world.untied() == (set(), [], [])
    assert [beat.name for beat in world.rows(Heartbeat)] == ["sweep"]
    assert world.sweep()[1:] == (0, [])


def test_the_command_says_what_it_mended_and_then_that_nothing_is_left(world, monkeypatch):
    monkeypatch.setattr("donations.cli._settled_app", lambda: world.live.app)
    world.faults(drop=EVERY_EVENT)
    world.give()
    world.order("stripe_fee", amount=300)
    first = CliRunner().invoke(cli, ["sweep"])
    assert first.exit_code == 0, first.output
    assert "Mended gift: 1 (48.25 USD)" in first.output
    assert "Mended stripe_fee: 1 (-3.00 USD)" in first.output
    again = CliRunner().invoke(cli, ["sweep", "--since", "2020-01-01"])
    assert again.exit_code == 0
    assert "Nothing to mend" in again.output
