"""What Twilio SendGrid tells.

Sources: Twilio's pages "Event Webhook Reference" and "Getting Started with the Event Webhook
Security Features", and the test vector of its own libraries.

Each request carries an ECDSA signature (P-256, SHA-256) over its timestamp and raw body.  `smtp-id`
is the Message-ID the letter was handed over with.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from donations.kernel.errors import MisconfiguredError
from donations.mailer.message_ids import left_part
from donations.mailer.returns.returned import (
    Arrival,
    Kind,
    NotReadable,
    NotVerified,
    Return,
    read_json,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SIGNATURE: Final = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP: Final = "X-Twilio-Email-Event-Webhook-Timestamp"
WINDOW: Final = timedelta(hours=25)  # it tries again for 24 hours
_AHEAD: Final = timedelta(minutes=5)
_DROPS: Final[Mapping[str, Kind]] = {
    "Bounced Address": Kind.BOUNCED,
    "Invalid": Kind.BOUNCED,
    "Spam Reporting Address": Kind.COMPLAINED,
}


@dataclass(frozen=True, slots=True)
class SendGrid:
    """SendGrid's door."""

    key: ec.EllipticCurvePublicKey = field(repr=False)

    @classmethod
    def with_key(cls, text: str) -> Self:
        """With the verification key as its page shows it: base64 of DER.

        Raises `MisconfiguredError`.
        """
        try:
            key = load_der_public_key(base64.b64decode(text.strip(), validate=True))
        except (binascii.Error, ValueError):
            key = None
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise MisconfiguredError("SENDGRID_WEBHOOK_KEY must be SendGrid's verification key.")
        return cls(key)

    def returns(self, arrival: Arrival) -> tuple[Return, ...]:
        """What it tells.  Raises `NotVerified` and `NotReadable`."""
        self._verify(arrival)
        events = read_json(arrival.body)
        if not isinstance(events, list):
            raise NotReadable("not a list")
        return tuple(_returns(events))

    def _verify(self, arrival: Arrival) -> None:
        stamp = arrival.header(TIMESTAMP)
        try:
            signature = base64.b64decode(arrival.header(SIGNATURE), validate=True)
            self.key.verify(signature, stamp.encode() + arrival.body, ec.ECDSA(SHA256()))
            signed_at = datetime.fromtimestamp(int(stamp), UTC)
        except (binascii.Error, InvalidSignature, ValueError, OverflowError, OSError):
            raise NotVerified from None
        if not -_AHEAD <= arrival.at - signed_at <= WINDOW:
            raise NotVerified


def _returns(events: list[object]) -> Iterator[Return]:
    for event in events:
        kind = _kind(event)
        if kind is not None:
            yield Return(kind, word(event, "email"), left_part(word(event, "smtp-id")))


def _kind(event: object) -> Kind | None:
    match word(event, "event"):
        case "bounce":  # of the type "blocked" are those it will deliver to again
            return Kind.DELAYED if word(event, "type") == "blocked" else Kind.BOUNCED
        case "dropped":
            return _DROPS.get(word(event, "reason"))
        case "deferred":
            return Kind.DELAYED
        case "spamreport":
            return Kind.COMPLAINED
    return None
