"""What Mailgun tells.

Sources: Mailgun's user manual, "Securing Webhooks", "Automatic Retries" and the event structure
under "Tracking Messages".

The signature is HMAC-SHA-256 over a timestamp and a token, and not over what is told: it proves
only that Mailgun, or whoever read its request, was there.  So it is good for as long as Mailgun
tries again (8 hours), and not longer; the connection must be HTTPS.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from donations.mailer.message_ids import left_part
from donations.mailer.returns.returned import (
    Arrival,
    Kind,
    NotReadable,
    NotVerified,
    Return,
    part,
    read_object,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

WINDOW: Final = timedelta(hours=9)
_AHEAD: Final = timedelta(minutes=5)
_REASONS: Final[Mapping[str, Kind]] = {  # of what failed for good
    "bounce": Kind.BOUNCED,
    "suppress-bounce": Kind.BOUNCED,
    "suppress-complaint": Kind.COMPLAINED,
}


@dataclass(frozen=True, slots=True)
class Mailgun:
    """Mailgun's door; `key` is its "HTTP webhook signing key"."""

    key: str = field(repr=False)

    def returns(self, arrival: Arrival) -> tuple[Return, ...]:
        """What it tells.  Raises `NotVerified`; what is no JSON cannot be verified either."""
        try:
            told = read_object(arrival.body)
        except NotReadable:
            raise NotVerified from None
        self._verify(part(told, "signature"), arrival.at)
        event = part(told, "event-data")
        kind = _kind(event)
        if kind is None:
            return ()
        headers = part(part(event, "message"), "headers")
        return (Return(kind, word(event, "recipient"), left_part(word(headers, "message-id"))),)

    def _verify(self, signature: dict[str, Any], now: datetime) -> None:
        stamp, token = str(signature.get("timestamp", "")), word(signature, "token")
        right = hmac.new(self.key.encode(), f"{stamp}{token}".encode(), hashlib.sha256)
        given = word(signature, "signature")
        if not hmac.compare_digest(right.hexdigest().encode(), given.encode()):
            raise NotVerified
        try:
            signed_at = datetime.fromtimestamp(int(stamp), UTC)
        except (ValueError, OverflowError, OSError):
            raise NotVerified from None
        if not -_AHEAD <= now - signed_at <= WINDOW:
            raise NotVerified


def _kind(event: dict[str, Any]) -> Kind | None:
    match word(event, "event"):
        case "failed" if word(event, "severity") == "permanent":
            reason = word(event, "reason")
            if reason == "suppress-unsubscribe":
                return None
            return _REASONS.get(reason, Kind.DELAYED)
        case "failed":
            return Kind.DELAYED
        case "complained":
            return Kind.COMPLAINED
    return None
