"""Finds a supporter or makes one, and opens their sealed identity for those who may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from donations.kernel.ids import public_id
from donations.supporters.aliases import find_by_index
from donations.supporters.models import StripeCustomer, Supporter
from donations.vault.keys import normalised_email
from donations.vault.sealed import Forgotten, new_data_key, open_data_key

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey
    from donations.vault.sealed import Envelope

EMAIL = "supporter.email"
NAME = "supporter.name"
CUSTOMER = "stripe_customer.customer"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a supporter told us, opened."""

    email: str | None
    name: str | None


def recognise(
    session: Session,
    master: MasterKey,
    *,
    email: str | None,
    name: str | None,
    customer: str | None,
    language: str,
    now: datetime,
) -> Supporter | None:
    """The supporter with this Stripe customer or mailbox; a new mailbox makes a new supporter.

    None when only a customer is known that nobody has yet: its mailbox will be told later.  What a
    known supporter told us before is kept: a later payment adds a name, never replaces one.
    """
    supporter = _find(session, master, email, customer)
    if supporter is None:
        if not email:
            return None
        supporter = _enrol(session, master, email, language, now)
    envelope = open_data_key(session, master, supporter.data_key_id)
    if name and supporter.name_sealed is None:
        supporter.name_sealed = envelope.seal(NAME, name)
    if customer:
        _remember_customer(session, master, supporter, envelope, customer)
    return supporter


def identity(session: Session, master: MasterKey, supporter: Supporter) -> Identity:
    """Open a supporter's e-mail and name.  Raises `vault.sealed.Forgotten`."""
    envelope = open_data_key(session, master, supporter.data_key_id)
    email, name = supporter.email_sealed, supporter.name_sealed
    return Identity(
        email=None if email is None else envelope.open(EMAIL, email),
        name=None if name is None else envelope.open(NAME, name),
    )


def mailbox_of(session: Session, master: MasterKey, supporter: Supporter | None) -> str | None:
    """Where a supporter can be written to; None for nobody, without a mailbox, or forgotten."""
    if supporter is None:
        return None
    try:
        return identity(session, master, supporter).email
    except Forgotten:
        return None


def find_by_email(session: Session, master: MasterKey, email: str) -> Supporter | None:
    """The supporter with exactly this mailbox, however it is spelt, as their own or another."""
    return find_by_index(session, master.index("email", normalised_email(email)))


def _find(
    session: Session, master: MasterKey, email: str | None, customer: str | None
) -> Supporter | None:
    if customer:  # the surer sign: a member may have changed their mailbox at Stripe
        known = select(StripeCustomer.supporter_id).where(
            StripeCustomer.customer_index == master.index("customer", customer)
        )
        if found := session.scalar(select(Supporter).where(Supporter.id.in_(known))):
            return found
    return find_by_email(session, master, email) if email else None


def _enrol(
    session: Session, master: MasterKey, email: str, language: str, now: datetime
) -> Supporter:
    key, envelope = new_data_key(session, master, now)
    supporter = Supporter(
        public_id=public_id(), data_key_id=key.id, language=language, created_at=now
    )
    supporter.email_sealed = envelope.seal(EMAIL, email)
    supporter.email_index = master.index("email", normalised_email(email))
    session.add(supporter)
    session.flush()
    return supporter


def _remember_customer(
    session: Session,
    master: MasterKey,
    supporter: Supporter,
    envelope: Envelope,
    customer: str,
) -> None:
    index = master.index("customer", customer)
    if session.scalar(select(StripeCustomer.id).where(StripeCustomer.customer_index == index)):
        return
    session.add(
        StripeCustomer(
            supporter_id=supporter.id,
            customer_sealed=envelope.seal(CUSTOMER, customer),
            customer_index=index,
        )
    )
    session.flush()
