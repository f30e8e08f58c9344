"""Takes over who left at the mailing service itself: by the link in an issue, or by bouncing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.jobs.models import Heartbeat
from donations.jobs.outbox import beat
from donations.kernel.database import begin_write
from donations.newsletters.changes import is_being_told
from donations.newsletters.leaving import end
from donations.newsletters.models import AudienceMember, Subscription
from donations.newsletters.telling import IN
from donations.vault.keys import normalised_email

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.newsletters.audiences.audience import Audience
    from donations.vault.keys import MasterKey

RECONCILE_JOB: Final = "newsletter_reconcile"
EVERY: Final = timedelta(hours=1)
_AGAIN: Final = timedelta(days=1)
"""How far behind the last time it is asked again: clocks differ, and services are late."""
_AT_ONCE: Final = 300


@dataclass(frozen=True, slots=True)
class Reconciler:
    """The handler of the job `newsletter_reconcile`."""

    master: MasterKey
    audience: Audience | None

    def __call__(self, session: Session, _arguments: Mapping[str, Any], now: datetime) -> None:
        """Ask for every newsletter who left, and end their subscriptions here."""
        if self.audience is None:
            return
        last = last_reconciled(session)
        session.rollback()
        since = None if last is None else last - _AGAIN
        for newsletter in sorted(self.audience.newsletters):
            gone = [
                self.master.index("email", normalised_email(email))
                for email in self.audience.left(newsletter, since)
            ]
            for some in _batches(gone):
                begin_write(session)
                self._apply(session, self.audience.service, newsletter, some, now)
                session.commit()
        begin_write(session)
        beat(session, RECONCILE_JOB, now=now)

    def _apply(
        self,
        session: Session,
        service: str,
        newsletter: str,
        indexes: Iterable[bytes],
        now: datetime,
    ) -> None:
        """End what the service was told to have before we asked it, and was told nothing since."""
        gone = (
            select(Subscription)
            .join(AudienceMember, AudienceMember.subscription_id == Subscription.id)
            .where(
                Subscription.newsletter == newsletter,
                Subscription.email_index.in_(tuple(indexes)),
                Subscription.state == "confirmed",
                AudienceMember.service == service,
                AudienceMember.told == IN,
                AudienceMember.told_at < now,
            )
            .order_by(Subscription.id)
            .with_for_update(of=Subscription)
        )
        for subscription in session.scalars(gone).all():
            if not is_being_told(session, subscription.public_id):
                end(session, subscription, now)


def last_reconciled(session: Session) -> datetime | None:
    """When the service was last asked who left; None if never."""
    return session.scalar(select(Heartbeat.beat_at).where(Heartbeat.name == RECONCILE_JOB))


def _batches(indexes: list[bytes]) -> Iterable[list[bytes]]:
    return (indexes[start : start + _AT_ONCE] for start in range(0, len(indexes), _AT_ONCE))
