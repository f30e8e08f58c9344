from datetime import timedelta

import pytest
from tests_support import stripe

from donations.giving.memberships import follow
from donations.giving.models import Checkout, Gift, Membership
from donations.passes.keys import ensure_keys
from donations.supporters.directory import recognise


def kept_checkout(session, clock, name="abcdefghjkmn", frequency="monthly"):
    checkout = Checkout(
        public_id=name,
        attempt_key=name.encode().ljust(32, b"k"),
        frequency=frequency,
        amount_minor=1500,
        currency="usd",
        language="en",
        placement="support",
        state="paid",
        created_at=clock.now(),
    )
    session.add(checkout)
    session.flush()
    return checkout


@pytest.fixture
def member(session, master, clock):
    """Makes a member; gives the membership."""

    def one(name="abcdefghjkmn", email="vera@reader.example", **at):
        subscription = stripe.subscription(name, id=f"sub_{name}", **at)
        row = follow(
            session,
            master,
            subscription=subscription,
            person=stripe.Person(email, "Vera", f"cus_{name}"),
            checkout=kept_checkout(session, clock, name),
            asked_at=clock.now(),
            now=clock.now(),
        )
        session.commit()
        return session.get_one(Membership, row.id)

    return one


@pytest.fixture
def giver(session, master, clock):
    """Makes somebody who gave once; gives the gift."""

    def one(name="abcdefghjkmn", email="ivan@reader.example", days_ago=10):
        checkout = kept_checkout(session, clock, name, "once")
        who = recognise(
            session,
            master,
            email=email,
            name="Ivan",
            customer=None,
            language="en",
            now=clock.now(),
        )
        gift = Gift(
            public_id=name,
            supporter_id=who.id,
            checkout_id=checkout.id,
            frequency="once",
            amount_minor=1500,
            currency="usd",
            language="en",
            method="card",
            payment_sealed=b"sealed",
            payment_index=name.encode().ljust(32, b"p"),
            received_at=clock.now() - timedelta(days=days_ago),
        )
        session.add(gift)
        session.commit()
        return gift

    return one


@pytest.fixture
def keys(session, master, clock):
    ensure_keys(session, master, clock.now())
