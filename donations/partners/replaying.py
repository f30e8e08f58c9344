"""What was sent to an endpoint, how it went, and sending it again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from donations.jobs.outbox import enqueue, replay
from donations.kernel.database import begin_write
from donations.kernel.errors import NotAllowed, NotFound
from donations.partners.endpoints import ON, endpoint_named
from donations.partners.models import PartnerDelivery, PartnerEvent
from donations.partners.telling import DELIVER_JOB, job_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

FORGET_JOB: Final = "forget_partner_events"
FORGET_EVERY: Final = timedelta(days=1)
KEPT: Final = timedelta(days=90)
SHOWN: Final = 100
_AT_ONCE: Final = 500


def deliveries_to(
    session: Session, endpoint_id: int, *, before: int | None = None
) -> Sequence[PartnerDelivery]:
    """The newest deliveries of an endpoint with their events, from before the delivery `before`."""
    found = select(PartnerDelivery).where(PartnerDelivery.endpoint_id == endpoint_id)
    if before is not None:
        found = found.where(PartnerDelivery.id < before)
    found = found.options(joinedload(PartnerDelivery.event))
    return session.scalars(found.order_by(PartnerDelivery.id.desc()).limit(SHOWN)).all()


def counts(session: Session) -> dict[int, dict[str, int]]:
    """By endpoint, how many deliveries stand in each state."""
    rows = session.execute(
        select(PartnerDelivery.endpoint_id, PartnerDelivery.state, func.count()).group_by(
            PartnerDelivery.endpoint_id, PartnerDelivery.state
        )
    )
    sums: dict[int, dict[str, int]] = {}
    for endpoint_id, state, number in rows:
        sums.setdefault(endpoint_id, {})[state] = number
    return sums


def send_again(session: Session, endpoint: str, event: str, *, now: datetime) -> None:
    """Send an event to an endpoint once more, the same id and body.  Commits.

    Raises `NotFound`, and `NotAllowed` for `off` while the endpoint rests.
    """
    begin_write(session)
    try:
        found = _delivery(session, _awake(session, endpoint), event)
    except (NotFound, NotAllowed):
        session.rollback()
        raise
    _again(session, found, now)
    session.commit()


def send_failed_again(session: Session, endpoint: str, *, now: datetime) -> int:
    """Send everything again that an endpoint did not take; how many.  Commits.

    Raises as `send_again` does.
    """
    begin_write(session)
    try:
        number = _awake(session, endpoint)
    except (NotFound, NotAllowed):
        session.rollback()
        raise
    lost = (
        PartnerDelivery.endpoint_id == number,
        PartnerDelivery.state.in_(("failed", "dropped")),
    )
    found = session.scalars(select(PartnerDelivery).where(*lost).order_by(PartnerDelivery.id)).all()
    for one in found:
        _again(session, one, now)
    session.commit()
    return len(found)


def forget_events(session: Session, _arguments: Mapping[str, Any], now: datetime) -> None:
    """Delete events, and what became of them, after 90 days; some hundreds in one transaction."""
    old = select(PartnerEvent.id).where(PartnerEvent.at <= now - KEPT).limit(_AT_ONCE)
    while True:
        begin_write(session)
        ids = session.scalars(old).all()
        session.execute(delete(PartnerDelivery).where(PartnerDelivery.event_id.in_(ids)))
        session.execute(delete(PartnerEvent).where(PartnerEvent.id.in_(ids)))
        session.commit()
        if len(ids) < _AT_ONCE:
            return


def events_after(session: Session, number: int, most: int = SHOWN) -> Sequence[PartnerEvent]:
    """The events written after the one of that number, the oldest first."""
    later = select(PartnerEvent).where(PartnerEvent.id > number)
    return session.scalars(later.order_by(PartnerEvent.id).limit(most)).all()


def _awake(session: Session, name: str) -> int:
    endpoint = endpoint_named(session, name)
    if endpoint.state != ON:
        raise NotAllowed("off")
    return endpoint.id


def _delivery(session: Session, endpoint_id: int, event: str) -> PartnerDelivery:
    mine = (PartnerDelivery.endpoint_id == endpoint_id, PartnerEvent.public_id == event)
    wanted = select(PartnerDelivery).join(PartnerDelivery.event).where(*mine)
    found = session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def _again(session: Session, one: PartnerDelivery, now: datetime) -> None:
    one.state, one.tries = "waiting", 0
    one.first_tried_at = one.done_at = one.problem = one.status = None
    if not replay(session, job_key(one), now=now):  # its job was forgotten long ago
        enqueue(session, DELIVER_JOB, job_key(one), {"delivery": one.id}, now=now)
