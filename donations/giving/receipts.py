"""Receipt numbers without gaps: counted up inside the transaction that records the gift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import update

from donations.giving.models import Counter, Gift, Receipt
from donations.jobs.outbox import enqueue

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

RECEIPT_JOB: Final = "receipt"
_COUNTER: Final = "receipt"
_FIRST: Final = 1001


def issue_receipt(session: Session, gift: Gift, *, now: datetime) -> Receipt:
    """Give the gift the next number and promise the mail, in the caller's transaction."""
    receipt = Receipt(number=_next_number(session), gift_id=gift.id, issued_at=now)
    session.add(receipt)
    session.flush()
    if gift.supporter_id is not None:
        enqueue(session, RECEIPT_JOB, f"receipt:{gift.public_id}", {"gift": gift.id}, now=now)
    return receipt


def _next_number(session: Session) -> int:
    counted = session.scalar(
        update(Counter)
        .where(Counter.name == _COUNTER)
        .values(value=Counter.value + 1)
        .returning(Counter.value)
    )
    if counted is not None:
        return int(counted)
    session.add(Counter(name=_COUNTER, value=_FIRST))
    session.flush()  # two firsts at once: one fails and its job comes back
    return _FIRST
