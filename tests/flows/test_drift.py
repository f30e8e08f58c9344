"""What Stripe knows and was never told here is found by the nightly audit, and clears by itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import stripe
from sqlalchemy import select
from tests_support.counterparts import BASES, Simulated
from tests_support.live import Live, Reader
from tests_support.outbox import FakeTransport

from donations.inbox.sweep import sweep
from donations.kernel.database import begin_write, db
from donations.reconciliation.discrepancies import open_counts
from donations.reconciliation.models import Discrepancy
from donations.reconciliation.nightly import auditor

pytestmark = pytest.mark.sandbox_only


class SandboxTime:
    """The application lives in the sandbox's time."""

    def __init__(self, sandbox):
        self.sandbox = sandbox

    def now(self):
        return datetime.fromtimestamp(self.sandbox.world.clock.now(), UTC)


class Nights:
    """A newsroom and its Stripe, night after night."""

    def __init__(self, environment):
        simulated = Simulated(environment["STRIPE_WEBHOOK_SECRET"])
        clock = SandboxTime(simulated.sandbox)
        self.live = Live(environment, FakeTransport(), stripe=simulated, clock=clock)
        self.reader = Reader(self.live)
        self.http = stripe.RequestsClient()
        self.sdk = stripe.StripeClient(
            "sk_test_other",
            http_client=self.http,
            base_addresses=dict.fromkeys(BASES, simulated.sandbox.base_url),
        )

    def stop(self):
        self.reader.close()
        self.http.close()
        self.live.stop()

    def order(self, verb, **wanted):
        return self.live.sandbox.control(verb, wanted)

    def give(self, frequency="once", amount="5000"):
        self.reader.choose(frequency, amount)
        self.reader.pay()
        self.live.settle()
        return self.live.last("payment_intent")

    def pass_days(self, days):
        for _ in range(days):
            self.order("advance", days=1)
            self.live.settle()

    def deaf(self):
        """From now on nothing Stripe tells arrives."""
        self.order("faults", drop=1_000_000)

    def sweep(self):
        house = self.live.house
        with self.live.app.app_context():
            sweep(db.session(), house.gateway, house.master, house.clock.now())

    def audit(self):
        """One night's audit; what is open, by kind."""
        house = self.live.house
        self.order("advance", seconds=1)
        with self.live.app.app_context():
            session = db.session()
            auditor(house.gateway, house.master)(session, {}, house.clock.now())
            session.commit()
            return dict(open_counts(session))

    def details(self):
        with self.live.app.app_context():
            return [row.detail for row in db.session().scalars(select(Discrepancy))]


@pytest.fixture
def nights(environment):
    made = Nights(environment)
    yield made
    made.stop()


def test_a_month_in_which_everything_was_told_leaves_nothing_open(nights):
    payment = nights.give()
    nights.give(amount="20000")
    nights.give("monthly", "1500")
    nights.live.stripe.refund(500)
    nights.order("dispute", payment_intent=payment)
    nights.live.settle()
    nights.pass_days(9)
    nights.order("stripe_fee", amount=100)
    nights.sweep()
    assert len(nights.live.sandbox.world.store.tables["payout"]) > 0
    assert nights.audit() == {}


def test_a_membership_changed_at_stripe_unheard_is_found_and_clears_when_it_is_told(nights):
    nights.give("monthly", "1500")
    nights.deaf()
    name = nights.live.last("subscription")
    item = nights.sdk.v1.subscriptions.retrieve(name)["items"].data[0]
    price = {
        "currency": "usd",
        "unit_amount": 2500,
        "recurring": {"interval": "month"},
        "product": item.price.product,
    }
    nights.sdk.v1.subscriptions.update(
        name,
        {"items": [{"id": item.id, "price_data": price}], "proration_behavior": "none"},
    )
    assert nights.audit() == {"membership_differs": 1}
    assert nights.details() == ["amount=15.00 USD>25.00 USD"]
    nights.order("faults", drop=0)
    nights.sdk.v1.subscriptions.update(name, {"metadata": {"seen": "now"}})
    nights.order("advance", seconds=5)
    nights.live.settle()
    assert nights.audit() == {}


def test_a_membership_ended_at_stripe_unheard_is_found(nights):
    nights.give("monthly", "1500")
    nights.deaf()
    nights.sdk.v1.subscriptions.cancel(nights.live.last("subscription"))
    assert nights.audit() == {"membership_differs": 1}
    assert nights.details() == ["not_at_stripe"]


def test_a_refund_unheard_is_found_and_the_sweep_mends_it(nights):
    nights.give()
    nights.pass_days(1)
    nights.deaf()
    nights.live.stripe.refund(2000)
    nights.order("advance", days=2)
    found = nights.audit()
    assert found.pop("refund_differs") == 1
    assert set(found) >= {"in_stripe_not_here", "balance_differs"}
    nights.sweep()
    assert nights.audit() == {}


def test_a_dispute_unheard_is_found_and_the_sweep_mends_it(nights):
    payment = nights.give()
    nights.pass_days(1)
    nights.deaf()
    nights.order("dispute", payment_intent=payment)
    nights.order("advance", days=2)
    assert nights.audit()["dispute_differs"] == 1
    nights.sweep()
    assert nights.audit() == {}


def test_what_stripe_moved_a_moment_ago_is_no_alarm(nights):
    nights.give()
    nights.deaf()
    nights.order("stripe_fee", amount=100)
    assert nights.audit() == {}


def test_the_worker_audits_every_night_after_the_sweep(nights):
    nights.give()
    nights.deaf()
    nights.order("stripe_fee", amount=100)
    nights.order("advance", days=2)
    nights.live.worker.tick()
    nights.live.settle()
    with nights.live.app.app_context():
        session = begin_write(db.session())
        assert open_counts(session) == {}
        session.rollback()
    assert nights.live.outbox.messages[1:] == []
