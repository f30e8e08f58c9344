"""3-D Secure: when a card's owner has to prove it is them, and where they do so."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from donations.sandbox.cards import BY_NUMBER

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


def wanted(intent: Obj, method: Obj, *, present: bool) -> bool:
    """Whether the card asks for 3-D Secure, or `intent` asks for it of a card that has it.

    An owner who is not `present` cannot be asked: then the answer says that it would be declined.
    """
    if method["type"] != "card":
        return False
    challenge = BY_NUMBER[method["_number"]].challenge
    if challenge == "always":
        return True
    if not present:
        return challenge == "unless_set_up" and not method.get("_set_up")
    options = (intent["payment_method_options"] or {}).get("card") or {}
    asked = options.get("request_three_d_secure") in ("any", "challenge")
    return challenge in ("unless_set_up", "set_up_already") or (asked and challenge == "supported")


def next_action(world: World, intent: Obj) -> Obj:
    """Where the owner goes: a page of the sandbox, and from there to the `return_url` if given.

    The page of a Checkout Session's payment is that session's own.
    """
    session = intent.get("_session")
    place = f"challenge/{session}" if session else f"authenticate/{intent['id']}"
    page = f"{world.base_url}/c/{place}"
    returning = intent.get("_return_url")
    if returning or session:
        return {
            "type": "redirect_to_url",
            "redirect_to_url": {"url": page, "return_url": returning},
        }
    redirect = {"type": "three_d_secure_redirect", "stripe_js": page}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": redirect}


def await_confirmation(intent: Obj) -> None:
    """The reader has passed 3-D Secure, and the caller wants to confirm by hand after it."""
    intent |= {
        "status": "requires_confirmation",
        "next_action": None,
        "_authenticated": intent["payment_method"],
    }


def way_back(intent: Obj, *, passed: bool) -> str | None:
    """The `return_url` with what came of it, as Stripe adds it; None if none was given."""
    returning = intent.get("_return_url")
    if not returning:
        return None
    kind = intent["object"]
    parts = urlsplit(returning)
    told = [
        *parse_qsl(parts.query, keep_blank_values=True),
        (kind, intent["id"]),
        (f"{kind}_client_secret", intent["client_secret"]),
        ("redirect_status", "succeeded" if passed else "failed"),
    ]
    return urlunsplit(parts._replace(query=urlencode(told)))
