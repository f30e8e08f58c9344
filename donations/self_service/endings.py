"""Why support ended: by whose hand, and in whose words, counted and naming nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import case, func, select

from donations.giving.models import Membership
from donations.self_service.withdrawal_models import EndingReason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

ASKED: Final = "asked"
FAILED: Final = "payment_failed"
DISPUTED: Final = "payment_disputed"
OTHERWISE: Final = "otherwise"
HANDS: Final = (ASKED, FAILED, DISPUTED, OTHERWISE)
UNSAID: Final = "unsaid"


@dataclass(frozen=True, slots=True)
class Endings:
    """Endings of a period: how many, by whose hand, and for those asked for, by reason."""

    total: int
    by_hand: Mapping[str, int]
    by_reason: Mapping[str, int]


def endings(session: Session, since: datetime, until: datetime) -> Endings:
    """What ended from `since` until before `until`; an end asked for counts when it was asked."""
    ended_at = func.coalesce(Membership.cancel_asked_at, Membership.ended_at)
    asked = Membership.cancel_asked_at.is_not(None) | (
        Membership.end_reason == "cancellation_requested"
    )
    hand = case(
        (asked, ASKED),
        (Membership.end_reason == FAILED, FAILED),
        (Membership.end_reason == DISPUTED, DISPUTED),
        else_=OTHERWISE,
    )
    period = (ended_at >= since, ended_at < until)
    by_hand = dict.fromkeys(HANDS, 0)
    for which, number in session.execute(select(hand, func.count()).where(*period).group_by(hand)):
        by_hand[which] = number
    said = select(EndingReason.reason, func.count()).join(
        Membership, Membership.id == EndingReason.membership_id
    )
    told = session.execute(said.where(*period).group_by(EndingReason.reason))
    by_reason: dict[str, int] = {str(word): int(number) for word, number in told}
    unsaid = by_hand[ASKED] - sum(by_reason.values())
    most_first = sorted(by_reason.items(), key=lambda pair: (-pair[1], pair[0]))
    reasons = dict(most_first) | ({UNSAID: unsaid} if unsaid > 0 else {})
    return Endings(sum(by_hand.values()), by_hand, reasons)
