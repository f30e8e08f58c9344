"""Keys of other programs: `dk_PREFIX_SECRET`, shown once, kept as a digest.

Each request takes one of the key's requests of the running minute, and is counted by the day; what
was asked is written nowhere.
"""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import case, select, update

from donations.kernel.database import begin_write, insert_into
from donations.kernel.errors import DonationsError, FieldRefused, NotFound
from donations.kernel.ids import public_id, token_digest
from donations.partners.kinds import Scope
from donations.partners.models import ApiKey, ApiKeyDay

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

A_MINUTE: Final = 120
_MINUTE: Final = timedelta(minutes=1)
_SECRET_BYTES: Final = 32
_LONGEST_LABEL: Final = 80
_FORM: Final = re.compile(r"dk_([0-9a-z]{8})_[0-9A-Za-z_-]{43}", re.ASCII)
_NOBODY: Final = token_digest("no key has this digest")


class UnknownKey(DonationsError):
    """No key, a wrong one, or one that was revoked."""


class OutOfScope(DonationsError):
    """A key that was not made for this."""


class TooManyRequests(DonationsError):
    """More than a key may ask in a minute; `wait` is how many seconds to wait."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


def make_key(
    session: Session, label: str, scopes: Collection[str], *, by: str, now: datetime
) -> tuple[ApiKey, str]:
    """A new key and its secret, which nobody can be told again.  Commits.

    Raises `FieldRefused` for a label that is empty or too long, and for no or unknown scopes.
    """
    if not 0 < len(label) <= _LONGEST_LABEL or not label.isprintable():
        reason = "too_long" if label else "empty"
        raise FieldRefused("label", reason, most=_LONGEST_LABEL)
    known = [one.value for one in Scope if one in scopes]
    if not known or len(known) != len(scopes):
        raise FieldRefused("scopes", "unknown")
    prefix = public_id(8)
    token = f"dk_{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    key = ApiKey(
        prefix=prefix,
        digest=token_digest(token),
        scopes=known,
        label=label,
        created_by=by,
        created_at=now,
    )
    begin_write(session)
    session.add(key)
    session.commit()
    return key, token


def every_key(session: Session) -> Sequence[ApiKey]:
    """Every key: those that open something first, the newest first of each."""
    revoked = case((ApiKey.revoked_at.is_(None), 0), else_=1)
    return session.scalars(select(ApiKey).order_by(revoked, ApiKey.id.desc())).all()


def revoke(session: Session, prefix: str, *, by: str, now: datetime) -> None:
    """Let a key open nothing any more.  Commits.  Raises `NotFound`."""
    begin_write(session)
    key = session.scalar(select(ApiKey).where(ApiKey.prefix == prefix))
    if key is None:
        session.rollback()
        raise NotFound
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by = now, by
    session.commit()


def admit(session: Session, token: str, scope: Scope, *, now: datetime) -> ApiKey:
    """The key behind a token, if it may ask this now.  Counts the request and commits.

    Raises `UnknownKey`, `OutOfScope` and `TooManyRequests`.
    """
    key = _key_of(session, token)
    session.rollback()
    if key is None:
        raise UnknownKey
    allowed = scope in key.scopes
    begin_write(session, swift=True)  # a count lost to a power cut harms nobody
    within = allowed and _took_one(session, key.id, now) <= A_MINUTE
    _note(session, key.id, now.date(), answered=within)
    session.commit()
    if not allowed:
        raise OutOfScope
    if not within:
        raise TooManyRequests(60 - now.second)
    return key


def use_since(session: Session, first: date) -> dict[int, tuple[int, int]]:
    """By key, how many requests were answered and refused from a day on."""
    sums: dict[int, tuple[int, int]] = {}
    for row in session.scalars(select(ApiKeyDay).where(ApiKeyDay.day >= first)):
        answered, refused = sums.get(row.key_id, (0, 0))
        sums[row.key_id] = (answered + row.answered, refused + row.refused)
    return sums


def _key_of(session: Session, token: str) -> ApiKey | None:
    """The living key; a wrong secret takes as long as a right one."""
    form = _FORM.fullmatch(token)
    named = select(ApiKey).where(ApiKey.prefix == (form[1] if form else ""))
    key = session.scalar(named.where(ApiKey.revoked_at.is_(None)))
    held = hmac.compare_digest(key.digest if key else _NOBODY, token_digest(token))
    return key if key is not None and held else None


def _took_one(session: Session, key_id: int, now: datetime) -> int:
    """Take one request of the running minute; how many it were with this one."""
    minute = now.replace(second=0, microsecond=0)
    counted = case((ApiKey.window_at == minute, ApiKey.window_count + 1), else_=1)
    taken = (
        update(ApiKey)
        .where(ApiKey.id == key_id)
        .values(window_count=counted, window_at=minute, last_used_on=now.date())
        .returning(ApiKey.window_count)
        .execution_options(synchronize_session=False)
    )
    return session.scalars(taken).one()


def _note(session: Session, key_id: int, day: date, *, answered: bool) -> None:
    values = {"answered": int(answered), "refused": int(not answered)}
    counted = {name: getattr(ApiKeyDay, name) + value for name, value in values.items()}
    session.execute(
        insert_into(session, ApiKeyDay)
        .values(key_id=key_id, day=day, **values)
        .on_conflict_do_update(index_elements=["key_id", "day"], set_=counted)
        .returning(ApiKeyDay.key_id)
    ).all()
