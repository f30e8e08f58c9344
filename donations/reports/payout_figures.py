"""What payouts are made of, by category: their lines at Stripe, told apart by the books.

A line's `amount` falls into the category of the entry that stands for its movement, or of Stripe's
own type while it has none; its fee is a fee whatever it was for.  So the categories of a payout sum
to its lines exactly, booked or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from donations.kernel.money import Money
from donations.ledger.chart import Account, Kind
from donations.ledger.models import Entry, Posting
from donations.ledger.placing import PLACED
from donations.payouts.models import PayoutLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Select
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


class _Standing(NamedTuple):
    """The entry that stands for a line's movement: the one placed later, else its first."""

    first: Any
    placed: Any

    @property
    def id(self) -> ColumnElement[Any]:
        return func.coalesce(self.placed.id, self.first.id)

    @property
    def kind(self) -> ColumnElement[Any]:
        return func.coalesce(self.placed.kind, self.first.kind)

    @property
    def name(self) -> ColumnElement[Any]:
        """The kind, or Stripe's type while nothing is booked."""
        return func.coalesce(self.placed.kind, self.first.kind, PayoutLine.type)

    def join(self, statement: Any, as_of: int | None = None) -> Any:  # noqa: ANN401 - any select
        """Join both to a statement of payout lines, as the books stood at an entry."""
        for entry, source in (
            (self.first, PayoutLine.movement),
            (self.placed, PayoutLine.movement + PLACED),
        ):
            known = entry.source == source
            if as_of is not None:
                known = and_(known, entry.number <= as_of)
            statement = statement.outerjoin(entry, known)
        return statement


def standing_entries() -> _Standing:
    """Fresh names for the two entries a movement may have."""
    return _Standing(aliased(Entry), aliased(Entry))


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
    """The categories of each payout that has lines, in reading order; one statement for all."""
    found: dict[tuple[int, Category], list[int]] = {}
    for payout_id, name, *figures in session.execute(_statement(payout_ids, as_of)):
        key = (payout_id, category_of(name))
        known = found.setdefault(key, [0] * len(figures))
        found[key] = [mine + int(more or 0) for mine, more in zip(known, figures, strict=True)]
    by_payout: dict[int, tuple[Sums, ...]] = {}
    for payout_id, category in sorted(found, key=lambda key: (key[0], ORDER.index(key[1]))):
        one = Sums(category, *found[payout_id, category])
        by_payout[payout_id] = (*by_payout.get(payout_id, ()), one)
    return by_payout


def _statement(payout_ids: Sequence[int], as_of: int | None) -> Select[Any]:
    entry = standing_entries()
    exchanged = and_(Posting.entry_id == entry.id, Posting.account == Account.EXCHANGE)
    lines = entry.join(
        select(
            PayoutLine.payout_id,
            entry.name,
            func.count(),
            func.count() - func.count(entry.id),
            func.sum(PayoutLine.amount_minor),
            func.sum(PayoutLine.fee_minor),
            -func.coalesce(func.sum(Posting.amount_minor), 0),
        ).select_from(PayoutLine),
        as_of,
    )
    statement: Select[Any] = (
        lines.outerjoin(Posting, exchanged)
        .where(PayoutLine.payout_id.in_(payout_ids))
        .group_by(PayoutLine.payout_id, entry.name)
    )
    return statement
