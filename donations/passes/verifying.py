"""Believing a pass: what a page's server or a CDN does.  It asks nobody, and learns no reader.

This module needs `joserfc`, `cryptography` and `donations.passes.blind`, and no database, so that
it can be taken along.  There are two kinds of pass:

- signed: a JWT (RFC 7519) under a key of `/api/pass/keys`, `alg` Ed25519 and nothing else;
- blind: `b.KID.MESSAGE.SIGNATURE`, both base64url, under a key of `/api/pass/blind-keys`.  The
  message is 32 random bytes, then "donations pass 1", a zero byte, the site's origin, a zero byte
  and 16 random bytes.  The key says for which level and until when.

The two sets of keys are never mixed: a blind key signs whatever it is sent, a JWT as well.

The same pass may come any number of times, from anyone: it hides asks and opens a gate, it is no
ticket.  So there is nothing to remember of one, and whoever runs a gate should write none down.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from donations.passes.blind import PREFIX_BYTES, PublicKey

if TYPE_CHECKING:
    from datetime import datetime

ALGORITHM: Final = "Ed25519"
BLIND_MARK: Final = "b"
NONCE_BYTES: Final = 16
LEVELS: Final = ("supporter", "member")
_LONGEST: Final = 2000
_LEEWAY_SECONDS: Final = 60

Jwks = Mapping[str, Iterable[Mapping[str, Any]]]
"""A JSON object whose `keys` are JWKs."""


class BadPass(Exception):
    """A pass not to be believed: altered, over, for another site, or under an unknown key."""


class UnknownKey(BadPass):
    """A pass under a key that is not among those given: time to fetch them again, once."""


def read_pass(
    text: str, *, keys: Jwks, blind_keys: Jwks, issuer: str, audience: str, now: datetime
) -> str:
    """The level a pass shows, "supporter" or "member".  Raises `BadPass`."""
    if len(text) > _LONGEST or not text.isascii():
        raise BadPass
    if text.startswith(f"{BLIND_MARK}."):
        return read_blind(text, blind_keys, audience=audience, now=now)
    return read_signed(text, keys, issuer=issuer, audience=audience, now=now)


def read_signed(text: str, keys: Jwks, *, issuer: str, audience: str, now: datetime) -> str:
    """The level a signed pass shows.  Raises `BadPass`."""
    ours: Any = [dict(one) for one in keys.get("keys", ()) if one.get("alg") == ALGORITHM]
    try:
        known = KeySet.import_key_set({"keys": ours})
        token = jwt.decode(text, _named(known), algorithms=[ALGORITHM])
    except (JoseError, ValueError) as error:
        raise BadPass from error
    claims, seconds = token.claims, now.timestamp()
    begun, ends = claims.get("iat"), claims.get("exp")
    if claims.get("iss") != issuer or claims.get("aud") != audience:
        raise BadPass
    if not isinstance(begun, int) or not isinstance(ends, int):
        raise BadPass
    if not begun - _LEEWAY_SECONDS <= seconds < ends:
        raise BadPass
    return _level(claims.get("level"))


def read_blind(text: str, keys: Jwks, *, audience: str, now: datetime) -> str:
    """The level a blind pass shows: that of its key.  Raises `BadPass`."""
    parts = text.split(".")
    if len(parts) != 4 or parts[0] != BLIND_MARK:  # noqa: PLR2004 - as the docstring above says
        raise BadPass
    key = next((one for one in keys.get("keys", ()) if one.get("kid") == parts[1]), None)
    if key is None:
        raise UnknownKey
    if not key.get("nbf", math.inf) - _LEEWAY_SECONDS <= now.timestamp() < key.get("exp", 0):
        raise BadPass
    try:
        prepared, signature, n, e = map(_bytes, (*parts[2:], key["n"], key["e"]))
    except (ValueError, KeyError, binascii.Error) as error:
        raise BadPass from error
    if not _is_for(prepared, audience):
        raise BadPass
    if not PublicKey(int.from_bytes(n), int.from_bytes(e)).verify(prepared, signature):
        raise BadPass
    return _level(key.get("level"))


def blind_message(audience: str, nonce: bytes) -> bytes:
    """What a blind pass says before it is prepared: for which site, and nothing else."""
    return b"donations pass 1\0" + audience.encode() + b"\0" + nonce


def _is_for(prepared: bytes, audience: str) -> bool:
    said = prepared[PREFIX_BYTES:]
    nonce = said[-NONCE_BYTES:]
    return len(nonce) == NONCE_BYTES and said == blind_message(audience, nonce)


def _named(known: KeySet) -> Any:  # noqa: ANN401 - joserfc's own callable
    def key_of(token: Any) -> Any:  # noqa: ANN401 - joserfc's own token
        kid = token.headers().get("kid")
        found = next((one for one in known.keys if one.kid == kid), None) if kid else None
        if found is None:
            raise UnknownKey
        return found

    return key_of


def _level(said: object) -> str:
    if said not in LEVELS:
        raise BadPass
    return str(said)


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
