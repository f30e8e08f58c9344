"""Money that goes back: refunds and disputes of a gift, and what each moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from donations.giving.booking import book_movement
from donations.giving.models import Dispute, Refund
from donations.ledger.chart import Kind
from donations.vault.sealed import open_data_key, seal_operational

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.giving.models import Gift
    from donations.stripe_gateway.values import DisputeState, Movement, RefundState
    from donations.vault.keys import MasterKey


def record_refund(
    session: Session,
    master: MasterKey,
    gift: Gift,
    refund: RefundState,
    *,
    asked_at: datetime,
    now: datetime,
) -> Refund:
    """Record a refund as Stripe sees it and book what it moved, back again if it failed."""
    index = master.index("refund", refund.id)
    row = session.scalar(select(Refund).where(Refund.refund_index == index))
    if row is None:
        row = Refund(
            gift_id=gift.id,
            refund_sealed=_sealed(session, master, gift, "refund.refund", refund.id),
            refund_index=index,
            amount_minor=refund.amount.minor,
            currency=refund.amount.currency,
            created_at=refund.created,
            state=refund.status,
            synced_at=asked_at,
        )
        session.add(row)
    elif row.synced_at <= asked_at:
        row.state, row.synced_at = refund.status, asked_at
    row.moved = row.moved or bool(refund.movements)
    _book_all(
        session, gift, refund.movements, (Kind.REFUND, Kind.REFUND_FAILED), refund.amount.minor, now
    )
    return row


def record_dispute(
    session: Session,
    master: MasterKey,
    gift: Gift,
    dispute: DisputeState,
    *,
    asked_at: datetime,
    now: datetime,
) -> Dispute:
    """Record a dispute as Stripe sees it and book what it moved; an inquiry moves nothing."""
    index = master.index("dispute", dispute.id)
    row = session.scalar(select(Dispute).where(Dispute.dispute_index == index))
    if row is None:
        row = Dispute(
            gift_id=gift.id,
            dispute_sealed=_sealed(session, master, gift, "dispute.dispute", dispute.id),
            dispute_index=index,
            amount_minor=dispute.amount.minor,
            currency=dispute.amount.currency,
            created_at=dispute.created,
            reason=dispute.reason,
        )
        session.add(row)
    elif row.synced_at > asked_at:
        return row
    row.state, row.answer_by, row.synced_at = dispute.status, dispute.answer_by, asked_at
    row.moved = row.moved or bool(dispute.movements)
    kinds = (Kind.DISPUTE, Kind.DISPUTE_REVERSED)
    _book_all(session, gift, dispute.movements, kinds, dispute.amount.minor, now)
    return row


def _book_all(
    session: Session,
    gift: Gift,
    movements: tuple[Movement, ...],
    kinds: tuple[Kind, Kind],
    amount_minor: int,
    now: datetime,
) -> None:
    out, back = kinds
    for movement in movements:
        kind = out if movement.amount < 0 else back
        charged = -amount_minor if kind is out else amount_minor
        book_movement(session, kind, movement, gift, charged, now=now)


def _sealed(session: Session, master: MasterKey, gift: Gift, column: str, value: str) -> bytes:
    if gift.supporter is None:
        return seal_operational(master, column, value)
    return open_data_key(session, master, gift.supporter.data_key_id).seal(column, value)
