"""DKIM (RFC 6376): the key the mail service signs with, under the selector it signs as."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from donations.mailer.sender_domain.advice import Advice, tags

if TYPE_CHECKING:
    from donations.mailer.sender_domain.resolving import Resolver

SHORTEST: Final = 1024  # RFC 8301, 3.2
_ADVISED: Final = 2048
_ED25519_BYTES: Final = 32


def dkim(domain: str, selector: str, resolver: Resolver) -> Advice:
    """What stands under `selector`.  Raises `CannotAsk`."""
    if not selector:
        return Advice(
            well=None,
            what=f"whether letters from {domain} are signed (DKIM): set MAIL_DKIM_SELECTOR to the"
            " selector your mail service names",
        )
    name = f"{selector}._domainkey.{domain}"
    records = [tags(text) for text in resolver.texts(name) if "p=" in text.replace(" ", "")]
    if not records:
        return Advice(
            well=False,
            what=f"there is no key at {name} (DKIM): add the TXT or CNAME record your mail service"
            " shows, or correct MAIL_DKIM_SELECTOR",
        )
    return _judged(name, records[0])


def _judged(name: str, record: dict[str, str]) -> Advice:
    bits = _bits(record.get("p", ""), record.get("k", "rsa"))
    if bits == 0:
        return Advice(
            well=False, what=f"the key at {name} is empty or broken (DKIM): add the record anew"
        )
    if bits < SHORTEST:
        return Advice(
            well=False,
            what=f"the key at {name} has {bits} bits and receivers ignore it (DKIM): ask your mail"
            f" service for one of {_ADVISED}",
        )
    return Advice(well=True, what=f"letters can be signed with the key at {name} (DKIM)")


def _bits(coded: str, kind: str) -> int:
    """The strength of a public key as an RSA key has it; 0 if it is none."""
    try:
        raw = base64.b64decode("".join(coded.split()), validate=True)
    except binascii.Error:
        return 0
    if kind.lower() == "ed25519":  # RFC 8463, 4.2: the 32 bytes themselves
        return _ADVISED if len(raw) == _ED25519_BYTES else 0
    try:
        key = load_der_public_key(raw)
    except (ValueError, UnsupportedAlgorithm):
        return 0
    return key.key_size if isinstance(key, rsa.RSAPublicKey) else 0
