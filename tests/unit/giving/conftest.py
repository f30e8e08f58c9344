from __future__ import annotations

import pytest
from tests_support.stripe import FakeGateway

from donations.giving.checkouts import Till, Visit
from donations.giving.orders import Order
from donations.giving.statement import Statement
from donations.kernel.cadence import Frequency
from donations.kernel.money import Money


@pytest.fixture
def gateway(session):
    return FakeGateway(session)


@pytest.fixture
def till(gateway, master):
    return Till(
        gateway,
        master,
        Statement("READERS", "SUPPORT"),
        lambda public_id, language: f"http://localhost/{language}/thanks/{public_id}",
    )


@pytest.fixture
def order():
    return Order(Money(1500, "usd"), Frequency.MONTHLY)


@pytest.fixture
def visit():
    return Visit("a" * 20, "en", "support", "http://localhost/support")
