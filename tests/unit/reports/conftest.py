from __future__ import annotations

from datetime import UTC, datetime

import pytest

from donations.giving.models import Checkout, Dispute, Gift, Membership, Refund
from donations.kernel.ids import public_id
from donations.kernel.money import Money
from donations.ledger.books import book
from donations.ledger.chart import Kind
from donations.ledger.drafts import About, Draft
from donations.supporters.directory import recognise


@pytest.fixture
def give(session):
    """Books a gift at a moment, and what came after it."""
    checkout = Checkout(
        public_id=public_id(),
        attempt_key=b"k" * 32,
        frequency="once",
        amount_minor=1,
        currency="usd",
        language="en",
        placement="support",
        state="paid",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    session.add(checkout)
    session.flush()
    counter = iter(range(10_000))

    def booked(
        at,
        amount,
        fee=0,
        currency="usd",
        frequency="once",
        kind=Kind.GIFT,
        gift=None,
        supporter=None,
        settled=True,
    ):
        name = gift or public_id()
        number = next(counter)
        if gift is None:
            session.add(
                Gift(
                    public_id=name,
                    supporter_id=supporter and supporter.id,
                    checkout_id=checkout.id,
                    frequency=frequency,
                    amount_minor=amount,
                    currency=currency,
                    language="en",
                    method="card",
                    payment_sealed=b"x",
                    payment_index=number.to_bytes(32, "big"),
                    received_at=at,
                    booked_at=at if settled else None,
                )
            )
        if not settled:
            session.commit()
            return name
        book(
            session,
            Draft.of_movement(
                kind,
                source=f"txn_{number}",
                amount=amount,
                fee=fee,
                currency=currency,
                charged=Money(amount, currency),
                occurred_at=at,
                about=About(frequency=frequency, gift_reference=name, method="card"),
            ),
            now=at,
        )
        session.commit()
        return name

    return booked


@pytest.fixture
def enrol(session, master):
    """Makes a supporter."""

    def enrolled(number, at):
        return recognise(
            session,
            master,
            email=f"reader{number}@reader.example",
            name=f"Reader {number}",
            customer=None,
            language="en",
            now=at,
        )

    return enrolled


@pytest.fixture
def join(session, give):
    """Makes a membership of a supporter who gave."""
    counter = iter(range(10_000, 20_000))

    def joined(supporter, at, **changes):
        gift = session.query(Gift).filter_by(supporter_id=supporter.id).first()
        known = {
            "public_id": public_id(),
            "supporter_id": supporter.id,
            "checkout_id": gift.checkout_id,
            "subscription_sealed": b"x",
            "subscription_index": next(counter).to_bytes(32, "big"),
            "frequency": "monthly",
            "amount_minor": 1500,
            "currency": "usd",
            "state": "active",
            "started_at": at,
            "synced_at": at,
        }
        membership = Membership(**{**known, **changes})
        session.add(membership)
        session.commit()
        return membership

    return joined


@pytest.fixture
def take_back(session):
    """Records a refund or a dispute of a gift, as Stripe states it."""
    counter = iter(range(20_000, 30_000))

    def taken(kind, name, amount, at, state, reason="fraudulent"):
        gift = session.query(Gift).filter_by(public_id=name).one()
        index = next(counter).to_bytes(32, "big")
        facts = {
            "gift_id": gift.id,
            "amount_minor": amount,
            "currency": gift.currency,
            "state": state,
            "created_at": at,
            "synced_at": at,
        }
        if kind is Refund:
            session.add(Refund(refund_sealed=b"x", refund_index=index, **facts))
        else:
            session.add(Dispute(dispute_sealed=b"x", dispute_index=index, reason=reason, **facts))
        session.commit()

    return taken
