"""One payout with everything it is made of, a page of its lines at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.kernel.errors import NotFound
from donations.kernel.money import Money
from donations.payouts.models import Payout, PayoutLine
from donations.reports.payout_figures import sums_of
from donations.reports.payout_movements import LineRow, line_rows
from donations.reports.payouts import PayoutRow, rows_of

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from donations.reports.payout_figures import Sums

LINES_SHOWN: Final = 500


@dataclass(frozen=True, slots=True)
class PayoutView:
    """One payout.  `sums` are of all its lines, `lines` the page of them that is shown.

    `paid_again_in` is the payout that sent its money anew after it had failed.
    """

    row: PayoutRow
    movement: str | None
    return_movement: str | None
    sums: tuple[Sums, ...]
    lines: tuple[LineRow, ...]
    count: int
    page: int
    paid_again_in: str | None

    @property
    def pages(self) -> int:
        """How many pages of lines there are."""
        return max(1, -(-self.count // LINES_SHOWN))

    @property
    def gross(self) -> Money:
        """The amounts of all lines."""
        return self.money(sum(one.amount for one in self.sums))

    @property
    def fee(self) -> Money:
        """The fees of all lines."""
        return self.money(sum(one.fee for one in self.sums))

    @property
    def net(self) -> Money:
        """What all lines sum to."""
        return self.gross - self.fee

    def money(self, minor: int) -> Money:
        """So many minor units of the payout's currency."""
        return Money(minor, self.row.amount.currency)


def payout_view(session: Session, name: str, today: date, page: int = 1) -> PayoutView:
    """The payout named by Stripe's id.  Raises `NotFound`."""
    found = session.scalar(select(Payout).where(Payout.stripe_id == name))
    if found is None:
        raise NotFound
    sums = sums_of(session, [found.id]).get(found.id, ())
    lines = line_rows(
        session,
        Payout.id == found.id,
        offset=(max(page, 1) - 1) * LINES_SHOWN,
        limit=LINES_SHOWN,
    )
    return PayoutView(
        row=rows_of(session, [found], today)[0],
        movement=found.movement,
        return_movement=found.return_movement,
        sums=sums,
        lines=tuple(lines),
        count=sum(one.lines for one in sums),
        page=max(page, 1),
        paid_again_in=_paid_again_in(session, found),
    )


def _paid_again_in(session: Session, payout: Payout) -> str | None:
    if payout.return_movement is None:
        return None
    return session.scalar(
        select(Payout.stripe_id)
        .join(PayoutLine, PayoutLine.payout_id == Payout.id)
        .where(PayoutLine.movement == payout.return_movement)
    )
