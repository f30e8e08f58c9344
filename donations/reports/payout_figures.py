"""What payouts are made of, by category: their lines at Stripe, told apart by the books.

A line's `amount` falls into the category of the entry that stands for its movement, or of Stripe's
own type while it has none; its fee is a fee whatever it was for.  So the categories of a payout sum
to its lines exactly, booked or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Self

from sqlalchemy import select

from donations.kernel.money import Money
from donations.ledger.chart import Kind
from donations.payouts.models import PayoutLine, PayoutTotal
from donations.payouts.standing import made_of
from donations.payouts.totals import booked_since

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session


class Category(StrEnum):
    """What a line of a payout is, in the order they are read."""

    GIFTS = "gifts"
    REFUNDS = "refunds"
    DISPUTES = "disputes"
    SERVICE_FEES = "service_fees"
    CONVERSIONS = "conversions"
    ADJUSTMENTS = "adjustments"
    PAID_AGAIN = "paid_again"  # what a failed payout had brought back


ORDER: Final = tuple(Category)
_OF: Final[dict[str, Category]] = {
    Kind.GIFT: Category.GIFTS,
    Kind.CHARGE_FAILED: Category.REFUNDS,
    Kind.REFUND: Category.REFUNDS,
    Kind.REFUND_FAILED: Category.REFUNDS,
    Kind.DISPUTE: Category.DISPUTES,
    Kind.DISPUTE_REVERSED: Category.DISPUTES,
    Kind.STRIPE_FEE: Category.SERVICE_FEES,
    Kind.CONVERSION: Category.CONVERSIONS,
    Kind.PAYOUT_FAILED: Category.PAID_AGAIN,
    # Stripe's types, for lines that are not booked yet.
    "charge": Category.GIFTS,
    "payment": Category.GIFTS,
    "payment_refund": Category.REFUNDS,
    "refund_failure": Category.REFUNDS,
    "payment_failure_refund": Category.REFUNDS,
    "payment_reversal": Category.REFUNDS,
    "stripe_fx_fee": Category.SERVICE_FEES,
    "tax_fee": Category.SERVICE_FEES,
    "payout_failure": Category.PAID_AGAIN,
    "payout_cancel": Category.PAID_AGAIN,
}
NAMES_OF: Final = {
    category: tuple(name for name, of in _OF.items() if of is category) for category in ORDER
}


def category_of(name: str) -> Category:
    """The category of an entry's kind, or of Stripe's type of a movement."""
    return _OF.get(name, Category.ADJUSTMENTS)


@dataclass(frozen=True, slots=True)
class Sums:
    """One category of one payout: how many lines, and minor units; `net = amount - fee`."""

    category: Category
    lines: int
    unbooked: int
    amount: int
    fee: int
    exchange: int

    @property
    def net(self) -> int:
        """What the category adds to the payout."""
        return self.amount - self.fee


@dataclass(frozen=True, slots=True)
class PayoutFigures:
    """A payout's parts, signed by what they did to it: they sum to `net` from left to right."""

    gross: Money
    refunds: Money
    disputes: Money
    dispute_fees: Money
    stripe_fees: Money
    exchange: Money
    adjustments: Money

    @classmethod
    def of(cls, currency: str, sums: Iterable[Sums]) -> Self:
        """The figures of a payout's categories.

        What an exchange rate made of a return is taken out of it; money paid again after a payout
        failed counts as an adjustment.
        """
        parts = dict.fromkeys(cls.__slots__, 0)
        for one in sums:
            parts["exchange"] += one.exchange
            parts[_COLUMN[one.category]] += one.amount - one.exchange
            disputed = one.category is Category.DISPUTES
            parts["dispute_fees" if disputed else "stripe_fees"] -= one.fee
        return cls(**{name: Money(minor, currency) for name, minor in parts.items()})

    @property
    def parts(self) -> tuple[Money, ...]:
        """The parts in the order they are printed."""
        return tuple(getattr(self, name) for name in self.__slots__)

    @property
    def net(self) -> Money:
        """What the lines sum to."""
        return Money(sum(part.minor for part in self.parts), self.gross.currency)


_COLUMN: Final = {
    Category.GIFTS: "gross",
    Category.REFUNDS: "refunds",
    Category.DISPUTES: "disputes",
    Category.SERVICE_FEES: "stripe_fees",
    Category.CONVERSIONS: "exchange",
    Category.ADJUSTMENTS: "adjustments",
    Category.PAID_AGAIN: "adjustments",
}


def sums_of(
    session: Session, payout_ids: Sequence[int], as_of: int | None = None
) -> dict[int, tuple[Sums, ...]]:
    """The categories of each payout that has lines, in reading order.

    From the totals; of a payout a line of which was booked after the entry `as_of`, from its lines.
    """
    since = set[int]() if as_of is None else booked_since(session, payout_ids, as_of)
    kept = select(*PayoutTotal.__table__.columns).where(
        PayoutTotal.payout_id.in_(set(payout_ids) - since)
    )
    rows = list(session.execute(kept))
    if since:
        rows += session.execute(made_of(PayoutLine.payout_id.in_(since), as_of=as_of)).all()
    return _by_payout(rows)


def _by_payout(rows: Iterable[Any]) -> dict[int, tuple[Sums, ...]]:
    found: dict[tuple[int, Category], list[int]] = {}
    for payout_id, name, *figures in rows:
        key = (payout_id, category_of(name))
        known = found.setdefault(key, [0] * len(figures))
        found[key] = [mine + int(more or 0) for mine, more in zip(known, figures, strict=True)]
    by_payout: dict[int, tuple[Sums, ...]] = {}
    for payout_id, category in sorted(found, key=lambda key: (key[0], ORDER.index(key[1]))):
        one = Sums(category, *found[payout_id, category])
        by_payout[payout_id] = (*by_payout.get(payout_id, ()), one)
    return by_payout
