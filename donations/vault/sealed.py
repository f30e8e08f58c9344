"""Sealing: AES-256-GCM under a person's own key, bound to the column it stands in.

The associated data names table and column, so a value moved to another column does not open; that
it stands in the right row follows from the row's own key.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from donations.kernel.errors import DonationsError
from donations.vault.keys import KEY_BYTES
from donations.vault.models import DataKey

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

_NONCE_BYTES: Final = 12
_VERSION: Final = b"\x01"


class Forgotten(DonationsError):
    """The key was destroyed: what it sealed is gone, as was promised."""


class Tampered(DonationsError):
    """A sealed value does not open: wrong key, wrong column, or altered bytes."""


class Envelope:
    """A person's open data key: seals and opens the values of that person's rows."""

    def __init__(self, cipher: AESGCM) -> None:
        self._cipher = cipher

    def seal(self, column: str, value: str) -> bytes:
        """Seal `value` for `column` ("table.column")."""
        return _seal(self._cipher, column, value)

    def open(self, column: str, sealed: bytes) -> str:
        """Open what `seal` made for the same column.  Raises `Tampered`."""
        return _open(self._cipher, column, sealed)


def new_data_key(session: Session, master: MasterKey, now: datetime) -> tuple[DataKey, Envelope]:
    """Make, store and open a new data key."""
    secret = secrets.token_bytes(KEY_BYTES)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    wrapped = _VERSION + nonce + master.wrapping.encrypt(nonce, secret, b"data_key")
    row = DataKey(wrapped=wrapped, created_at=now)
    session.add(row)
    session.flush()
    return row, Envelope(AESGCM(secret))


def open_data_key(session: Session, master: MasterKey, key_id: int) -> Envelope:
    """Open a stored data key.  Raises `Forgotten` when it was destroyed, `Tampered` if altered."""
    row = session.get_one(DataKey, key_id)
    if row.wrapped is None:
        raise Forgotten
    nonce, body = row.wrapped[1 : 1 + _NONCE_BYTES], row.wrapped[1 + _NONCE_BYTES :]
    try:
        return Envelope(AESGCM(master.wrapping.decrypt(nonce, body, b"data_key")))
    except InvalidTag as error:
        raise Tampered from error


def have_at_hand(session: Session, key_ids: Collection[int]) -> list[DataKey]:
    """Read many data keys at once: while the list is kept, opening them asks nothing more."""
    return list(session.scalars(select(DataKey).where(DataKey.id.in_(key_ids))))


def destroy_data_key(session: Session, key_id: int, now: datetime) -> None:
    """Forget: every value sealed under this key becomes unreadable, in backups too."""
    row = session.get_one(DataKey, key_id)
    row.wrapped = None
    row.destroyed_at = now


def seal_operational(master: MasterKey, column: str, value: str) -> bytes:
    """Seal what belongs to no person yet, such as the object an event speaks of."""
    return _seal(master.sealing, column, value)


def open_operational(master: MasterKey, column: str, sealed: bytes) -> str:
    """Open what `seal_operational` made.  Raises `Tampered`."""
    return _open(master.sealing, column, sealed)


def _seal(cipher: AESGCM, column: str, value: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + cipher.encrypt(nonce, value.encode(), column.encode())


def _open(cipher: AESGCM, column: str, sealed: bytes) -> str:
    nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, body, column.encode()).decode()
    except InvalidTag as error:
        raise Tampered from error
