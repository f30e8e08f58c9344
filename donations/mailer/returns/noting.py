"""Keeps what came back: on the letter that it came back, on the address that it is not there.

The address itself is kept nowhere.  Saying the same twice changes nothing, so a mail service may
tell as often as it likes; of what came back of one letter the worst stays, with its first moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select, update

from donations.kernel.database import writing
from donations.mailer.message_ids import was_written_to
from donations.mailer.models import Letter
from donations.mailer.returns.returned import Kind, Return
from donations.mailer.suppressing import EVERYTHING, WISHES, suppress
from donations.vault.keys import normalised_email

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

_SCOPES: Final = {Kind.BOUNCED: EVERYTHING, Kind.COMPLAINED: WISHES}
_FROM_MILD_TO_BAD: Final = (Kind.DELAYED, Kind.BOUNCED, Kind.COMPLAINED)


def note(
    session: Session, master: MasterKey, returns: Iterable[Return], *, source: str, now: datetime
) -> None:
    """Keep what a verified mail service tells; commits."""
    with writing(session):
        for one in returns:
            _mark(session, one, now)
            _suppress(session, master, one, source, now)


def note_unproven(
    session: Session, master: MasterKey, returns: Iterable[Return], *, source: str, now: datetime
) -> int:
    """Keep what anybody may have written, as far as it can be true; how many letters it was about.

    It must name a letter that we sent, and an address is suppressed only if that letter went to it:
    whoever got one of our letters cannot silence anybody but themselves.  Commits.
    """
    count = 0
    with writing(session):
        for one in returns:
            if not one.message_id or not _is_ours(session, one.message_id):
                continue
            if one.address and not was_written_to(master, one.message_id, one.address):
                continue
            count += 1
            _mark(session, one, now)
            _suppress(session, master, one, source, now)
    return count


def _is_ours(session: Session, message_id: str) -> bool:
    ours = select(Letter.id).where(Letter.message_id == message_id)
    return session.scalar(ours) is not None


def _mark(session: Session, one: Return, now: datetime) -> None:
    if not one.message_id:
        return
    milder = _FROM_MILD_TO_BAD[: _FROM_MILD_TO_BAD.index(one.kind)]
    session.execute(
        update(Letter)
        .where(
            Letter.message_id == one.message_id,
            or_(Letter.returned_as.is_(None), Letter.returned_as.in_(milder)),
        )
        .values(returned_at=now, returned_as=one.kind.value)
    )


def _suppress(session: Session, master: MasterKey, one: Return, source: str, now: datetime) -> None:
    scope = _SCOPES.get(one.kind)
    if scope is None or not one.address:
        return
    index = master.index("email", normalised_email(one.address))
    suppress(session, index, scope, reason=one.kind.value, source=source, now=now)
