"""Members as the tests need them: a checkout that was paid and the membership it began."""

from __future__ import annotations

from datetime import timedelta

from donations.giving.memberships import follow
from donations.giving.models import Checkout, Gift
from tests_support import stripe

DUE = stripe.AT + timedelta(days=30)


def join(
    session,
    master,
    now,
    name="abcdefghjkmn",
    *,
    frequency="monthly",
    minor=1500,
    currency="usd",
    email="vera@reader.example",
    language="en",
    **at,
):
    """Make a member of somebody; the membership, committed."""
    checkout = Checkout(
        public_id=name,
        attempt_key=name.encode().ljust(32, b"k"),
        frequency=frequency,
        amount_minor=minor,
        currency=currency,
        language=language,
        placement="support",
        state="paid",
        created_at=now,
    )
    session.add(checkout)
    session.flush()
    subscription = stripe.subscription(
        name,
        id=f"sub_{name}",
        customer=f"cus_{name}",
        amount=stripe.Money(minor, currency),
        frequency=stripe.Frequency(frequency),
        **{"renews_at": DUE, **at},
    )
    row = follow(
        session,
        master,
        subscription=subscription,
        person=stripe.Person(email, "Vera", f"cus_{name}"),
        checkout=checkout,
        asked_at=now,
        now=now,
    )
    session.commit()
    return row


def give(session, membership, now, number=1):
    """A gift of a membership; committed."""
    name = f"gift{membership.id:04}{number:04}"
    gift = Gift(
        public_id=name,
        supporter_id=membership.supporter_id,
        checkout_id=membership.checkout_id,
        membership_id=membership.id,
        frequency=membership.frequency,
        amount_minor=membership.amount_minor,
        currency=membership.currency,
        language="en",
        method="card",
        payment_sealed=b"x",
        payment_index=name.encode().ljust(32, b"p"),
        received_at=now,
    )
    session.add(gift)
    session.commit()
    return gift
