"""Whether our refunds and disputes stand as Stripe's do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.giving.models import Dispute, Gift, Refund
from donations.kernel.money import Money
from donations.reconciliation.discrepancies import Finding, Kind
from donations.reconciliation.promises import ON_ITS_WAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy.orm import InstrumentedAttribute, Session

    from donations.stripe_gateway.values import DisputeState, RefundState
    from donations.vault.keys import MasterKey

LOOKED_BACK: Final = timedelta(days=180)
"""Longer than a reader's bank may take to dispute and to decide."""


@dataclass(frozen=True, slots=True)
class Told:
    """A refund or dispute as Stripe states it; `payment` is a blind index."""

    state: str
    amount: Money
    payment: bytes | None
    created: datetime


def listen(
    master: MasterKey, name: str, told: Iterable[RefundState | DisputeState]
) -> dict[bytes, Told]:
    """Everything Stripe lists, by its blind index; `name` is `refund` or `dispute`."""
    return {
        master.index(name, each.id): Told(
            each.status,
            each.amount,
            None if each.payment is None else master.index("payment", each.payment),
            each.created,
        )
        for each in told
    }


def differing_refunds(
    session: Session, told: dict[bytes, Told], *, since: datetime, asked_at: datetime
) -> Iterator[Finding]:
    """Refunds whose state or amount differs, or that only one side knows."""
    found = _Compared(Kind.REFUND_DIFFERS, Refund, Refund.refund_index)
    yield from found.differences(session, told, since, asked_at)


def differing_disputes(
    session: Session, told: dict[bytes, Told], *, since: datetime, asked_at: datetime
) -> Iterator[Finding]:
    """Disputes whose state or amount differs, or that only one side knows."""
    found = _Compared(Kind.DISPUTE_DIFFERS, Dispute, Dispute.dispute_index)
    yield from found.differences(session, told, since, asked_at)


@dataclass(frozen=True, slots=True)
class _Compared:
    kind: Kind
    table: type[Refund | Dispute]
    index: InstrumentedAttribute[bytes]

    def differences(
        self, session: Session, told: dict[bytes, Told], since: datetime, asked_at: datetime
    ) -> Iterator[Finding]:
        unknown = dict(told)
        ours: Iterable[Any] = session.scalars(
            select(self.table).where(self.table.created_at >= since)
        )
        for row in ours:
            theirs = unknown.pop(getattr(row, self.index.key), None)
            if row.synced_at >= asked_at:
                continue
            detail = "not_at_stripe" if theirs is None else _difference(row, theirs)
            if detail is not None:
                yield self._finding(row.gift.public_id, row.amount, detail, row.created_at)
        yield from self._unknown(session, unknown, asked_at)

    def _unknown(
        self, session: Session, unknown: dict[bytes, Told], asked_at: datetime
    ) -> Iterator[Finding]:
        """What Stripe knows of our gifts and we do not.  Other payments are not ours to judge."""
        for each in unknown.values():
            if each.payment is None or each.created > asked_at - ON_ITS_WAY:
                continue
            gift = session.scalar(select(Gift.public_id).where(Gift.payment_index == each.payment))
            if gift is not None:
                yield self._finding(gift, each.amount, "not_here", each.created)

    def _finding(self, gift: str, amount: Money, detail: str, created: datetime) -> Finding:
        # A gift may be given back in parts: the moment tells one part from another.
        subject = f"{gift}@{int(created.timestamp())}"
        day = created.date()
        return Finding(self.kind, subject, day, amount.minor, amount.currency, detail)


def _difference(row: Refund | Dispute, theirs: Told) -> str | None:
    pairs = (("state", row.state, theirs.state), ("amount", row.amount, theirs.amount))
    return ";".join(f"{what}={ours}>{told}" for what, ours, told in pairs if ours != told) or None
