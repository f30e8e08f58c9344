"""The harness for Stripe's test mode, tried on the sandbox: it was never run against Stripe here."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from tests_support.counterparts import Real
from tests_support.live import Live, Reader

from donations.giving.models import Gift, Membership
from donations.sandbox.server import Sandbox

pytestmark = pytest.mark.browser


@pytest.fixture
def live(environment, outbox):
    sandbox = Sandbox(port=0, background_delivery=False).start()
    secret = environment["STRIPE_WEBHOOK_SECRET"]
    running = Live(environment, outbox, stripe=Real("sk_test_suite", secret, sandbox.base_url))
    yield running
    running.stop()
    sandbox.stop()


@pytest.fixture
def reader(live):
    someone = Reader(live)
    yield someone
    someone.close()


def test_it_declines_authenticates_joins_renews_and_refunds(live, reader, session):
    reader.choose("monthly", "1500")
    reader.pay("4000000000000002")
    assert "declined" in reader.text()
    reader.pay("4000002500003155")
    reader.authenticate()
    assert "/support/thanks/" in reader.page.url
    live.settle()
    live.stripe.renew()
    live.settle()
    live.stripe.refund(500)
    live.settle()
    assert [gift.amount_minor for gift in session.scalars(select(Gift))] == [1500, 1500]
    assert session.scalars(select(Membership.state)).all() == ["active"]
    assert live.books()["refunds", "usd"] == 500


def test_it_takes_no_key_of_the_real_world():
    with pytest.raises(AssertionError, match="only a test key"):
        Real("sk_live_" + "x" * 24, "whsec_x")
