"""Books one movement that no webhook told of, by the very handlers that webhooks call.

Stripe's type and reporting category say what a movement is (docs.stripe.com/reports/balance-
transaction-types, docs.stripe.com/reports/reporting-categories), its source what moved it.  What
nobody here can explain, such as a payment of another product, is booked in suspense: the books hold
what Stripe holds, and finance sees that something is to be explained.  If the cause turns up later,
`ledger.placing` takes the movement out of suspense.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.giving.booking import book_movement
from donations.giving.models import Gift
from donations.inbox.desk import Desk, Outcome
from donations.inbox.handlers import charges, disputes, payouts, refunds
from donations.kernel.errors import NotFound
from donations.kernel.money import Money
from donations.ledger.chart import Kind
from donations.ledger.drafts import Draft
from donations.ledger.placing import standing
from donations.payouts.totals import place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.jobs.worker import Handler
    from donations.stripe_gateway.gateway import Gateway
    from donations.stripe_gateway.values import Movement
    from donations.vault.keys import MasterKey

YOUNG: Final = timedelta(hours=2)
"""Checkout makes a subscription after its first payment; a movement younger than this may belong to
a gift that cannot be told yet, and is left for the next sweep."""

_ADJUSTED_BY: Final = (("dp_", disputes.changed), ("du_", disputes.changed))
_GIVEN_BACK_BY: Final = (("re_", refunds.changed), ("pyr_", refunds.changed))
_SOURCES: Final[Mapping[str, Callable[[Desk, str], Outcome]]] = {
    "charge": charges.changed,
    "payment": charges.changed,
    "refund": refunds.changed,
    "payment_refund": refunds.changed,
    "refund_failure": refunds.changed,
    "payout": payouts.changed,
    "payout_cancel": payouts.changed,
    "payout_failure": payouts.changed,
}
_BOUNCED: Final = "payment_failure_refund"
_FEES: Final = frozenset({"stripe_fee", "stripe_fx_fee", "tax_fee"})
_CATEGORIES: Final = {
    "fee": Kind.STRIPE_FEE,
    "network_cost": Kind.STRIPE_FEE,
    "currency_conversion": Kind.CONVERSION,
}


def movement_mender(
    gateway: Gateway, master: MasterKey, guarded: frozenset[str] = frozenset()
) -> Handler:
    """The job that mends one movement, told by its id."""

    def mend_one(session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        movement = gateway.movement(arguments["movement"])
        mend(Desk(session, gateway, master, now, guarded), movement)

    return mend_one


def mend(desk: Desk, movement: Movement, *, force: bool = False) -> Kind | None:
    """Book a movement that has no entry, or take it out of suspense; what it was booked as now.

    None when nothing changed: it stands as it did, or it is young and its cause may still come,
    unless `force` has it booked all the same.  The write transaction is left open for the caller.
    Raises what asking Stripe raises.
    """
    before = _stands(desk.session, movement)
    desk.session.rollback()
    if before not in {None, Kind.OTHER}:
        desk.write()
        return None
    explained = _explain(desk, movement)
    session = desk.session if explained else desk.write()
    after = _stands(session, movement)
    if after is None and (force or not may_wait(movement, desk.now)):
        draft = replace(_draft(Kind.OTHER, movement), memo=movement.kind)
        place(session, draft, now=desk.now)
        after = Kind.OTHER
    return None if after is before else after


def may_be_ours(movement: Movement) -> bool:
    """Whether something here may explain the movement; else it stays in suspense for good."""
    return _handler(movement) is not None or movement.kind == _BOUNCED


def may_wait(movement: Movement, now: datetime) -> bool:
    """Whether the movement is so young that what explains it may not be there yet."""
    return may_be_ours(movement) and movement.created > now - YOUNG


def _explain(desk: Desk, movement: Movement) -> bool:
    """Book the movement for what it was; true if a write transaction is open in which that was."""
    handler = _handler(movement)
    if handler is not None and movement.source is not None:
        try:
            return handler(desk, movement.source) is Outcome.APPLIED
        except NotFound:  # deleted at Stripe: nothing is left that explains it
            return False
    if movement.kind == _BOUNCED:
        return _bounced(desk, movement)
    kind = _plain_kind(movement)
    return kind is not None and place(desk.write(), _draft(kind, movement), now=desk.now)


def _handler(movement: Movement) -> Callable[[Desk, str], Outcome] | None:
    if movement.kind != "adjustment":
        return _SOURCES.get(movement.kind)
    for beginning, handler in (*_ADJUSTED_BY, *_GIVEN_BACK_BY):
        if (movement.source or "").startswith(beginning):
            return handler
    return None


def _plain_kind(movement: Movement) -> Kind | None:
    """What a movement is that no gift and no payout is behind."""
    if movement.kind in _FEES:
        return Kind.STRIPE_FEE
    if movement.category in _CATEGORIES:
        return _CATEGORIES[movement.category]
    return Kind.ADJUSTMENT if movement.kind == "adjustment" else None


def _bounced(desk: Desk, movement: Movement) -> bool:
    """A bank debit that had been credited bounced: the gift it made is taken back.

    Stripe credits a debit when it begins.  One that bounced before it succeeded was never a gift:
    the credit and its return stand in suspense together and come to nothing.
    """
    if movement.source is None:
        return False
    credit = desk.gateway.movement_of_charge(movement.source)
    session = desk.write()
    entry = standing(session, [credit]).get(credit) if credit is not None else None
    if entry is None or entry.kind != Kind.GIFT:
        return False
    gift = session.scalars(select(Gift).where(Gift.public_id == entry.gift_reference)).one()
    return book_movement(
        session, Kind.CHARGE_FAILED, movement, gift, -gift.amount_minor, now=desk.now
    )


def _stands(session: Session, movement: Movement) -> Kind | None:
    entry = standing(session, [movement.id]).get(movement.id)
    return None if entry is None else Kind(entry.kind)


def _draft(kind: Kind, movement: Movement) -> Draft:
    return Draft.of_movement(
        kind,
        source=movement.id,
        amount=movement.amount,
        fee=movement.fee,
        fee_tax=movement.fee_tax,
        currency=movement.currency,
        charged=Money(movement.amount, movement.currency),
        exchange_rate=movement.exchange_rate,
        occurred_at=movement.created,
        available_on=movement.available_on,
    )
