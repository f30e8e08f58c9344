"""Opening Stripe's page for a reader: the intention is committed before Stripe hears of it.

However often the same attempt arrives (a double click, a reload, a retry after a time-out), it is
one row, one idempotency key and one session.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from donations.giving.models import Checkout
from donations.giving.states import CheckoutState, may_move
from donations.kernel.database import begin_write
from donations.kernel.ids import public_id
from donations.stripe_gateway.ordering import CheckoutOrder
from donations.vault.sealed import open_operational, seal_operational

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.giving.orders import Order
    from donations.giving.statement import Statement
    from donations.stripe_gateway.gateway import Gateway
    from donations.vault.keys import MasterKey

SESSION_LASTS: Final = timedelta(hours=3)
RECOVERABLE_LASTS: Final = timedelta(hours=1)  # who agreed to a letter has it after an hour
_WORTH_OPENING: Final = timedelta(minutes=40)  # Stripe wants at least 30 minutes left
_SESSION: Final = "checkout.session"
_URL: Final = "checkout.url"


@dataclass(frozen=True, slots=True)
class Visit:
    """How and where the reader came to give.

    `recovery_consent` is the sentence by which they let us write if they do not finish; `reminder`
    the public name of the reminder whose letter led here.
    """

    attempt: str
    language: str
    placement: str
    cancel_url: str
    recovery_consent: str = ""
    reminder: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A checkout and the page to send its reader to; no page when it is already paid or pending."""

    public_id: str
    url: str | None


class Till:
    """Opens checkouts.  One per process: it holds what every opening needs."""

    def __init__(
        self,
        gateway: Gateway,
        master: MasterKey,
        statement: Statement,
        thanks_url: Callable[[str, str], str],
    ) -> None:
        """`thanks_url` gives the thank-you address of a checkout's public id in a language."""
        self._gateway = gateway
        self._master = master
        self._statement = statement
        self._thanks_url = thanks_url

    def open(self, session: Session, order: Order, visit: Visit, *, now: datetime) -> Opened:
        """Commit the intention, then open its page at Stripe or find the one open already.

        Raises `StripeUnavailable` or `StripeRefused`; the intention stands, and the same attempt
        may be opened again.
        """
        checkout = _intention(session, order, visit, now)
        if checkout.state in {CheckoutState.PAID, CheckoutState.PENDING}:
            return Opened(checkout.public_id, None)
        if checkout.url_sealed is not None:
            url = open_operational(self._master, _URL, checkout.url_sealed)
            return Opened(checkout.public_id, url)
        request = self._request(checkout, order, visit)
        opened = self._gateway.open_checkout(request)
        begin_write(session)
        row = session.scalars(select(Checkout).where(Checkout.public_id == request.donation)).one()
        if opened.url is not None:
            row.session_sealed = seal_operational(self._master, _SESSION, opened.id)
            row.url_sealed = seal_operational(self._master, _URL, opened.url)
        session.commit()
        return Opened(request.donation, opened.url)

    def _request(self, checkout: Checkout, order: Order, visit: Visit) -> CheckoutOrder:
        # Everything comes from the row or the attempt: a repeat must be word for word the same.
        assert checkout.expires_at is not None  # noqa: S101 - set with the row
        return CheckoutOrder(
            donation=checkout.public_id,
            amount=order.amount,
            frequency=order.frequency,
            language=checkout.language,
            success_url=self._thanks_url(checkout.public_id, checkout.language),
            cancel_url=visit.cancel_url,
            statement_suffix=self._statement.suffix,
            expires_at=checkout.expires_at,
            recoverable=bool(checkout.recovery_consent),
            idempotency_key=f"checkout-{checkout.public_id}-{checkout.round}",
        )


def attempt_key(order: Order, visit: Visit) -> bytes:
    """The digest under which one attempt at one order is one row."""
    words = [visit.attempt, order.frequency, order.amount.currency, str(order.amount.minor)]
    if order.fund:
        words.append(order.fund)
    if order.promo:
        words.append(f"promo {order.promo}")
    return hashlib.sha256("\x1f".join(words).encode()).digest()


def _intention(session: Session, order: Order, visit: Visit, now: datetime) -> Checkout:
    key = attempt_key(order, visit)
    begin_write(session)
    checkout = session.scalar(select(Checkout).where(Checkout.attempt_key == key))
    if checkout is None:
        checkout = _new(order, visit, key, now)
        session.add(checkout)
    elif _needs_new_round(checkout, now):
        checkout.round += 1
        checkout.session_sealed = checkout.url_sealed = None
        checkout.state = CheckoutState.OPEN
        checkout.expires_at = now + _lasts(checkout.recovery_consent)
    try:
        session.flush()
        session.expunge(checkout)
        session.commit()
    except IntegrityError:  # the other click was a moment quicker: its row is ours too
        session.rollback()
        return _intention(session, order, visit, now)
    return checkout


def _new(order: Order, visit: Visit, key: bytes, now: datetime) -> Checkout:
    return Checkout(
        public_id=public_id(),
        attempt_key=key,
        frequency=order.frequency.value,
        amount_minor=order.amount.minor,
        currency=order.amount.currency,
        language=visit.language,
        placement=visit.placement,
        fund=order.fund,
        promo=order.promo,
        recovery_consent=visit.recovery_consent,
        reminder=visit.reminder,
        state=CheckoutState.OPEN.value,
        round=1,
        created_at=now,
        expires_at=now + _lasts(visit.recovery_consent),
    )


def _lasts(recovery_consent: str) -> timedelta:
    return RECOVERABLE_LASTS if recovery_consent else SESSION_LASTS


def _needs_new_round(checkout: Checkout, now: datetime) -> bool:
    if may_move(checkout.state, CheckoutState.OPEN):
        return True
    if checkout.state != CheckoutState.OPEN or checkout.expires_at is None:
        return False
    left = checkout.expires_at - now
    return left <= timedelta(0) if checkout.url_sealed is not None else left < _WORTH_OPENING


def find_checkout(session: Session, donation: str | None) -> Checkout | None:
    """The checkout Stripe's metadata speaks of; None when the object is not ours."""
    if donation is None:
        return None
    return session.scalar(select(Checkout).where(Checkout.public_id == donation))


def is_current(checkout: Checkout, master: MasterKey, session_id: str) -> bool:
    """Whether this is the session of the checkout's present round, not one it left behind."""
    if checkout.session_sealed is None:
        return True  # Stripe was quicker than our own note of the session
    return open_operational(master, _SESSION, checkout.session_sealed) == session_id


def session_of(checkout: Checkout, master: MasterKey) -> str | None:
    """The id of the checkout's present session."""
    sealed = checkout.session_sealed
    return None if sealed is None else open_operational(master, _SESSION, sealed)


def move(checkout: Checkout, target: CheckoutState) -> bool:
    """Move the checkout if the table allows; false when it stays, because better is known."""
    if not may_move(checkout.state, target):
        return False
    checkout.state = target.value
    return True
