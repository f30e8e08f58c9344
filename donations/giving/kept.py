"""What of a payment stays with the newsroom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from donations.giving.models import Gift

# Stripe's words for a refund that did not leave, and for a dispute that took the money for good.
# Source: https://docs.stripe.com/api/refunds/object#refund_object-status and
# https://docs.stripe.com/api/disputes/object#dispute_object-status
_NEVER_LEFT: Final = frozenset({"failed", "canceled"})
_LOST: Final = "lost"


def kept_minor(gift: Gift) -> int:
    """What neither went back, nor is on its way, in minor units; nothing once a bank took it."""
    if any(one.state == _LOST for one in gift.disputes):
        return 0
    back = sum(one.amount_minor for one in gift.refunds if one.state not in _NEVER_LEFT)
    return max(0, gift.amount_minor - back)
