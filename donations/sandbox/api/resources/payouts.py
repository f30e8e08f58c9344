"""Payouts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed, within
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects.metadata import update as lay_over
from donations.sandbox.objects.money import payout_returns, payouts
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj


@operation("POST", "/v1/payouts", "PayoutCreateParams", without=("payout_method",))
def create(call: Call) -> Obj:
    """Pay out by hand."""
    return payouts.create(call.world, call.params)


@operation("GET", "/v1/payouts", "PayoutListParams")
def list_payouts(call: Call) -> Obj:
    """Payouts, the newest first."""
    return listed(
        call,
        "payout",
        arrival_date=lambda payout, wanted: within(payout["arrival_date"], wanted),
    )


@operation("GET", "/v1/payouts/<id>", "PayoutRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One payout."""
    return call.world.store.get("payout", call.id)


@operation("POST", "/v1/payouts/<id>", "PayoutUpdateParams")
def update(call: Call) -> Obj:
    """Change a payout's metadata."""
    payout = call.world.store.get("payout", call.id)
    before = lay_over(payout, call.params)
    if before:
        call.world.emit("payout.updated", payout, before)
    return payout


@operation("POST", "/v1/payouts/<id>/cancel", "PayoutCancelParams")
def cancel(call: Call) -> Obj:
    """Call a payout back before it goes to the bank."""
    payout = call.world.store.get("payout", call.id)
    return payout_returns.cancel(call.world, payout)


@operation("POST", "/v1/payouts/<id>/reverse", "PayoutReverseParams", without=("metadata",))
def reverse(call: Call) -> Obj:
    """Stripe takes only payouts of connected accounts back from the bank; there are none here."""
    call.world.store.get("payout", call.id)
    raise Refusal("You can only reverse payouts for connected accounts.")
