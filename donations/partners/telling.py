"""Writes down, in the transaction of what happened, that others are to be told of it.

A membership is changed by many: by Stripe, by its owner, by staff.  So nobody has to say what was
changed: whoever has followed it calls `tell_standing`, which compares it with what others were last
told and tells the difference, once.  What is told carries ids, amounts and kinds, never a name or
an address.  Events are numbered as they are written; that they arrive in that order is not
promised, nor that each arrives once: the same `id` is the same event.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.giving.states import MembershipState
from donations.jobs.outbox import enqueue_many
from donations.kernel.ids import public_id
from donations.partners.endpoints import listeners
from donations.partners.kinds import Scope, Told
from donations.partners.models import ApiKey, PartnerDelivery, PartnerEvent, PartnerStanding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from donations.giving.models import Gift, Membership

DELIVER_JOB: Final = "partner_delivery"
JOINED_WITHIN: Final = timedelta(days=30)
"""A membership met for the first time that began before was taken over from elsewhere."""
_JOINED: Final = frozenset(
    {MembershipState.ACTIVE, MembershipState.PAST_DUE, MembershipState.PAUSED}
)


def tell_standing(session: Session, membership: Membership, *, now: datetime) -> None:
    """Tell what changed about a membership since others were last told; nothing if nothing did.

    One whose owner is not known yet waits: its first invoice says who it is, within seconds.  The
    caller holds the membership's row, and commits.
    """
    told = session.get(PartnerStanding, membership.id)
    kinds = list(_differences(told, membership, now))
    waits = Told.JOINED in kinds and membership.supporter is None
    if waits:
        kinds = []
    if told is None:
        told = PartnerStanding(membership_id=membership.id, told=0)
    first = told.told + 1
    told.told += len(kinds)
    told.state = MembershipState.INCOMPLETE.value if waits else membership.state
    told.frequency = membership.frequency
    told.amount_minor, told.currency = membership.amount_minor, membership.currency
    told.ends_with_period = membership.ends_with_period
    session.add(told)
    session.flush()
    for number, kind in enumerate(kinds, first):
        tell(session, kind, membership, cause=f"{membership.public_id}:{number}", now=now)


def tell(
    session: Session,
    kind: Told,
    membership: Membership | None,
    *,
    cause: str,
    now: datetime,
    gift: Gift | None = None,
) -> bool:
    """Write an event and promise it to every endpoint that listens; false if it was told before.

    `cause` names within the kind what happened.  Nothing is written while nobody listens.  The
    caller commits.
    """
    endpoints, cause = listeners(session, kind), f"{kind}:{cause}"
    if not endpoints and not _somebody_reads(session):
        return False
    if session.scalar(select(PartnerEvent.id).where(PartnerEvent.cause == cause)) is not None:
        return False
    event = PartnerEvent(public_id=f"evt_{public_id()}", kind=kind, cause=cause, body="", at=now)
    session.add(event)
    session.flush()
    event.body = json.dumps(_body(event, membership, gift), separators=(",", ":"))
    rows = [PartnerDelivery(event_id=event.id, endpoint_id=one.id) for one in endpoints]
    session.add_all(rows)
    session.flush()
    work = [(job_key(one), {"delivery": one.id}) for one in rows]
    enqueue_many(session, DELIVER_JOB, work, now=now)
    return True


def job_key(delivery: PartnerDelivery) -> str:
    """The key of the job that sends it."""
    return f"{DELIVER_JOB}:{delivery.id}"


def _differences(
    told: PartnerStanding | None, membership: Membership, now: datetime
) -> Iterator[Told]:
    state = membership.state
    if told is None or told.state == MembershipState.INCOMPLETE:
        new = told is not None or membership.started_at > now - JOINED_WITHIN
        if state in _JOINED and new:
            yield Told.JOINED
            if membership.ends_with_period:
                yield Told.CANCELS_AT_PERIOD_END
        return
    if state == MembershipState.ENDED:
        if told.state != MembershipState.ENDED:
            yield Told.CANCELLED
        return
    if _terms(told) != _terms(membership) or (told.ends_with_period and _stays(membership)):
        yield Told.CHANGED
    if membership.ends_with_period and not told.ends_with_period:
        yield Told.CANCELS_AT_PERIOD_END


def _terms(row: PartnerStanding | Membership) -> tuple[object, ...]:
    """What somebody changes; that a payment is late is told as a failure, not as a change."""
    paused = row.state == MembershipState.PAUSED
    return (row.amount_minor, row.currency, row.frequency, paused)


def _stays(membership: Membership) -> bool:
    return not membership.ends_with_period


def _somebody_reads(session: Session) -> bool:
    living = session.scalars(select(ApiKey.scopes).where(ApiKey.revoked_at.is_(None)))
    return any(Scope.EVENTS in scopes for scopes in living)


def _body(event: PartnerEvent, membership: Membership | None, gift: Gift | None) -> dict[str, Any]:
    owned = membership or gift
    supporter = None if owned is None else owned.supporter
    return {
        "id": event.public_id,
        "number": event.id,
        "kind": event.kind,
        "at": _moment(event.at),
        "supporter": None if supporter is None else supporter.public_id,
        "membership": None if membership is None else _membership(membership),
        "gift": None if gift is None else _gift(gift),
    }


def _membership(one: Membership) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "state": one.state,
        "frequency": one.frequency,
        "amount_minor": one.amount_minor,
        "currency": one.currency,
        "started_at": _moment(one.started_at),
        "renews_at": _moment(one.renews_at),
        "ends_with_period": one.ends_with_period,
        "ends_at": _moment(one.ends_at),
        "ended_at": _moment(one.ended_at),
        "last_failure_code": one.last_failure_code,
    }


def _gift(one: Gift) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "frequency": one.frequency,
        "amount_minor": one.amount_minor,
        "currency": one.currency,
        "method": one.method,
        "fund": one.fund or None,
        "received_at": _moment(one.received_at),
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
