"""Checkout Sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed, page
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects import checkout

if TYPE_CHECKING:
    from donations.sandbox import Obj


@operation("POST", "/v1/checkout/sessions", "checkout.SessionCreateParams")
def create(call: Call) -> Obj:
    """Open a session."""
    return checkout.open_session(call.world, call.params)


@operation("GET", "/v1/checkout/sessions", "checkout.SessionListParams")
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


@operation("GET", "/v1/checkout/sessions/<id>/line_items", "checkout.SessionLineItemListParams")
def list_line_items(call: Call) -> Obj:
    """What one session sells."""
    session = call.world.store.get("checkout.session", call.id)
    return page(call, checkout.line_items(session), "item")


@operation("POST", "/v1/checkout/sessions/<id>/expire", "checkout.SessionExpireParams")
def expire(call: Call) -> Obj:
    """Close an open session for good."""
    return checkout.expire(call.world, call.world.store.get("checkout.session", call.id))
