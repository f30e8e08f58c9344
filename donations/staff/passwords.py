"""Passwords: argon2id with the library's own costs, and the same work when there is no account."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from donations.kernel.errors import DonationsError

SHORTEST: Final = 12  # PCI DSS 4.0.1, 8.3.6
LONGEST: Final = 200
_HASHER: Final = PasswordHasher()


class WeakPassword(DonationsError):
    """A password shorter than `SHORTEST` or longer than `LONGEST` characters."""


def hash_password(password: str) -> str:
    """What the database keeps of a password.  Raises `WeakPassword`."""
    if not SHORTEST <= len(password) <= LONGEST:
        message = f"A password has {SHORTEST} to {LONGEST} characters."
        raise WeakPassword(message)
    return _HASHER.hash(password)


def is_password(password: str, hashed: str | None) -> bool:
    """Whether `password` is the one hashed; without a hash, as long a calculation and false."""
    try:
        matches = _HASHER.verify(hashed or _nobodys_hash(), password[: LONGEST + 1])
    except VerificationError:
        return False
    return matches and hashed is not None


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_hex(16))
