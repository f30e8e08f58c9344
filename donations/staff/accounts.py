"""Staff accounts: making one, and signing in with password and one-time code.

Guessing is slowed down per account: from the fifth wrong try on it is locked, for 60 seconds at
first, twice as long after each further one, a quarter of an hour at most.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.kernel.database import begin_write
from donations.kernel.errors import DonationsError
from donations.staff import one_time_codes
from donations.staff.models import StaffMember
from donations.staff.passwords import hash_password, is_password
from donations.staff.roles import Role
from donations.staff.sessions import open_session
from donations.vault.sealed import open_operational, seal_operational

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

TRIES: Final = 5
FIRST_LOCK: Final = timedelta(seconds=60)
LONGEST_LOCK: Final = timedelta(minutes=15)
LONGEST_LOGIN: Final = 80
ISSUER: Final = "Office"  # a telephone that is searched names no newsroom
_COLUMN: Final = "staff_member.totp"


class LoginTaken(DonationsError):
    """There is an account of this login, or the login is empty or too long."""


class SignInRefused(DonationsError):
    """Login, password or code is wrong; which of them is never told."""


class AccountLocked(SignInRefused):
    """Too many wrong tries: nothing is looked at before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__("locked")
        self.until = until


def add_member(
    session: Session,
    master: MasterKey,
    *,
    login: str,
    password: str,
    role: str,
    now: datetime,
    issuer: str = ISSUER,
) -> tuple[StaffMember, str]:
    """Make an account; the caller commits.

    Gives the row and the `otpauth://` address to be scanned, which is shown once and never again.
    Raises `LoginTaken`, `WeakPassword`, and `ValueError` for a role outside `Role`.
    """
    name = _plain(login)
    if not 0 < len(name) <= LONGEST_LOGIN or _find(session, name) is not None:
        raise LoginTaken
    secret = one_time_codes.new_secret()
    member = StaffMember(
        login=name,
        password_hash=hash_password(password),
        totp_sealed=seal_operational(master, _COLUMN, secret),
        role=Role(role).value,
        created_at=now,
    )
    session.add(member)
    session.flush()
    return member, one_time_codes.provisioning_uri(secret, name, issuer)


def sign_in(
    session: Session,
    master: MasterKey,
    *,
    login: str,
    password: str,
    code: str,
    now: datetime,
) -> str:
    """Open a session and give its token, or raise `SignInRefused`; commits either way.

    The slow password check runs with no transaction open; what it found counts only if the account
    is not locked by the time the database can be written, so tries made side by side gain nothing.
    """
    found = _find(session, _plain(login))
    known = None if found is None or found.disabled_at is not None else found.id
    hashed = None if known is None or found is None else found.password_hash
    session.rollback()
    right = is_password(password, hashed)
    begin_write(session)
    if known is None:
        session.rollback()
        raise SignInRefused
    member = session.get_one(StaffMember, known)
    if member.locked_until is not None and now < member.locked_until:
        until = member.locked_until
        session.rollback()
        raise AccountLocked(until)
    if not (_take_code(member, master, code, now) and right):
        _count_failure(member, now)
        session.commit()
        raise SignInRefused
    member.failures, member.locked_until = 0, None
    token = open_session(session, member, now)
    session.commit()
    return token


def _take_code(member: StaffMember, master: MasterKey, code: str, now: datetime) -> bool:
    secret = open_operational(master, _COLUMN, member.totp_sealed)
    step = one_time_codes.accepted_step(secret, code, now=now, after=member.totp_step)
    if step is None:
        return False
    member.totp_step = step  # spent even when the password is wrong: a code is good once
    return True


def _count_failure(member: StaffMember, now: datetime) -> None:
    member.failures += 1
    over = member.failures - TRIES
    if over >= 0:
        member.locked_until = now + min(FIRST_LOCK * 2 ** min(over, 10), LONGEST_LOCK)


def _find(session: Session, login: str) -> StaffMember | None:
    return session.scalar(select(StaffMember).where(StaffMember.login == login))


def _plain(login: str) -> str:
    return login.strip().casefold()
