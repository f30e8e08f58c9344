from __future__ import annotations

from datetime import UTC, datetime

import pytest

from donations.giving.models import Checkout, Gift
from donations.kernel.ids import public_id
from donations.ledger.books import Draft, book
from donations.ledger.chart import Kind


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

    def booked(at, amount, fee=0, currency="usd", frequency="once", kind=Kind.GIFT, gift=None):
        name = gift or public_id()
        number = next(counter)
        if gift is None:
            session.add(
                Gift(
                    public_id=name,
                    checkout_id=checkout.id,
                    frequency=frequency,
                    amount_minor=amount,
                    currency=currency,
                    language="en",
                    method="card",
                    payment_sealed=b"x",
                    payment_index=number.to_bytes(32, "big"),
                    received_at=at,
                    booked_at=at,
                )
            )
        book(
            session,
            Draft.of_movement(
                kind,
                source=f"txn_{number}",
                amount=amount,
                fee=fee,
                currency=currency,
                charged_minor=amount,
                charged_currency=currency,
                exchange_rate=None,
                occurred_at=at,
                available_on=None,
                frequency=frequency,
                gift_reference=name,
            ),
            now=at,
        )
        session.commit()
        return name

    return booked
