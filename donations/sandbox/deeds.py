"""What the timeline can do, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import test_clocks
from donations.sandbox.objects.billing import (
    collecting,
    renewals,
    subscription_pausing,
    subscription_starting,
    trials,
)
from donations.sandbox.objects.checkout import checkout, paying
from donations.sandbox.objects.methods import bank_debits, card_updates
from donations.sandbox.objects.money import (
    dispute_evidence,
    disputes,
    payout_returns,
    payout_schedule,
    payouts,
    refunds,
)
from donations.sandbox.objects.payments import charges, payments
from donations.sandbox.objects.portal import portal_changes

if TYPE_CHECKING:
    from donations.sandbox.timeline import Deed, Due
    from donations.sandbox.world import World


def _expire_session(world: World, due: Due) -> None:
    session = world.store.find("checkout.session", due.target)
    if session and session["status"] == "open":
        checkout.expire(world, session)


def _bank_decides(world: World, due: Due) -> None:
    """A debit is decided, if nobody decided about it before; its session and invoice hear of it."""
    intent = bank_debits.awaited(world, due)
    if intent:
        paying.settle(world, intent, succeeded=bank_debits.agrees(world, intent))


DEEDS: Final[dict[str, Deed]] = {
    "capture.expire": payments.expire_hold,
    "card.update": card_updates.update,
    "charge.book": charges.book_late,
    "dispute.decide": dispute_evidence.decide,
    "dispute.run_out": disputes.run_out,
    "funds.available": payout_schedule.begin_day,
    "invoice.due": collecting.overdue,
    "invoice.finalize": renewals.finalize_draft,
    "invoice.lapse": subscription_pausing.lapse,
    "invoice.retry": collecting.retry,
    "payment.settle": _bank_decides,
    "payout.arrive": payouts.arrive,
    "payout.fail": payout_returns.fail_later,
    "payout.submit": payouts.submit,
    "portal.resume": portal_changes.resume_as_chosen,
    "refund.settle": refunds.settle,
    "refund.trace": refunds.trace,
    "session.expire": _expire_session,
    "subscription.end": renewals.end,
    "subscription.expire": subscription_starting.expire,
    "subscription.renew": renewals.renew,
    "subscription.resume": renewals.resume,
    "subscription.trial_warning": trials.warn,
    "subscription.upcoming": renewals.announce,
    "test_clock.advance": test_clocks.arrive,
    "test_clock.expire": test_clocks.expire,
}
