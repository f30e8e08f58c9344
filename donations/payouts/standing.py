"""What the books say of the lines of payouts: the entry that stands for each movement.

A line falls under the kind of that entry, or under Stripe's own type while it has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from donations.ledger.chart import Account
from donations.ledger.models import Entry, Posting
from donations.ledger.placing import PLACED
from donations.payouts.models import PayoutLine

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select


class Standing(NamedTuple):
    """The entry that stands for a line's movement: the one placed later, else its first."""

    first: Any
    placed: Any

    @property
    def id(self) -> ColumnElement[Any]:
        """The entry's id, null while nothing is booked."""
        return func.coalesce(self.placed.id, self.first.id)

    @property
    def kind(self) -> ColumnElement[Any]:
        """What it was booked as, null while it is not."""
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


def standing_entries() -> Standing:
    """Fresh names for the two entries a movement may have."""
    return Standing(aliased(Entry), aliased(Entry))


def made_of(*where: ColumnElement[bool], as_of: int | None = None) -> Select[Any]:
    """What payouts are made of, read from the lines that fulfil `where`: a row a payout and name.

    The columns are those of `PayoutTotal`, in its order.
    """
    entry = standing_entries()
    exchanged = and_(Posting.entry_id == entry.id, Posting.account == Account.EXCHANGE)
    lines = entry.join(
        select(
            PayoutLine.payout_id.label("payout_id"),
            entry.name.label("name"),
            func.count().label("lines"),
            (func.count() - func.count(entry.id)).label("unbooked"),
            func.sum(PayoutLine.amount_minor).label("amount_minor"),
            func.sum(PayoutLine.fee_minor).label("fee_minor"),
            (-func.coalesce(func.sum(Posting.amount_minor), 0)).label("exchange_minor"),
        ).select_from(PayoutLine),
        as_of,
    )
    statement: Select[Any] = (
        lines.outerjoin(Posting, exchanged).where(*where).group_by(PayoutLine.payout_id, entry.name)
    )
    return statement
