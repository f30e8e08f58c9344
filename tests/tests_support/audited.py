"""A newsroom to audit: what it has in its books, and a Stripe that may tell otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from donations.giving.gifts import record_gift
from donations.giving.memberships import follow
from donations.giving.models import Checkout, Gift
from donations.giving.returns import record_dispute, record_refund
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.kernel.ids import public_id
from donations.reconciliation.drift import audit
from donations.reconciliation.models import Discrepancy
from tests_support.stripe import AT, FakeGateway, dispute, movement, payment, refund, subscription

BEFORE = AT - timedelta(days=5)


class Stripe(FakeGateway):
    """Lists what it was given; `apart` is by how much its balance is not its movements' sum."""

    def __init__(self, session):
        super().__init__(session)
        self.promises, self.returns, self.contested = [], [], []
        self.apart = {}
        self.between = None

    def subscriptions(self):
        self._closed()
        for each in self.promises:
            self._closed()
            yield each

    def refunds(self, since):
        self._closed()
        yield from [each for each in self.returns if each.created >= since]

    def disputes(self, since):
        self._closed()
        yield from [each for each in self.contested if each.created >= since]

    def movement(self, name):
        self._closed()
        for each in self.moved:
            if each.id == name:
                return each
        raise NotFound

    def balance(self):
        self._closed()
        self.asked["balance"] += 1
        held = dict(self.apart)
        for each in self.moved:
            held[each.currency] = held.get(each.currency, 0) + each.net
        if self.between is not None:
            happens, self.between = self.between, None
            happens()
        return held


class Newsroom:
    """Both sides in one hand: what is done here is done at Stripe, unless told otherwise."""

    def __init__(self, session, master, clock):
        self.session, self.master, self.clock = session, master, clock
        self.stripe = Stripe(session)
        self.checkouts = 0

    def audit(self, days=0):
        """Audit now; what is open, as (kind, subject, minor units, detail)."""
        self.clock.advance(timedelta(days=days, seconds=1))
        audit(self.session, self.stripe, self.master, now=self.clock.now())
        self.session.commit()
        return self.open()

    def open(self):
        rows = self.session.scalars(
            select(Discrepancy).where(
                Discrepancy.cleared_at.is_(None), Discrepancy.explained_at.is_(None)
            )
        )
        found = sorted((row.kind, row.subject, row.amount_minor, row.detail) for row in rows)
        self.session.rollback()
        return found

    def checkout(self, frequency="once", fund=""):
        self.checkouts += 1
        made = Checkout(
            public_id=public_id(),
            attempt_key=self.checkouts.to_bytes(32, "big"),
            frequency=frequency,
            amount_minor=5000,
            currency="usd",
            language="en",
            placement="support",
            fund=fund,
            created_at=BEFORE,
        )
        self.session.add(made)
        self.session.flush()
        return made

    def gift(self, name="pi_1", fund="", at=BEFORE, **changes):
        moved = changes.pop("movement", movement(f"txn_{name}", created=at))
        begin_write(self.session)
        checkout = self.checkout(fund=fund)
        paid = payment(name, checkout.public_id, movement=moved, charged_at=at, **changes)
        gift = record_gift(
            self.session,
            self.master,
            payment=paid,
            person=paid.person,
            checkout=checkout,
            membership=None,
            now=at,
        )
        self.session.commit()
        if moved is not None:
            self.stripe.move(moved)
        return self.session.scalars(select(Gift.public_id).where(Gift.id == gift.id)).one()

    def member(self, name="sub_1", **changes):
        begin_write(self.session)
        checkout = self.checkout("monthly")
        there = subscription(checkout.public_id, id=name, started_at=BEFORE, **changes)
        follow(
            self.session,
            self.master,
            subscription=there,
            person=payment().person,
            checkout=checkout,
            asked_at=BEFORE,
            now=BEFORE,
        )
        self.session.commit()
        self.stripe.promises.append(there)
        return there

    def give_back(self, gift, name="re_1", **changes):
        moved = (movement(f"txn_{name}", -2000, 0, kind="refund", created=BEFORE),)
        there = refund(name, created=BEFORE, movements=moved, **changes)
        self._record(record_refund, gift, there)
        self.stripe.returns.append(there)
        return there

    def dispute(self, gift, name="dp_1", **changes):
        moved = (movement(f"txn_{name}", -5000, 1500, kind="adjustment", created=BEFORE),)
        there = dispute(name, created=BEFORE, movements=moved, **changes)
        self._record(record_dispute, gift, there)
        self.stripe.contested.append(there)
        return there

    def _record(self, record, gift, there):
        begin_write(self.session)
        row = self.session.scalars(select(Gift).where(Gift.public_id == gift)).one()
        record(self.session, self.master, row, there, asked_at=BEFORE, now=BEFORE)
        self.session.commit()
        self.stripe.move(*there.movements)

    def at_stripe(self, **changes):
        """Change the newest promise at Stripe alone."""
        self.stripe.promises[-1] = replace(self.stripe.promises[-1], **changes)
