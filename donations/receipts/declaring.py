"""Declarations of Gift Aid: made, replaced, withdrawn; what was covered before stays covered."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Final

from donations.kernel.cadence import add_months
from donations.kernel.database import begin_write
from donations.kernel.ids import public_id
from donations.receipts.coverage import declarations_of
from donations.receipts.gift_aid_person import Person
from donations.receipts.models import GiftAidDeclaration
from donations.supporters.models import Supporter
from donations.vault.sealed import open_data_key

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

PERSON: Final = "gift_aid_declaration.person"
WORDING_VERSION: Final = "2026-1"
"""Changes whenever the sentences agreed to do; each row keeps the sentences themselves too."""
_MONTHS_BACK: Final = 4 * 12


def declare(
    session: Session,
    master: MasterKey,
    supporter_id: int,
    person: Person,
    *,
    past: bool,
    wording: str,
    zone: ZoneInfo,
    now: datetime,
) -> GiftAidDeclaration:
    """Keep a declaration in place of the one before, if there is one.  Commits.

    It covers gifts from today on, and with `past` those of the four years before.  `wording` is
    what was agreed to.  Raises `vault.sealed.Forgotten`.
    """
    begin_write(session)
    supporter = session.get_one(Supporter, supporter_id, with_for_update=True)
    envelope = open_data_key(session, master, supporter.data_key_id)
    _revoke(session, supporter_id, now)
    today = now.astimezone(zone).date()
    begins = add_months(today, -_MONTHS_BACK) if past else today
    made = GiftAidDeclaration(
        public_id=public_id(),
        supporter_id=supporter_id,
        data_key_id=supporter.data_key_id,
        person_sealed=envelope.seal(PERSON, person.model_dump_json()),
        wording_version=WORDING_VERSION,
        wording=wording,
        covers_from=datetime.combine(begins, time(), zone),
        made_at=now,
    )
    session.add(made)
    session.commit()
    return made


def withdraw(session: Session, supporter_id: int, *, now: datetime) -> None:
    """Have no later gift covered by what was declared.  Commits.  Twice withdraws once."""
    begin_write(session)
    session.get_one(Supporter, supporter_id, with_for_update=True)
    _revoke(session, supporter_id, now)
    session.commit()


def standing(session: Session, supporter_id: int) -> GiftAidDeclaration | None:
    """The declaration that is in force."""
    mine = declarations_of(session, supporter_id)
    return next((one for one in mine if one.revoked_at is None), None)


def person_of(session: Session, master: MasterKey, declaration: GiftAidDeclaration) -> Person:
    """Who declared.  Raises `vault.sealed.Forgotten`."""
    envelope = open_data_key(session, master, declaration.data_key_id)
    return Person.model_validate_json(envelope.open(PERSON, declaration.person_sealed))


def _revoke(session: Session, supporter_id: int, now: datetime) -> None:
    for one in declarations_of(session, supporter_id):
        if one.revoked_at is None:
            one.revoked_at = now
