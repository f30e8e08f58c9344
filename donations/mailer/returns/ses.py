"""What Amazon SES tells, through an SNS topic.

Source: Amazon SES Developer Guide, "Amazon SNS notification contents for Amazon SES", "… examples",
and "Contents of event data that Amazon SES publishes to Amazon SNS".

SES gives each letter a Message-ID of its own; ours stands among the original headers, which the
topic must be set to include.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from donations.mailer.message_ids import left_part
from donations.mailer.returns.returned import (
    Arrival,
    Kind,
    NotReadable,
    Return,
    part,
    parts,
    read_object,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from donations.mailer.returns.sns import Topic

# RFC 5965, 7.3, RFC 6430 and RFC 6591: reports of these types say nothing against the sender.
NO_COMPLAINTS: Final = frozenset({"not-spam", "auth-failure", "virus", "other"})


@dataclass(frozen=True, slots=True)
class Ses:
    """The door of Amazon SES."""

    topic: Topic

    def returns(self, arrival: Arrival) -> tuple[Return, ...]:
        """What it tells.  Raises `NotVerified`, `NotReadable` and `TryAgainLater`."""
        message = self.topic.message(arrival)
        try:
            told = read_object(message)
        except NotReadable:  # "Successfully validated SNS topic …", or a confirmation
            return ()
        return tuple(_returns(told))


def _returns(told: dict[str, Any]) -> Iterator[Return]:
    happened = word(told, "notificationType") or word(told, "eventType")
    letter = _message_id(part(told, "mail"))
    if happened == "Bounce":
        bounce = part(told, "bounce")
        kind = Kind.BOUNCED if word(bounce, "bounceType") == "Permanent" else Kind.DELAYED
        for person in parts(bounce, "bouncedRecipients"):
            yield Return(kind, word(person, "emailAddress"), letter)
    elif happened == "Complaint":
        complaint = part(told, "complaint")
        if word(complaint, "complaintFeedbackType") not in NO_COMPLAINTS:
            for person in parts(complaint, "complainedRecipients"):
                yield Return(Kind.COMPLAINED, word(person, "emailAddress"), letter)
    elif happened == "DeliveryDelay":
        for person in parts(part(told, "deliveryDelay"), "delayedRecipients"):
            yield Return(Kind.DELAYED, word(person, "emailAddress"), letter)


def _message_id(mail: dict[str, Any]) -> str:
    for header in parts(mail, "headers"):
        if word(header, "name").lower() == "message-id":
            return left_part(word(header, "value"))
    return left_part(word(part(mail, "commonHeaders"), "messageId"))
