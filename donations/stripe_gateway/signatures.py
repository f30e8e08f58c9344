"""Verifies a webhook and reads from it only which object to ask about.

`Webhook.construct_event` builds the whole object and costs some fifty times the check itself, so
the SDK's signature check is called alone and the JSON is read plainly.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import stripe

from donations.stripe_gateway.errors import BadSignature

if TYPE_CHECKING:
    from collections.abc import Mapping

TOLERANCE_SECONDS: Final = 300
_LONGEST_WORD: Final = 80


@dataclass(frozen=True, slots=True)
class Hint:
    """An event as a hint: something of `type` happened to `object_id`; ask Stripe what is true."""

    event_id: str
    type: str
    object_id: str
    occurred_at: datetime


def verified_hint(body: bytes, signature: str, secret: str) -> Hint:
    """Read a signed webhook.  Raises `BadSignature`, also for a body that is no event."""
    try:
        text = body.decode()
        stripe.WebhookSignature.verify_header(text, signature, secret, TOLERANCE_SECONDS)
        event: Mapping[str, Any] = json.loads(text)
        hint = Hint(
            event_id=event["id"],
            type=event["type"],
            object_id=event["data"]["object"].get("id") or "",
            occurred_at=datetime.fromtimestamp(event["created"], UTC),
        )
    except stripe.SignatureVerificationError as error:
        raise BadSignature("signature") from error
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise BadSignature("not an event") from error
    words = (hint.event_id, hint.type, hint.object_id)
    if not all(isinstance(word, str) and len(word) <= _LONGEST_WORD for word in words):
        raise BadSignature("not an event")
    return hint
