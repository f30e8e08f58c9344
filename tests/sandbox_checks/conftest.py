"""One conversation with a sandbox, held once and judged by every check."""

from __future__ import annotations

from pathlib import Path

import pytest
import stripe
from sandbox_checks import fetching
from sandbox_checks.conversation import CONVERSATION
from sandbox_checks.talking import Talk

from donations.sandbox.server import Sandbox

FIXTURES = Path(__file__).parents[3] / "shared" / "stripe" / "fixtures3.json"


@pytest.fixture(scope="session")
def talk():
    """The whole conversation, spoken to a fresh sandbox by Stripe's own SDK."""
    sandbox = Sandbox(port=0, background_delivery=False)
    sandbox.start()
    try:
        yield Talk(sandbox).hold(CONVERSATION)
    finally:
        sandbox.stop()


@pytest.fixture(scope="session")
def description():
    """Stripe's OpenAPI description; the check is skipped where it cannot be had."""
    try:
        return fetching.load()
    except fetching.NotToBeHad as reason:
        pytest.skip(f"Stripe's OpenAPI description cannot be had here: {reason}")


@pytest.fixture
def sandbox():
    """A fresh sandbox of a test's own."""
    running = Sandbox(port=0, background_delivery=False)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def sdk(sandbox):
    """Stripe's own SDK, speaking to `sandbox`."""
    wire = stripe.RequestsClient()
    hosts = dict.fromkeys(("api", "files", "connect", "meter_events"), sandbox.base_url)
    yield stripe.StripeClient("sk_test_checks", base_addresses=hosts, http_client=wire)
    wire.close()
