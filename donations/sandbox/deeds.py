"""What the timeline can do, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import books, charges, checkout, refunds, renewals

if TYPE_CHECKING:
    from donations.sandbox.timeline import Deed, Due
    from donations.sandbox.world import World


def _expire_session(world: World, due: Due) -> None:
    session = world.store.find("checkout.session", due.target)
    if session and session["status"] == "open":
        checkout.expire(world, session)


DEEDS: Final[dict[str, Deed]] = {
    "charge.book": charges.book_late,
    "funds.available": books.become_available,
    "invoice.retry": renewals.retry,
    "payment.settle": renewals.bank_decides,
    "refund.settle": refunds.settle,
    "session.expire": _expire_session,
    "subscription.renew": renewals.renew,
    "subscription.resume": renewals.resume,
}
