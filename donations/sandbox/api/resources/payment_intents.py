"""Payment intents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.api.listing import listed
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects.checkout import session_intents
from donations.sandbox.objects.payments import intent_terms, payment_requests
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj

# Connect, reauthorisation, line items, Stripe.js and other products the sandbox does not have.
_WITHOUT: Final = (
    "amount_details", "application_fee_amount", "customer_account", "hooks", "payment_details",
    "payment_method_configuration", "transfer_data", "transfer_group",
)  # fmt: skip
_WITHOUT_CONFIRMING: Final = ("confirmation_token", "radar_options", "use_stripe_sdk")
_WITHOUT_DATA: Final = (
    "payment_method_data.radar_options",
    "payment_method_data.billing_details.tax_id",
)


@operation(
    "POST",
    "/v1/payment_intents",
    "PaymentIntentCreateParams",
    without=(*_WITHOUT, *_WITHOUT_CONFIRMING, *_WITHOUT_DATA, "on_behalf_of"),
)
def create(call: Call) -> Obj:
    """Make a payment intent, and confirm it with `confirm`."""
    return payment_requests.create(call.world, call.params)


@operation("GET", "/v1/payment_intents", "PaymentIntentListParams", without=("customer_account",))
def list_intents(call: Call) -> Obj:
    """Payment intents, the newest first."""
    return listed(call, "payment_intent")


@operation("GET", "/v1/payment_intents/<id>", "PaymentIntentRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One payment intent."""
    intent = call.world.store.get("payment_intent", call.id)
    intent_terms.check_secret(intent, call.params.get("client_secret"))
    return intent


@operation(
    "POST",
    "/v1/payment_intents/<id>",
    "PaymentIntentUpdateParams",
    without=(*_WITHOUT, *_WITHOUT_DATA),
)
def update(call: Call) -> Obj:
    """Change a payment intent that has not been paid, or the notes on one that has."""
    intent = call.world.store.get("payment_intent", call.id)
    return payment_requests.change(call.world, intent, call.params)


@operation(
    "POST",
    "/v1/payment_intents/<id>/confirm",
    "PaymentIntentConfirmParams",
    without=(
        *_WITHOUT_CONFIRMING, *_WITHOUT_DATA, "amount_details", "amount_to_confirm", "hooks",
        "payment_details",
    ),
)  # fmt: skip
def confirm(call: Call) -> Obj:
    """Try to take the money."""
    intent = call.world.store.get("payment_intent", call.id)
    session_intents.refuse_from_outside(call.world, intent)
    return payment_requests.confirm(call.world, intent, call.params)


@operation(
    "POST",
    "/v1/payment_intents/<id>/capture",
    "PaymentIntentCaptureParams",
    without=(
        "amount_details", "application_fee_amount", "hooks", "payment_details",
        "statement_descriptor", "transfer_data",
    ),
)  # fmt: skip
def capture(call: Call) -> Obj:
    """Take what is held on a card, or part of it."""
    intent = call.world.store.get("payment_intent", call.id)
    return payment_requests.capture(call.world, intent, call.params)


@operation("POST", "/v1/payment_intents/<id>/cancel", "PaymentIntentCancelParams")
def cancel(call: Call) -> Obj:
    """Give up a payment intent that has not succeeded."""
    intent = call.world.store.get("payment_intent", call.id)
    session_intents.refuse_from_outside(call.world, intent)
    return payment_requests.cancel(call.world, intent, call.params.get("cancellation_reason"))


@operation(
    "POST",
    "/v1/payment_intents/<id>/increment_authorization",
    "PaymentIntentIncrementAuthorizationParams",
)
def increment_authorization(call: Call) -> Obj:
    """Refused: no test card takes a larger amount than was held."""
    intent = call.world.store.get("payment_intent", call.id)
    raise Refusal(
        f"This PaymentIntent ({intent['id']}) is not eligible for incremental authorizations.",
        code="payment_intent_unexpected_state",
    )
