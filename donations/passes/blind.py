"""RSA blind signatures: RSABSSA-SHA384-PSS-Randomized of RFC 9474.

The reader's browser hides a message, we sign what we cannot read, the browser uncovers the
signature.  What comes of it is an ordinary RSASSA-PSS signature (SHA-384, a salt of 48 bytes), so
anyone verifies it with a library; only the arithmetic of blinding is our own, since no kept Python
library has it.  Steps and names are those of RFC 9474, section 4, and RFC 8017, section 9.1.1.

Python's integers take longer for some numbers than for others.  So we never raise to the secret
power what a caller chose: it is blinded once more, with a factor of ours, first.  And a signature
leaves only if raising it to the public power gives back what was signed: a fault in one half of
the calculation by remainders would give the key away.

A key that signs blindly signs anything.  It must serve for nothing else: a signed pass, which
says things of its own, is never believed under such a key.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384

from donations.kernel.errors import DonationsError

HASH_BYTES: Final = 48
SALT_BYTES: Final = 48
PREFIX_BYTES: Final = 32
_TRAILER: Final = b"\xbc"


class BadBlindedMessage(DonationsError):
    """What was sent to be signed is no number below the key's modulus, at its full length."""


class BadBlindSignature(DonationsError):
    """A signature that the key did not make, or that went wrong on its way."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An RSA public key, modulus and exponent."""

    n: int
    e: int

    @property
    def length(self) -> int:
        """How many bytes the modulus takes."""
        return (self.n.bit_length() + 7) // 8

    def verify(self, prepared: bytes, signature: bytes) -> bool:
        """Whether the key signed the prepared message."""
        pss = padding.PSS(mgf=padding.MGF1(SHA384()), salt_length=SALT_BYTES)
        key = rsa.RSAPublicNumbers(self.e, self.n).public_key()
        try:
            key.verify(signature, prepared, pss, SHA384())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """An RSA private key; never printed."""

    public: PublicKey
    d: int = field(repr=False)
    p: int = field(repr=False)
    q: int = field(repr=False)

    def power(self, number: int) -> int:
        """`number` to the secret power, by the remainders of the two primes (RFC 8017, 5.1.2)."""
        first = pow(number, self.d % (self.p - 1), self.p)
        second = pow(number, self.d % (self.q - 1), self.q)
        return second + self.q * ((first - second) * pow(self.q, -1, self.p) % self.p)


@dataclass(frozen=True, slots=True)
class Blinded:
    """A message hidden for its signer, and the secret that uncovers the signature."""

    message: bytes
    inverse: int = field(repr=False)


def prepare(message: bytes) -> bytes:
    """The message behind a random prefix, so that no signer can prepare for it (section 4.1)."""
    return secrets.token_bytes(PREFIX_BYTES) + message


def blind(
    key: PublicKey, prepared: bytes, *, salt: bytes | None = None, inverse: int | None = None
) -> Blinded:
    """Hide a prepared message (section 4.2); `salt` and `inverse` are random unless told."""
    salt = secrets.token_bytes(SALT_BYTES) if salt is None else salt
    number = int.from_bytes(_encoded(prepared, key.n.bit_length() - 1, salt))
    if math.gcd(number, key.n) != 1:  # whoever meets this has broken the key
        raise BadBlindedMessage
    inverse = _factor(key.n) if inverse is None else inverse
    hidden = number * pow(pow(inverse, -1, key.n), key.e, key.n) % key.n
    return Blinded(hidden.to_bytes(key.length), inverse)


def blind_sign(key: PrivateKey, blinded: bytes) -> bytes:
    """Sign what cannot be read (section 4.3).

    Raises `BadBlindedMessage`, and `BadBlindSignature` if the calculation failed.
    """
    n, number = key.public.n, int.from_bytes(blinded)
    if len(blinded) != key.public.length or number >= n:
        raise BadBlindedMessage
    ours = _factor(n)
    signed = key.power(number * pow(ours, key.public.e, n) % n) * pow(ours, -1, n) % n
    if pow(signed, key.public.e, n) != number:
        raise BadBlindSignature
    return signed.to_bytes(key.public.length)


def finalize(key: PublicKey, prepared: bytes, blind_signature: bytes, inverse: int) -> bytes:
    """Uncover the signature of a prepared message (section 4.4).  Raises `BadBlindSignature`."""
    if len(blind_signature) != key.length:
        raise BadBlindSignature
    number = int.from_bytes(blind_signature) * inverse % key.n
    signature = number.to_bytes(key.length)
    if not key.verify(prepared, signature):
        raise BadBlindSignature
    return signature


def _factor(n: int) -> int:
    """A random number that has an inverse."""
    while True:
        number = 1 + secrets.randbelow(n - 1)
        if math.gcd(number, n) == 1:
            return number


def _encoded(message: bytes, bits: int, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE of RFC 8017, section 9.1.1."""
    length = (bits + 7) // 8
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(length - len(salt) - HASH_BYTES - 2) + b"\x01" + salt
    mask = _mask(digest, len(block))
    masked = bytearray(one ^ other for one, other in zip(block, mask, strict=True))
    masked[0] &= 0xFF >> (8 * length - bits)
    return bytes(masked) + digest + _TRAILER


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1 of RFC 8017, appendix B.2.1."""
    rounds = range((length + HASH_BYTES - 1) // HASH_BYTES)
    made = b"".join(hashlib.sha384(seed + one.to_bytes(4)).digest() for one in rounds)
    return made[:length]
