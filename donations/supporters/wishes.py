"""What a supporter wishes: which letters they can do without, their language, being named."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from donations.kernel.database import begin_write
from donations.supporters.models import Supporter

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session


class Wish(StrEnum):
    """A kind of letter nobody needs; each may be refused by itself."""

    STILL_READING = "still_reading"


def wants(supporter: Supporter, wish: Wish) -> bool:
    """Whether letters of this kind may go to the supporter; yes until they said no."""
    return supporter.wishes.get(wish.value, True)


def choose_wishes(session: Session, supporter_id: int, wanted: Collection[Wish]) -> None:
    """Write down which of these letters the supporter wants; the others are refused.  Commits."""
    supporter = _held(session, supporter_id)
    supporter.wishes = {wish.value: wish in wanted for wish in Wish}
    session.commit()


def choose_language(session: Session, supporter_id: int, language: str) -> None:
    """Write to the supporter in this language from now on.  Commits."""
    _held(session, supporter_id).language = language
    session.commit()


def choose_naming(session: Session, supporter_id: int, *, anonymous: bool) -> None:
    """Whether the supporter's name stays out of everything that is published.  Commits."""
    _held(session, supporter_id).anonymous = anonymous
    session.commit()


def _held(session: Session, supporter_id: int) -> Supporter:
    begin_write(session)
    return session.get_one(Supporter, supporter_id, with_for_update=True)
