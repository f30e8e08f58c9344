from __future__ import annotations

import pytest
from tests_support.stripe import FakeGateway

from donations.giving.models import Checkout
from donations.inbox.desk import Desk

DONATION = "abcdefghjkmn"


@pytest.fixture
def gateway(session):
    return FakeGateway(session)


@pytest.fixture
def desk(session, gateway, master, clock):
    return Desk(session, gateway, master, clock.now())


@pytest.fixture
def checkout(session, clock):
    def made(frequency="once"):
        session.add(
            Checkout(
                public_id=DONATION,
                attempt_key=b"k" * 32,
                frequency=frequency,
                amount_minor=5000,
                currency="usd",
                language="en",
                placement="support",
                created_at=clock.now(),
            )
        )
        session.commit()
        return DONATION

    return made
