"""What other programs can be told of, and what they may ask."""

from __future__ import annotations

from enum import StrEnum


class Told(StrEnum):
    """One kind of event; its word is what stands in the body that is sent."""

    JOINED = "membership.joined"
    PAID = "gift.paid"
    FAILED = "payment.failed"
    CHANGED = "membership.changed"
    CANCELLED = "membership.cancelled"
    CANCELS_AT_PERIOD_END = "membership.cancels_at_period_end"


class Scope(StrEnum):
    """What a key opens."""

    LOOKUP = "lookup"  # whether the owner of one address supports us
    EVENTS = "events"  # what endpoints are told, to catch up with
