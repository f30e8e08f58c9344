"""Carrying out at Stripe what was asked of a membership, once, and following its answer.

A job may die anywhere: the order's own name is Stripe's idempotency key, so that the same call made
again is the same change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import structlog

from donations.entitlements.following import follow_membership
from donations.giving.memberships import follow, subscription_of
from donations.giving.models import Checkout
from donations.jobs.outbox import enqueue
from donations.kernel.cadence import Frequency
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.kernel.money import Money
from donations.self_service.actions import Action, allowed
from donations.self_service.models import MembershipOrder
from donations.self_service.orders import PROMO
from donations.stripe_gateway.errors import StripeRefused
from donations.stripe_gateway.values import Person
from donations.vault.sealed import Forgotten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from donations.stripe_gateway.gateway import Gateway
    from donations.stripe_gateway.values import Subscription
    from donations.vault.keys import MasterKey

TOLD_JOB: Final = "membership_changed"
_log: Final = structlog.get_logger("donations.self_service")


@dataclass(frozen=True, slots=True)
class OrderCarrier:
    """The handler of the jobs `membership_order`."""

    gateway: Gateway
    master: MasterKey

    def __call__(self, session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        """Carry out one order, unless it was replaced or makes no sense any more."""
        order = session.get_one(MembershipOrder, arguments["order"])
        if not order.is_open:
            return
        if Action(order.action) not in allowed(order.membership):
            self._end(session, order.id, now, because="no_longer_possible")
            return
        try:
            subscription = subscription_of(session, self.master, order.membership)
        except Forgotten:  # erasing them ends the membership by itself
            self._end(session, order.id, now, because="forgotten")
            return
        number, wish = order.id, _Wish.read(order)
        session.rollback()
        try:
            answer = wish.tell(self.gateway, subscription)
        except (StripeRefused, NotFound) as error:
            because = error.code if isinstance(error, StripeRefused) else "not_found"
            _log.warning("order refused", order=number, action=wish.action, because=because)
            self._end(session, number, now, because=because[:60])
            return
        self._end(session, number, now, answer=answer)

    def _end(
        self,
        session: Session,
        number: int,
        now: datetime,
        *,
        because: str = "",
        answer: Subscription | None = None,
    ) -> None:
        """Write down what became of the order, and promise the letter that says so."""
        begin_write(session)
        order = session.get_one(MembershipOrder, number)
        if answer is None:
            order.dropped_at, order.dropped_because = now, because
        else:
            order.done_at, order.dropped_at, order.dropped_because = now, None, ""
            self._follow(session, order, answer, now)
        if because != "forgotten" and order.via != PROMO:  # that was told of before it was done
            key = f"{TOLD_JOB}:{order.public_id}"
            enqueue(session, TOLD_JOB, key, {"order": order.id}, now=now)

    def _follow(
        self, session: Session, order: MembershipOrder, answer: Subscription, now: datetime
    ) -> None:
        membership = follow(
            session,
            self.master,
            subscription=answer,
            person=Person(email=None, name=None, customer=answer.customer),
            checkout=session.get_one(Checkout, order.membership.checkout_id),
            asked_at=now,
            now=now,
        )
        follow_membership(session, membership, now)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be told to Stripe, read from the order before its transaction ends."""

    action: Action
    arguments: Mapping[str, Any]
    currency: str
    key: str

    @classmethod
    def read(cls, order: MembershipOrder) -> _Wish:
        return cls(
            Action(order.action),
            dict(order.arguments),
            order.membership.currency,
            f"order-{order.public_id}",
        )

    def tell(self, gateway: Gateway, subscription: str) -> Subscription:
        calls, given, key = gateway.changes, self.arguments, self.key
        if "amount_minor" in given:
            amount = Money(given["amount_minor"], self.currency)
            rhythm = Frequency(given["frequency"])
            return calls.change_price(subscription, amount, rhythm, idempotency_key=key)
        if "move_to" in given:
            at = datetime.fromisoformat(given["move_to"])
            return calls.move(subscription, at, idempotency_key=key)
        if "until" in given:
            until = datetime.fromisoformat(given["until"])
            return calls.pause(subscription, until, idempotency_key=key)
        if self.action is Action.RESUME:
            return calls.resume(subscription, idempotency_key=key)
        if self.action is Action.KEEP:
            return calls.keep(subscription, idempotency_key=key)
        return calls.end_with_period(subscription, idempotency_key=key)
