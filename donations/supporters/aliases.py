"""Finding a supporter by any of their mailboxes, and all the mailboxes of a supporter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from donations.supporters.alias_models import SupporterAlias
from donations.supporters.models import Supporter

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

ALIAS_EMAIL = "supporter_alias.email"
ALIAS_NAME = "supporter_alias.name"


def has_mailbox(index: bytes) -> ColumnElement[bool]:
    """Whether a row of `Supporter` has the mailbox of this blind index, as its own or another."""
    others = select(SupporterAlias.supporter_id).where(SupporterAlias.email_index == index)
    return or_(Supporter.email_index == index, Supporter.id.in_(others))


def find_by_index(session: Session, index: bytes) -> Supporter | None:
    """The supporter whose mailbox this is, or was before they were joined with another."""
    found = session.scalar(select(Supporter).where(Supporter.email_index == index))
    if found is not None:
        return found
    others = select(SupporterAlias.supporter_id).where(SupporterAlias.email_index == index)
    return session.scalar(select(Supporter).where(Supporter.id.in_(others)))


def ids_by_index(session: Session, indexes: Collection[bytes]) -> dict[bytes, int]:
    """The supporters of many mailboxes at once, by blind index; a mailbox of nobody is left out."""
    others = select(SupporterAlias).where(SupporterAlias.email_index.in_(indexes))
    found = {alias.email_index: alias.supporter_id for alias in session.scalars(others)}
    own = select(Supporter.email_index, Supporter.id).where(Supporter.email_index.in_(indexes))
    found.update({index: number for index, number in session.execute(own) if index is not None})
    return found


def aliases_of(session: Session, supporter_id: int) -> Sequence[SupporterAlias]:
    """The other mailboxes of a supporter, oldest first."""
    mine = select(SupporterAlias).where(SupporterAlias.supporter_id == supporter_id)
    return session.scalars(mine.order_by(SupporterAlias.id)).all()


def numbers_of(session: Session, supporter: Supporter) -> frozenset[str]:
    """The supporter's number, and those of everybody who was joined with them."""
    others = {alias.number for alias in aliases_of(session, supporter.id)}
    return frozenset({supporter.public_id, *(each for each in others if each is not None)})


def find_by_number(session: Session, number: str) -> Supporter | None:
    """The supporter of this number, or the one that whoever had it was joined with."""
    found = session.scalar(select(Supporter).where(Supporter.public_id == number))
    if found is not None:
        return found
    others = select(SupporterAlias.supporter_id).where(SupporterAlias.number == number)
    return session.scalar(select(Supporter).where(Supporter.id.in_(others)))


def mailboxes(session: Session, supporter: Supporter) -> list[bytes]:
    """The blind indexes of all mailboxes of a supporter, the one we write to first."""
    own = [] if supporter.email_index is None else [supporter.email_index]
    others = [alias.email_index for alias in aliases_of(session, supporter.id)]
    return list(dict.fromkeys([*own, *others]))
