"""The flows run against the sandbox, or with `STRIPE_TEST_KEY` set against Stripe's test mode."""

from __future__ import annotations

import os

import pytest
from tests_support.counterparts import Real, Simulated
from tests_support.live import Live, Reader

KEY = "STRIPE_TEST_KEY"


@pytest.fixture
def live(request, environment, outbox):
    key = os.environ.get(KEY)
    if key and request.node.get_closest_marker("sandbox_only"):
        pytest.skip(
            "needs what only the sandbox can do: faults, a decision by the bank, a look inside"
        )
    secret = environment["STRIPE_WEBHOOK_SECRET"]
    # Stripe may book a fee with the payment or some seconds later: each database meets one of them.
    late = environment["DATABASE_URL"].startswith("sqlite")
    stripe = Real(key, secret) if key else Simulated(secret, late=late)
    running = Live(environment, outbox, stripe=stripe)
    yield running
    running.stop()


@pytest.fixture
def reader(live):
    someone = Reader(live)
    yield someone
    someone.close()
