"""Checkout Sessions: opened with everything checked, expired, completed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import catalogue, checkout_rules, customers, payments
from donations.sandbox.objects.metadata import merged
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

SHORTEST: Final = 30 * 60
LONGEST: Final = 24 * 3600
_SLACK_SECONDS: Final = 60
_KEPT_AS_GIVEN: Final = (
    "cancel_url", "client_reference_id", "customer_email", "locale", "submit_type", "success_url",
    "allow_promotion_codes", "billing_address_collection", "consent_collection", "return_url",
    "allowed_payment_method_types", "excluded_payment_method_types", "redirect_on_completion",
)  # fmt: skip


def open_session(world: World, given: Obj) -> Obj:
    """Open a session for what `given` asks, or raise the `Refusal` Stripe would."""
    mode = given.get("mode") or "payment"
    checkout_rules.check(given, mode)
    customer = (
        customers.live(world, given["customer"], "customer") if given.get("customer") else None
    )
    lines = _lines(world, given, mode)
    total = sum(line["amount_total"] for line in lines)
    currency = lines[0]["currency"]
    catalogue.check_amount(total, currency, "line_items[0][price_data][unit_amount]")
    expires_at, lasts = _expiry(world, given.get("expires_at"))
    identifier = world.store.new_id("cs_test")
    session = world.make(
        "checkout.session",
        "cs_test",
        **{name: given[name] for name in _KEPT_AS_GIVEN if given.get(name) is not None},
        id=identifier,
        adaptive_pricing={"enabled": (given.get("adaptive_pricing") or {}).get("enabled", True)},
        amount_subtotal=total,
        amount_total=total,
        automatic_tax={"enabled": False},
        currency=currency,
        customer=customer and customer["id"],
        customer_creation=given.get("customer_creation", "if_required")
        if mode == "payment"
        else None,
        customer_details=_details_of(customer, given.get("customer_email")),
        expires_at=expires_at,
        metadata=merged({}, given.get("metadata")),
        mode=mode,
        payment_method_collection="if_required" if mode == "payment" else "always",
        payment_method_types=checkout_rules.methods(given),
        payment_status="unpaid",
        status="open",
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        ui_mode="hosted_page",
        url=f"{world.base_url}/c/pay/{identifier}",
        _lines=lines,
        _intent_data=given.get("payment_intent_data") or {},
        _subscription_data=given.get("subscription_data") or {},
    )
    world.timeline.expect(world.clock.now() + lasts, "session.expire", identifier)
    return session


def expire(world: World, session: Obj) -> Obj:
    """Close an open session for good."""
    if session["status"] != "open":
        raise Refusal(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of `{session['status']}`."
        )
    session |= {"status": "expired", "url": None}
    intent = world.store.find("payment_intent", session.get("_intent"))
    if intent and intent["status"] in payments.CANCELABLE:
        payments.cancel(world, intent, "abandoned")
    world.emit("checkout.session.expired", session)
    return session


def line_items(session: Obj) -> list[Obj]:
    """What is bought, as the `line_items` of the session lists it."""
    lines: list[Obj] = session["_lines"]
    return lines


def _lines(world: World, given: Obj, mode: str) -> list[Obj]:
    wanted = given.get("line_items")
    if not wanted:
        raise Refusal(
            f"The `line_items` parameter is required in {mode} mode.",
            code="parameter_missing",
            param="line_items",
        )
    lines = [_line(world, each, f"line_items[{place}]") for place, each in enumerate(wanted)]
    if len({line["currency"] for line in lines}) > 1:
        raise Refusal("All prices on a Checkout Session must have the same currency.")
    recurring = [line for line in lines if line["price"]["type"] == "recurring"]
    if mode == "payment" and recurring:
        raise Refusal(
            "You specified `payment` mode but passed a recurring price. Either switch to "
            "`subscription` mode or use only one-time prices.",
            param="mode",
        )
    if mode == "subscription" and not recurring:
        raise Refusal(
            "You must provide at least one recurring price in `subscription` mode when using "
            "prices.",
            param="mode",
        )
    if mode == "subscription" and len(lines) > 1:
        raise Refusal("The sandbox keeps one item to a subscription.", param="line_items[1]")
    return lines


def _line(world: World, given: Obj, param: str) -> Obj:
    if given.get("price_data"):
        price = catalogue.create_price(world, given["price_data"], f"{param}[price_data]")
    elif given.get("price"):
        price = world.store.get("price", given["price"], f"{param}[price]")
    else:
        raise Refusal(
            "You must provide one of `price` or `price_data` for each line item.", param=param
        )
    quantity = given.get("quantity")
    if quantity is None or quantity < 1:
        raise Refusal("Quantity is required.", code="parameter_missing", param=f"{param}[quantity]")
    amount = price["unit_amount"] * quantity
    product = world.store.get("product", price["product"])
    return {
        "id": world.store.new_id("li"),
        "object": "item",
        "amount_subtotal": amount,
        "amount_total": amount,
        "amount_discount": 0,
        "amount_tax": 0,
        "currency": price["currency"],
        "description": product["name"],
        "metadata": {},
        "price": price,
        "quantity": quantity,
        "adjustable_quantity": None,
        "product": None,
    }


def _expiry(world: World, wanted: int | None) -> tuple[int, int]:
    """The `expires_at` to show and how many seconds that is from now.

    The caller reads its own clock, which the sandbox's may have left behind: either may be meant.
    """
    if wanted is None:
        return world.clock.now() + LONGEST, LONGEST
    for now in (world.clock.now(), world.clock.wall()):
        lasts = wanted - now
        if SHORTEST - _SLACK_SECONDS <= lasts <= LONGEST + _SLACK_SECONDS:
            return wanted, lasts
    raise Refusal(
        "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout "
        "Session creation.",
        param="expires_at",
    )


def _details_of(customer: Obj | None, email: str | None) -> Obj | None:
    if customer is None and not email:
        return None
    return {
        "email": customer["email"] if customer else email,
        "name": customer["name"] if customer else None,
        "address": None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }
