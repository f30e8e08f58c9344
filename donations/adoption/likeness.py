"""By what two supporters may be one person.

They have the same name at the same domain, or one mailbox but for dots and what follows a plus.
Only blind indexes are compared.  They are made when they are asked for, and again once a name or a
mailbox changed; of somebody forgotten there are none.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, or_, select

from donations.adoption.models import Likeness
from donations.supporters.directory import identity
from donations.supporters.models import Supporter
from donations.vault.keys import normalised_email
from donations.vault.sealed import have_at_hand

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

AT_ONCE: Final = 500
NAME_AND_DOMAIN: Final = "name"
BARE_MAILBOX: Final = "mailbox"
_NO_LETTER: Final = re.compile(r"[^\w]+")
_TWO_NAMES: Final = frozenset({"gmail.com", "googlemail.com"})
"""One provider under two names (support.google.com/mail/answer/10313)."""


@dataclass(frozen=True, slots=True)
class Like:
    """The blind indexes of one person; no name, no index of it."""

    name: bytes | None
    bare: bytes

    @classmethod
    def of(cls, master: MasterKey, email: str, name: str | None) -> Like:
        """What a mailbox and a name are like."""
        domain = normalised_email(email).rpartition("@")[2]
        plain = plain_name(name or "")
        return cls(
            name=master.index("likeness.name", f"{plain}\x1f{domain}") if plain else None,
            bare=master.index("likeness.bare", bare_mailbox(email)),
        )


def plain_name(name: str) -> str:
    """A name without accents, signs and case, its words in the order of the alphabet.

    "Reader, Véra" and "Vera READER" are the same; one word alone tells nobody apart, so it is none.
    """
    spread = unicodedata.normalize("NFKD", name)
    letters = "".join(sign for sign in spread if not unicodedata.combining(sign)).casefold()
    words = sorted(_NO_LETTER.sub(" ", letters).split())
    return " ".join(words) if len(words) > 1 else ""


def bare_mailbox(email: str) -> str:
    """A mailbox without what follows a plus, and without dots in front of the at-sign."""
    local, _, domain = normalised_email(email).rpartition("@")
    bare = local.partition("+")[0].replace(".", "")
    return f"{bare or local}@{'gmail.com' if domain in _TWO_NAMES else domain}"


def row_of(supporter_id: int, of_email: bytes, like: Like, name: str | None) -> Likeness:
    """The row that keeps a supporter's likeness."""
    return Likeness(
        supporter_id=supporter_id,
        of_email=of_email,
        named=bool(name),
        name_index=like.name,
        bare_index=like.bare,
    )


def refresh(session: Session, master: MasterKey, most: int = AT_ONCE) -> int:
    """Make what is missing or old, of at most so many supporters; how many.  The caller commits."""
    stale = or_(
        Likeness.supporter_id.is_(None),
        Likeness.of_email != Supporter.email_index,
        Likeness.named != Supporter.name_sealed.is_not(None),
    )
    found = session.scalars(
        select(Supporter)
        .join(Likeness, Likeness.supporter_id == Supporter.id, isouter=True)
        .where(Supporter.email_index.is_not(None), Supporter.forgotten_at.is_(None), stale)
        .order_by(Supporter.id)
        .limit(most)
    ).all()
    drop(session, [supporter.id for supporter in found])
    keys = have_at_hand(session, [supporter.data_key_id for supporter in found])
    for supporter in found:
        assert supporter.email_index is not None  # noqa: S101 - only those with a mailbox
        known = identity(session, master, supporter)
        like = Like.of(master, known.email or "", known.name)
        session.add(row_of(supporter.id, supporter.email_index, like, known.name))
    session.flush()
    del keys
    return len(found)


def drop(session: Session, supporter_ids: Collection[int]) -> None:
    """Forget by what these supporters were like others; the caller commits."""
    session.execute(
        delete(Likeness)
        .where(Likeness.supporter_id.in_(supporter_ids))
        .execution_options(synchronize_session=False)
    )


def alike(session: Session, likes: Collection[Like]) -> dict[bytes, int]:
    """Who is like any of these, by the index they share; of several the one known longest."""
    found: dict[bytes, int] = {}
    for column, wanted in (
        (Likeness.name_index, {like.name for like in likes if like.name is not None}),
        (Likeness.bare_index, {like.bare for like in likes}),
    ):
        same = select(column, func.min(Likeness.supporter_id)).where(column.in_(wanted))
        for index, supporter_id in session.execute(same.group_by(column)):
            found[index or b""] = supporter_id
    return found
