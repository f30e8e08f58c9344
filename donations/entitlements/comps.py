"""Comps: granted by staff to a mailbox, known again when its owner signs in or gives, revoked."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.entitlements.comp_models import Comp
from donations.entitlements.granting import current, grant, move
from donations.entitlements.states import Origin, State
from donations.kernel.cadence import add_months
from donations.kernel.database import writing
from donations.kernel.errors import FieldRefused, NotFound
from donations.kernel.ids import public_id
from donations.mailer.addresses import checked_address
from donations.supporters.aliases import find_by_index, mailboxes
from donations.supporters.directory import identity
from donations.supporters.models import Supporter
from donations.tiers.models import Tier
from donations.tiers.states import TierState
from donations.vault.keys import normalised_email
from donations.vault.sealed import Forgotten, destroy_data_key, new_data_key, open_data_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

LONGEST_REASON: Final = 120
MOST_MONTHS: Final = 36
_EMAIL: Final = "comp.email"
_SHOWN: Final = 200


def grant_comp(
    session: Session,
    master: MasterKey,
    *,
    email: str,
    tier_code: str,
    from_on: date,
    until_on: date,
    reason: str,
    zone: ZoneInfo,
    by: str,
    now: datetime,
) -> Comp:
    """Give a tier to a mailbox, from a day on, `until_on` included; days in `zone`.  Commits.

    Raises `FieldRefused` at what is wrong, `mailer.addresses.BadAddress` for the address.
    """
    address = checked_address(email)
    words = _checked_reason(reason)
    _check_days(from_on, until_on, today=now.astimezone(zone).date())
    with writing(session):
        tier = session.scalar(select(Tier).where(Tier.code == tier_code))
        if tier is None or tier.state != TierState.OFFERED:
            raise FieldRefused("tier", "unknown")
        key, envelope = new_data_key(session, master, now)
        comp = Comp(
            public_id=public_id(),
            tier_id=tier.id,
            data_key_id=key.id,
            email_sealed=envelope.seal(_EMAIL, address),
            email_index=master.index("email", normalised_email(address)),
            starts_at=_midnight(from_on, zone),
            ends_at=_midnight(until_on + timedelta(days=1), zone),
            reason=words,
            granted_by=by,
            granted_at=now,
        )
        session.add(comp)
        session.flush()
        follow_comp(session, comp, now)
    return comp


def follow_comp(session: Session, comp: Comp, now: datetime) -> None:
    """Link the comp to its owner once there is one, and let it entitle them; the caller commits."""
    if comp.revoked_at is not None or comp.ends_at <= now:
        _forget_address(session, comp, now)
        return
    if comp.supporter_id is None and comp.email_index is not None:
        owner = find_by_index(session, comp.email_index)
        if owner is None:
            return
        comp.supporter_id = owner.id
        _forget_address(session, comp, now)
    living = current(session, Origin.COMP, comp.id)
    if living is None:
        grant(
            session,
            tier_id=comp.tier_id,
            supporter_id=comp.supporter_id,
            origin=Origin.COMP,
            origin_id=comp.id,
            now=now,
            starts_at=comp.starts_at,
            ends_at=comp.ends_at,
        )
    else:
        living.supporter_id = comp.supporter_id


def link_comps(session: Session, supporter: Supporter, now: datetime) -> None:
    """Give a supporter the comps that wait for any of their mailboxes; the caller commits."""
    waiting = select(Comp).where(Comp.email_index.in_(mailboxes(session, supporter)))
    for comp in session.scalars(waiting).all():
        follow_comp(session, comp, now)


def revoke_comp(session: Session, name: str, *, by: str, now: datetime) -> Comp:
    """Take a comp back, at once.  Commits.  Asking twice is asking once.  Raises `NotFound`."""
    with writing(session):
        comp = session.scalar(select(Comp).where(Comp.public_id == name).with_for_update())
        if comp is None:
            raise NotFound
        if comp.revoked_at is None:
            comp.revoked_at, comp.revoked_by = now, by
            living = current(session, Origin.COMP, comp.id)
            if living is not None:
                move(living, State.REVOKED, because="revoked")
        _forget_address(session, comp, now)
    return comp


def drop_comps(session: Session, index: bytes, *, now: datetime) -> None:
    """End what waits for a mailbox, because its owner is to be forgotten; the caller commits."""
    for comp in session.scalars(select(Comp).where(Comp.email_index == index)).all():
        comp.revoked_at = comp.revoked_at or now
        _forget_address(session, comp, now)


def comps(session: Session) -> Sequence[Comp]:
    """The latest comps, the newest first."""
    return session.scalars(select(Comp).order_by(Comp.id.desc()).limit(_SHOWN)).all()


def address_of(session: Session, master: MasterKey, comp: Comp) -> str | None:
    """Whose it is, while that may be known; None once they are forgotten or it is over."""
    try:
        if comp.supporter_id is not None:
            owner = session.get_one(Supporter, comp.supporter_id)
            return identity(session, master, owner).email
        if comp.data_key_id is None or comp.email_sealed is None:
            return None
        return open_data_key(session, master, comp.data_key_id).open(_EMAIL, comp.email_sealed)
    except Forgotten:
        return None


def _forget_address(session: Session, comp: Comp, now: datetime) -> None:
    if comp.data_key_id is not None:
        destroy_data_key(session, comp.data_key_id, now)
    comp.email_sealed = comp.email_index = None
    session.flush()


def _checked_reason(reason: str) -> str:
    words = " ".join(reason.split())
    if not words:
        raise FieldRefused("reason", "empty")
    if len(words) > LONGEST_REASON or not words.isprintable():
        raise FieldRefused("reason", "too_long", most=LONGEST_REASON)
    if "@" in words:
        raise FieldRefused("reason", "names_somebody")
    return words


def _check_days(from_on: date, until_on: date, *, today: date) -> None:
    if until_on < max(from_on, today):
        raise FieldRefused("until_on", "before_it_begins")
    if until_on > add_months(max(from_on, today), MOST_MONTHS):
        raise FieldRefused("until_on", "too_far")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
