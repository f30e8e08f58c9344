"""Whether our memberships stand as Stripe's subscriptions do.

What was asked of Stripe again since the audit began is newer than the audit, and left alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.giving.memberships import state_of
from donations.giving.models import Membership
from donations.giving.states import MembershipState
from donations.reconciliation.discrepancies import Finding, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from donations.kernel.money import Money
    from donations.stripe_gateway.values import Subscription
    from donations.vault.keys import MasterKey

ON_ITS_WAY: Final = timedelta(hours=1)
"""How long what is new at Stripe may take to be told here."""

_AT_ONCE: Final = 500


@dataclass(slots=True)
class Promises:
    """What Stripe said of subscriptions of ours: those that seemed to differ, and which exist."""

    suspects: dict[bytes, Subscription] = field(default_factory=dict)
    seen: set[bytes] = field(default_factory=set)


def listen(
    session: Session, master: MasterKey, told: Iterable[Subscription], *, asked_at: datetime
) -> Promises:
    """Go through everything Stripe lists; no transaction is open while the next page is asked."""
    heard = Promises()
    walking = iter(told)
    while page := list(islice(walking, _AT_ONCE)):
        ours = {
            master.index("subscription", each.id): each
            for each in page
            if each.donation is not None
        }
        heard.seen.update(ours)
        rows = _rows(session, ours)
        heard.suspects.update(
            (index, each)
            for index, each in ours.items()
            if _difference(rows.get(index), each, asked_at) is not None
        )
        session.rollback()
    return heard


def differences(
    session: Session, heard: Promises, *, asked_at: datetime, today: date
) -> Iterator[Finding]:
    """What still differs, and memberships living here that Stripe does not list."""
    rows = _rows(session, heard.suspects)
    for index, subscription in heard.suspects.items():
        row = rows.get(index)
        detail = _difference(row, subscription, asked_at)
        if detail is not None:
            subject = str(subscription.donation) if row is None else row.public_id
            yield _finding(subject, subscription.amount, detail, today)
    living = select(Membership).where(
        Membership.state != MembershipState.ENDED.value, Membership.synced_at < asked_at
    )
    for row in session.scalars(living, execution_options={"yield_per": _AT_ONCE}):
        if row.subscription_index not in heard.seen:
            yield _finding(row.public_id, row.amount, "not_at_stripe", today)


def _finding(subject: str, amount: Money, detail: str, today: date) -> Finding:
    return Finding(
        Kind.MEMBERSHIP_DIFFERS, subject[:80], today, amount.minor, amount.currency, detail
    )


def _rows(session: Session, wanted: Iterable[bytes]) -> dict[bytes, Membership]:
    indexes = list(wanted)
    found: dict[bytes, Membership] = {}
    for first in range(0, len(indexes), _AT_ONCE):
        part = Membership.subscription_index.in_(indexes[first : first + _AT_ONCE])
        rows = session.scalars(select(Membership).where(part))
        found.update((row.subscription_index, row) for row in rows)
    return found


def _difference(
    row: Membership | None, subscription: Subscription, asked_at: datetime
) -> str | None:
    """In which ways the two differ, as `what=here>there`; None if they do not."""
    there = state_of(subscription).value
    if row is None:
        ended = there == MembershipState.ENDED.value
        young = subscription.started_at > asked_at - ON_ITS_WAY
        return None if ended or young else "not_here"
    if row.synced_at >= asked_at:
        return None
    pairs = (
        ("state", row.state, there),
        ("amount", row.amount, subscription.amount),
        ("frequency", row.frequency, subscription.frequency.value),
    )
    apart = [f"{what}={ours}>{theirs}" for what, ours, theirs in pairs if ours != theirs]
    return ";".join(apart) or None
