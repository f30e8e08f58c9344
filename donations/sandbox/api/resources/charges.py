"""Charges; payment intents make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects import customers
from donations.sandbox.objects.metadata import update as lay_over
from donations.sandbox.objects.payments import payment_requests
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj


@operation("GET", "/v1/charges", "ChargeListParams", without=("transfer_group",))
def list_charges(call: Call) -> Obj:
    """Charges, the newest first."""
    return listed(call, "charge")


@operation("GET", "/v1/charges/<id>", "ChargeRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One charge."""
    return call.world.store.get("charge", call.id)


@operation("POST", "/v1/charges/<id>", "ChargeUpdateParams", without=("transfer_group",))
def update(call: Call) -> Obj:
    """Change what is noted on a charge."""
    world, charge = call.world, call.world.store.get("charge", call.id)
    if "customer" in call.params:
        if charge["customer"]:
            raise Refusal("This charge already has a customer.", param="customer")
        customers.live(world, call.params["customer"], "customer")
    plain = (
        n for n in ("customer", "description", "receipt_email", "shipping") if n in call.params
    )
    before = lay_over(charge, call.params, *plain)
    reported = (call.params.get("fraud_details") or {}).get("user_report")
    if reported is not None:
        before["fraud_details"] = dict(charge["fraud_details"])
        charge["fraud_details"]["user_report"] = reported or None
    if before:
        world.emit("charge.updated", charge, before)
    return charge


@operation(
    "POST",
    "/v1/charges/<id>/capture",
    "ChargeCaptureParams",
    without=(
        "application_fee", "application_fee_amount", "receipt_email", "statement_descriptor",
        "transfer_data", "transfer_group",
    ),
)  # fmt: skip
def capture(call: Call) -> Obj:
    """Take what a charge holds on a card, through its payment intent."""
    world, charge = call.world, call.world.store.get("charge", call.id)
    if charge["captured"] or charge["refunded"] or charge["status"] != "succeeded":
        raise Refusal(
            f"Charge {charge['id']} has already been captured."
            if charge["captured"]
            else f"Charge {charge['id']} holds nothing to capture.",
            code="charge_already_captured" if charge["captured"] else "charge_expired_for_capture",
        )
    intent = world.store.get("payment_intent", charge["payment_intent"])
    given = {name: v for name, v in call.params.items() if name == "statement_descriptor_suffix"}
    amount = {"amount_to_capture": call.params["amount"]} if "amount" in call.params else {}
    payment_requests.capture(world, intent, given | amount)
    return charge
