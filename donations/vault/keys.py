"""The newsroom's master key and the keys derived from it.

The master key lives outside the database and its backups.  Two keys are derived from it with
HKDF-SHA-256: one wraps the data keys, one makes blind indexes.  The second must stay when data
keys are turned over, or nobody would be found any more; so each has its own label.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import unicodedata
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from donations.kernel.errors import MisconfiguredError

KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class MasterKey:
    """The key everything personal depends on; never printed, never stored in the database."""

    wrapping: AESGCM = field(repr=False)
    indexing: bytes = field(repr=False)
    sealing: AESGCM = field(repr=False)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a key written as base64 of 32 bytes.  Raises `MisconfiguredError`."""
        try:
            secret = base64.b64decode(text.strip(), validate=True)
        except binascii.Error:
            secret = b""
        if len(secret) != KEY_BYTES:
            message = "VAULT_KEY must be the base64 of 32 random bytes (openssl rand -base64 32)."
            raise MisconfiguredError(message)
        return cls(
            wrapping=AESGCM(_derive(secret, b"donations wrap data keys v1")),
            indexing=_derive(secret, b"donations blind index v1"),
            sealing=AESGCM(_derive(secret, b"donations seal operations v1")),
        )

    def index(self, kind: str, value: str) -> bytes:
        """The blind index of `value`: equal values of one `kind` meet, nothing else is told."""
        return hmac.digest(self.indexing, f"{kind}\x1f{value}".encode(), hashlib.sha256)


def normalised_email(address: str) -> str:
    """The form under which two spellings of one mailbox meet (NFKC, case-folded, trimmed)."""
    return unicodedata.normalize("NFKC", address.strip()).casefold()


def _derive(secret: bytes, label: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=label).derive(secret)
