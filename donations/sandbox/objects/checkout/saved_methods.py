"""The cards a returning customer left, as far as the page may show them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.objects.methods import payment_methods

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


def offered(world: World, session: Obj) -> list[Obj]:
    """The customer's cards to choose from, the one the page fills in first.

    Source: the SDK's `SessionCreateParams.customer` and `.saved_payment_method_options`.
    """
    options = session["saved_payment_method_options"]
    if not (session["customer"] and options and "card" in session["payment_method_types"]):
        return []
    filters = options["allow_redisplay_filters"]
    cards = [
        method
        for method in world.store.all("payment_method")
        if method["customer"] == session["customer"]
        and method["type"] == "card"
        and method.get("allow_redisplay") in filters
        and not payment_methods.has_expired(world, method)
    ]
    default = _default(world, session)
    return sorted(cards, key=lambda method: method["id"] != default)


def chosen(world: World, session: Obj, identifier: str) -> Obj | None:
    """The offered card of that id, to pay with, or None."""
    if any(method["id"] == identifier for method in offered(world, session)):
        return world.store.find("payment_method", identifier)
    return None


def may_remove(session: Obj) -> bool:
    """Whether the page lets a customer take a card off the list."""
    options = session["saved_payment_method_options"]
    return bool(options) and options["payment_method_remove"] == "enabled"


def may_save(session: Obj) -> bool:
    """Whether the page asks to keep the card for next time."""
    options = session["saved_payment_method_options"]
    return bool(options) and options["payment_method_save"] == "enabled"


def _default(world: World, session: Obj) -> str | None:
    """In subscription mode the customer's default card comes first."""
    if session["mode"] != "subscription":
        return None
    customer = world.store.get("customer", session["customer"])
    found: str | None = (customer["invoice_settings"] or {}).get("default_payment_method")
    return found
