"""Stripe's door: verify the raw body, store the event once, answer.  No session, no CSRF."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request

from donations.inbox.intake import store
from donations.kernel.database import db
from donations.stripe_gateway.errors import BadSignature
from donations.stripe_gateway.signatures import verified_hint
from donations.web.house import house

blueprint = Blueprint("webhooks", __name__)
LARGEST_EVENT: Final = 1024 * 1024


@blueprint.post("/webhooks/stripe")
def stripe_event() -> Response:
    """200 once the event is safely stored; 400 for anything Stripe did not just sign."""
    request.max_content_length = LARGEST_EVENT
    parts = house()
    signature = request.headers.get("Stripe-Signature", "")
    try:
        hint = verified_hint(request.get_data(cache=False), signature, parts.webhook_secret)
    except BadSignature:
        return _plain("The signature does not verify.", 400)
    store(db.session(), parts.master, hint, now=parts.clock.now())
    return _plain("Stored.", 200)


def _plain(text: str, status: int) -> Response:
    return Response(text + "\n", status, mimetype="text/plain")
