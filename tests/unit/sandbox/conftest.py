from __future__ import annotations

import pytest
import requests
import stripe

from donations.sandbox.server import Sandbox


@pytest.fixture
def sandbox():
    running = Sandbox(port=0, background_delivery=False)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def sdk(sandbox):
    client = stripe.RequestsClient()
    yield stripe.StripeClient(
        "sk_test_suite",
        base_addresses=dict.fromkeys(("api", "files", "connect", "meter_events"), sandbox.base_url),
        http_client=client,
    )
    client.close()


@pytest.fixture
def http(sandbox):
    with requests.Session() as session:
        session.headers["Authorization"] = "Bearer sk_test_suite"
        yield session
