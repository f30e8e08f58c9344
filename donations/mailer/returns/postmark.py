"""What Postmark tells.

Sources: Postmark's developer pages "Bounce webhook", "Spam complaint webhook", "Subscription change
webhook", "Webhooks overview", and the bounce types of its own libraries.

Postmark signs nothing; its pages advise credentials in the address: https://x:SECRET@…, which it
sends as Basic authorisation, so that they stand in no log.  It gives each message an id of its own;
ours comes back as the metadata `letter`, which a letter sends along as X-PM-Metadata-letter.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from donations.mailer.message_ids import left_part
from donations.mailer.returns.returned import (
    Arrival,
    Kind,
    NotVerified,
    Return,
    part,
    read_object,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_BOUNCES: Final[Mapping[str, Kind]] = {
    "HardBounce": Kind.BOUNCED,
    "BadEmailAddress": Kind.BOUNCED,
    "SpamComplaint": Kind.COMPLAINED,
    "Transient": Kind.DELAYED,
    "SoftBounce": Kind.DELAYED,
    "DnsError": Kind.DELAYED,
    "Undeliverable": Kind.DELAYED,
    "Blocked": Kind.DELAYED,
    "DMARCPolicy": Kind.DELAYED,
    "SpamNotification": Kind.DELAYED,
    "VirusNotification": Kind.DELAYED,
    "Unknown": Kind.DELAYED,
}
_SUPPRESSIONS: Final[Mapping[str, Kind]] = {
    "HardBounce": Kind.BOUNCED,
    "SpamComplaint": Kind.COMPLAINED,
}


@dataclass(frozen=True, slots=True)
class Postmark:
    """Postmark's door; `secret` is the password in the address given to it."""

    secret: str = field(repr=False)

    def returns(self, arrival: Arrival) -> tuple[Return, ...]:
        """What it tells.  Raises `NotVerified` and `NotReadable`."""
        if not hmac.compare_digest(arrival.password.encode(), self.secret.encode()):
            raise NotVerified
        told = read_object(arrival.body)
        kind = _kind(told)
        if kind is None:
            return ()
        address = word(told, "Email") or word(told, "Recipient")
        return (Return(kind, address, left_part(word(part(told, "Metadata"), "letter"))),)


def _kind(told: dict[str, object]) -> Kind | None:
    record = word(told, "RecordType")
    if record == "SubscriptionChange":
        return _SUPPRESSIONS.get(word(told, "SuppressionReason"))
    if record in {"Bounce", "SpamComplaint"}:
        return _BOUNCES.get(word(told, "Type"))
    return None
