"""Gathers what a receipt tells from the rows of its gift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.giving.benefits import worth_of
from donations.giving.funds import fund_name
from donations.receipts.coverage import covering, declarations_of
from donations.receipts.facts import ReceiptFacts, Return
from donations.receipts.naming import is_named
from donations.supporters.directory import identity

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from donations.giving.models import Gift, Receipt
    from donations.receipts.issuer import ReceiptIssuer
    from donations.vault.keys import MasterKey

# Stripe's words for a refund that was made, or is being made, to the reader.
# Source: https://docs.stripe.com/api/refunds/object#refund_object-status
BACK: Final = frozenset({"succeeded", "pending", "requires_action"})
LOST: Final = "lost"


def facts_of(
    session: Session, master: MasterKey, issuer: ReceiptIssuer, receipt: Receipt, zone: ZoneInfo
) -> ReceiptFacts:
    """Everything the receipt tells as things stand.  Raises `vault.sealed.Forgotten`."""
    gift = receipt.gift
    received_on = _day(gift.received_at, zone)
    supporter = gift.supporter
    return ReceiptFacts(
        number=receipt.number,
        issuer=issuer,
        language=gift.language if supporter is None else supporter.language,
        donor=_donor(session, master, issuer, gift),
        amount_minor=gift.amount_minor,
        currency=gift.currency,
        received_on=received_on,
        issued_on=_day(receipt.issued_at, zone),
        frequency=gift.frequency,
        method=gift.method,
        fund=fund_name(session, gift.fund),
        benefit_minor=worth_of(session, gift, received_on),
        gift_aid_on=_declared_on(session, issuer, gift, zone),
        returns=returns_of(gift, zone),
    )


def returns_of(gift: Gift, zone: ZoneInfo) -> tuple[Return, ...]:
    """What of a gift went back, oldest first.

    A refund counts from the moment it is made, and no more if it fails; a dispute once it is lost.
    """
    refunds = [
        Return(reason="refund", on=_day(one.created_at, zone), amount_minor=one.amount_minor)
        for one in gift.refunds
        if one.state in BACK
    ]
    disputes = [
        Return(reason="dispute", on=_day(one.created_at, zone), amount_minor=one.amount_minor)
        for one in gift.disputes
        if one.state == LOST
    ]
    return tuple(sorted(refunds + disputes, key=lambda one: (one.on, one.amount_minor)))


def _donor(session: Session, master: MasterKey, issuer: ReceiptIssuer, gift: Gift) -> str | None:
    if gift.supporter is None or not is_named(session, gift.supporter.id, issuer):
        return None
    return identity(session, master, gift.supporter).name


def _declared_on(
    session: Session, issuer: ReceiptIssuer, gift: Gift, zone: ZoneInfo
) -> date | None:
    if not issuer.claims_gift_aid or gift.currency != "gbp" or gift.supporter_id is None:
        return None
    declaration = covering(declarations_of(session, gift.supporter_id), gift)
    return None if declaration is None else _day(declaration.made_at, zone)


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
