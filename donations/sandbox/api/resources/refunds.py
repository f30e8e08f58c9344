"""Refunds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects.metadata import update as lay_over
from donations.sandbox.objects.money import refund_outcomes, refunds

if TYPE_CHECKING:
    from donations.sandbox import Obj


@operation(
    "POST",
    "/v1/refunds",
    "RefundCreateParams",
    without=("customer", "currency", "origin", "refund_application_fee", "reverse_transfer"),
)
def create(call: Call) -> Obj:
    """Give money back."""
    return refunds.create(call.world, call.params)


@operation("GET", "/v1/refunds", "RefundListParams")
def list_refunds(call: Call) -> Obj:
    """Refunds, the newest first."""
    return listed(call, "refund")


@operation("GET", "/v1/refunds/<id>", "RefundRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One refund."""
    return call.world.store.get("refund", call.id)


@operation("POST", "/v1/refunds/<id>", "RefundUpdateParams")
def update(call: Call) -> Obj:
    """Change a refund's metadata."""
    refund = call.world.store.get("refund", call.id)
    before = lay_over(refund, call.params)
    if before:
        refund_outcomes.tell(call.world, refund, before)
    return refund


@operation("POST", "/v1/refunds/<id>/cancel", "RefundCancelParams")
def cancel(call: Call) -> Obj:
    """Call back a refund that waits for the reader."""
    refund = call.world.store.get("refund", call.id)
    return refunds.cancel(call.world, refund)
