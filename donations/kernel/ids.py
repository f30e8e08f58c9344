"""Identifiers that tell nothing, and tokens nobody can guess."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing to misread aloud
TOKEN_BYTES: Final = 24


def public_id(length: int = 12) -> str:
    """A short random name for a row, safe to print and to read aloud (59 bits at 12)."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_token() -> str:
    """An unguessable URL-safe token of 192 bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_digest(token: str) -> bytes:
    """What the database keeps of a token, so that a stolen table opens nothing."""
    return hashlib.sha256(token.encode()).digest()
