"""Checkout Sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.api.listing import listed, page
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects.checkout import checkout

if TYPE_CHECKING:
    from donations.sandbox import Obj

_WITHOUT: Final = (
    "branding_settings",
    "custom_text.shipping_address",
    "customer_account",
    "customer_update.shipping",
    "discounts",
    "invoice_creation.invoice_data.account_tax_ids",
    "invoice_creation.invoice_data.issuer",
    "invoice_creation.invoice_data.rendering_options",
    "line_items.price_data.product_data.tax_details",
    "optional_items",
    "payment_intent_data.application_fee_amount",
    "payment_intent_data.on_behalf_of",
    "payment_intent_data.shipping",
    "payment_intent_data.transfer_data",
    "payment_intent_data.transfer_group",
    "payment_method_configuration",
    "setup_intent_data.on_behalf_of",
    "shipping_address_collection",
    "shipping_options",
    "subscription_data.application_fee_percent",
    "subscription_data.billing_cycle_anchor",
    "subscription_data.billing_cycle_anchor_config",
    "subscription_data.billing_mode.flexible",
    "subscription_data.default_tax_rates",
    "subscription_data.invoice_settings",
    "subscription_data.on_behalf_of",
    "subscription_data.pending_invoice_item_interval",
    "subscription_data.proration_behavior",
    "subscription_data.transfer_data",
)


@operation("POST", "/v1/checkout/sessions", "checkout.SessionCreateParams", without=_WITHOUT)
def create(call: Call) -> Obj:
    """Open a session."""
    return checkout.open_session(call.world, call.params)


@operation(
    "GET",
    "/v1/checkout/sessions",
    "checkout.SessionListParams",
    without=("customer_account", "payment_link"),
)
def list_sessions(call: Call) -> Obj:
    """Sessions, the newest first."""
    return listed(
        call,
        "checkout.session",
        customer_details=lambda session, wanted: (
            (session["customer_details"] or {}).get("email") == wanted["email"]
        ),
    )


@operation("GET", "/v1/checkout/sessions/<id>", "checkout.SessionRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One session."""
    return call.world.store.get("checkout.session", call.id)


@operation(
    "POST",
    "/v1/checkout/sessions/<id>",
    "checkout.SessionUpdateParams",
    without=("collected_information", "line_items", "payment_intent_data", "shipping_options"),
)
def update(call: Call) -> Obj:
    """Change a session's metadata."""
    session = call.world.store.get("checkout.session", call.id)
    return checkout.change(session, call.params)


@operation("GET", "/v1/checkout/sessions/<id>/line_items", "checkout.SessionLineItemListParams")
def list_line_items(call: Call) -> Obj:
    """What one session sells."""
    session = call.world.store.get("checkout.session", call.id)
    return page(call, checkout.line_items(session), "item")


@operation("POST", "/v1/checkout/sessions/<id>/expire", "checkout.SessionExpireParams")
def expire(call: Call) -> Obj:
    """Close an open session for good."""
    return checkout.expire(call.world, call.world.store.get("checkout.session", call.id))
