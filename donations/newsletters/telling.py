"""Tells the mailing service of a change, so that how it stands there is how it stands here.

A call to the service cannot be taken back with a transaction, and two changes may be told at once.
So it is written down before somebody is put in that they may be there (`told` without `told_at`);
and whoever told something looks again afterwards: if the subscription stands otherwise by then, it
is told once more.  The last word is always the truth, in whatever order the calls arrived.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.newsletters.audiences.audience import Place, Reader
from donations.newsletters.changes import note_change
from donations.newsletters.models import AudienceMember, Subscription
from donations.newsletters.subscribing import EMAIL_COLUMN, find_subscription
from donations.vault.sealed import open_data_key, open_operational, seal_operational

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.newsletters.audiences.audience import Audience
    from donations.newsletters.links import Links
    from donations.vault.keys import MasterKey

REMOTE_COLUMN: Final = "audience_member.remote"
IN: Final = "in"
OUT: Final = "out"


@dataclass(frozen=True, slots=True)
class _Errand:
    """What is to be told: to put `reader` in, or to take `place` out when there is no reader."""

    reader: Reader | None
    place: Place

    @property
    def wanted(self) -> str:
        return OUT if self.reader is None else IN


@dataclass(frozen=True, slots=True)
class Teller:
    """The handler of the job `newsletter_tell`; without an audience there is nobody to tell."""

    master: MasterKey
    audience: Audience | None
    links: Links

    def __call__(self, session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        """Tell how the subscription stands now, whatever change the job was promised for."""
        self.tell(session, str(arguments["subscription"]), now)

    def tell(self, session: Session, public_id: str, now: datetime) -> bool:
        """Tell of one subscription; false if there was nothing to tell.

        Ends whatever transaction is open, calls with nothing held, and leaves a write transaction
        open that says what was told.  Raises `TryAgainLater` and `GivenUp`.
        """
        if self.audience is None:
            return False
        begin_write(session)
        errand = self._prepare(session, self.audience, public_id, now)
        session.commit()
        if errand is None:
            return False
        remote = self._call(self.audience, errand)
        begin_write(session)
        self._write_down(session, self.audience, errand, remote, now)
        return True

    def _prepare(
        self, session: Session, audience: Audience, public_id: str, now: datetime
    ) -> _Errand | None:
        try:
            subscription = find_subscription(session, public_id, to_change=True)
        except NotFound:
            return None
        if subscription.newsletter not in audience.newsletters:
            return None
        member = member_of(session, subscription, audience.service)
        wanted = IN if subscription.state == "confirmed" else OUT
        if wanted == OUT and (member is None or member.told == OUT):
            return None
        if member is None:
            member = AudienceMember(
                subscription_id=subscription.id, service=audience.service, wanted=OUT, told=OUT
            )
            session.add(member)
        if member.wanted != wanted or member.changed_at is None:
            member.wanted, member.changed_at = wanted, now
        if wanted == OUT:
            return _Errand(None, self._place(session, subscription, member))
        return self._put_errand(session, audience, subscription, member)

    def _put_errand(
        self,
        session: Session,
        audience: Audience,
        subscription: Subscription,
        member: AudienceMember,
    ) -> _Errand:
        envelope = open_data_key(session, self.master, subscription.data_key_id)
        email = envelope.open(EMAIL_COLUMN, subscription.email_sealed)
        foreseen = audience.foreseen(email)
        if foreseen is not None:
            member.remote_sealed = seal_operational(self.master, REMOTE_COLUMN, foreseen)
        member.told, member.told_at = IN, None
        reader = reader_of(subscription, email, self.links)
        return _Errand(reader, self._place(session, subscription, member))

    def _place(self, session: Session, subscription: Subscription, member: AudienceMember) -> Place:
        sealed = member.remote_sealed or _sibling_remote(session, subscription, member.service)
        remote = open_operational(self.master, REMOTE_COLUMN, sealed) if sealed else None
        return Place(subscription.public_id, subscription.newsletter, remote)

    def _call(self, audience: Audience, errand: _Errand) -> str | None:
        if errand.reader is None:
            audience.take_out(errand.place)
            return None
        return audience.put(errand.reader, errand.place.remote)

    def _write_down(
        self,
        session: Session,
        audience: Audience,
        errand: _Errand,
        remote: str | None,
        now: datetime,
    ) -> None:
        subscription = find_subscription(session, errand.place.reference, to_change=True)
        member = member_of(session, subscription, audience.service)
        if member is None:  # nobody deletes one; a row the transaction cannot see is a fault
            raise NotFound
        member.told, member.told_at = errand.wanted, now
        if remote is not None:
            member.remote_sealed = seal_operational(self.master, REMOTE_COLUMN, remote)
        if not _still_true(subscription, errand):
            note_change(session, subscription, now, again=True)


def member_of(session: Session, subscription: Subscription, service: str) -> AudienceMember | None:
    """What the service has been told of a subscription, locked; None if nothing yet."""
    query = select(AudienceMember).where(
        AudienceMember.subscription_id == subscription.id, AudienceMember.service == service
    )
    return session.scalar(query.with_for_update())


def reader_of(subscription: Subscription, email: str, links: Links) -> Reader:
    """A confirmed subscription as a service is told of it."""
    language, public_id = subscription.language, subscription.public_id
    return Reader(
        reference=public_id,
        newsletter=subscription.newsletter,
        email=email,
        language=language,
        choices_url=links.choices(language, public_id),
        confirmed_at=subscription.confirmed_at or subscription.asked_at,
    )


def _sibling_remote(session: Session, subscription: Subscription, service: str) -> bytes | None:
    """The service's id of the same reader, as it was told for another newsletter of theirs."""
    query = (
        select(AudienceMember.remote_sealed)
        .join(Subscription, Subscription.id == AudienceMember.subscription_id)
        .where(
            Subscription.email_index == subscription.email_index,
            AudienceMember.service == service,
            AudienceMember.remote_sealed.is_not(None),
        )
        .order_by(AudienceMember.told_at.desc())
    )
    return session.scalar(query.limit(1))


def _still_true(subscription: Subscription, errand: _Errand) -> bool:
    wanted = IN if subscription.state == "confirmed" else OUT
    if errand.reader is None or wanted == OUT:
        return errand.wanted == wanted
    return errand.reader.language == subscription.language
