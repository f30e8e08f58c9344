"""Setup intents, and the attempts made with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.api.listing import listed, page, within
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects.checkout import session_intents
from donations.sandbox.objects.payments import intent_terms, setup_intents, setup_requests

if TYPE_CHECKING:
    from donations.sandbox import Obj

_WITHOUT_DATA: Final = (
    "payment_method_data.radar_options",
    "payment_method_data.billing_details.tax_id",
)
_WITHOUT: Final = (
    *_WITHOUT_DATA,
    "attach_to_self",
    "customer_account",
    "flow_directions",
    "payment_method_configuration",
)
_WITHOUT_CONFIRMING: Final = ("confirmation_token", "use_stripe_sdk")


@operation(
    "POST",
    "/v1/setup_intents",
    "SetupIntentCreateParams",
    without=(*_WITHOUT, *_WITHOUT_CONFIRMING, "on_behalf_of", "single_use"),
)
def create(call: Call) -> Obj:
    """Make a setup intent, and confirm it with `confirm`."""
    return setup_requests.create(call.world, call.params)


@operation(
    "GET",
    "/v1/setup_intents",
    "SetupIntentListParams",
    without=("attach_to_self", "customer_account"),
)
def list_intents(call: Call) -> Obj:
    """Setup intents, the newest first."""
    return listed(call, "setup_intent")


@operation("GET", "/v1/setup_intents/<id>", "SetupIntentRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One setup intent."""
    setup = call.world.store.get("setup_intent", call.id)
    intent_terms.check_secret(setup, call.params.get("client_secret"))
    return setup


@operation("POST", "/v1/setup_intents/<id>", "SetupIntentUpdateParams", without=_WITHOUT)
def update(call: Call) -> Obj:
    """Change a setup intent."""
    setup = call.world.store.get("setup_intent", call.id)
    return setup_requests.change(call.world, setup, call.params)


@operation(
    "POST",
    "/v1/setup_intents/<id>/confirm",
    "SetupIntentConfirmParams",
    without=(*_WITHOUT_CONFIRMING, *_WITHOUT_DATA),
)
def confirm(call: Call) -> Obj:
    """Try to set the payment method up."""
    setup = call.world.store.get("setup_intent", call.id)
    session_intents.refuse_from_outside(call.world, setup)
    return setup_requests.confirm(call.world, setup, call.params)


@operation("POST", "/v1/setup_intents/<id>/cancel", "SetupIntentCancelParams")
def cancel(call: Call) -> Obj:
    """Give up a setup intent that has not succeeded."""
    setup = call.world.store.get("setup_intent", call.id)
    session_intents.refuse_from_outside(call.world, setup)
    return setup_intents.cancel(call.world, setup, call.params.get("cancellation_reason"))


@operation("GET", "/v1/setup_attempts", "SetupAttemptListParams")
def list_attempts(call: Call) -> Obj:
    """The attempts of one setup intent, the newest first."""
    setup = call.world.store.get("setup_intent", call.params["setup_intent"], "setup_intent")
    tries = call.world.store.owned("setup_attempt", "setup_intent", setup["id"])
    if "created" in call.params:
        tries = [each for each in tries if within(each["created"], call.params["created"])]
    return page(call, tries, "setup_attempt")
