from datetime import timedelta

import pytest
from tests_support import stripe

from donations.giving.memberships import follow
from donations.giving.models import Checkout

DUE = stripe.AT + timedelta(days=30)


@pytest.fixture
def joined(session, master, clock):
    """Makes a member of somebody; gives the membership's public id."""

    def one(name="abcdefghjkmn", frequency="monthly", minor=1500, email="vera@reader.example", **at):
        checkout = Checkout(
            public_id=name,
            attempt_key=name.encode().ljust(32, b"k"),
            frequency=frequency,
            amount_minor=minor,
            currency="usd",
            language="en",
            placement="support",
            state="paid",
            created_at=clock.now(),
        )
        session.add(checkout)
        session.flush()
        subscription = stripe.subscription(
            name,
            id=f"sub_{name}",
            amount=stripe.Money(minor, "usd"),
            frequency=stripe.Frequency(frequency),
            **{"renews_at": DUE, **at},
        )
        row = follow(
            session,
            master,
            subscription=subscription,
            person=stripe.Person(email, "Vera", f"cus_{name}"),
            checkout=checkout,
            asked_at=clock.now(),
            now=clock.now(),
        )
        session.commit()
        return row.public_id

    return one
