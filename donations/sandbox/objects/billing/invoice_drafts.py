"""What a draft invoice holds, before it is finalised: lines, sums, what it takes from whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.annotations.shaping import shaped

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

_SUMS = ("subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax")


def sketched(world: World, customer: Obj, lines: list[Obj], given: Obj) -> Obj:
    """An invoice that is kept nowhere: what a preview shows."""
    told = {"id": world.store.new_id("upcoming_in"), "created": world.clock.now()}
    told |= outline(world, customer, lines, given) | {"livemode": False}
    invoice = shaped("invoice", told)
    number_lines(invoice)
    return invoice


def of_subscription(world: World, subscription: Obj, reason: str) -> Obj:
    """What an invoice takes from its subscription.

    Its own period is the time in which items were gathered for it: the one before the renewal.
    """
    start = subscription["items"]["data"][0]["current_period_start"]
    cycle = reason in ("subscription_cycle", "upcoming")
    details = {
        "subscription": subscription["id"],
        "metadata": dict(subscription["metadata"]),  # a snapshot: later changes do not reach it
    }
    return {
        "billing_reason": reason,
        "collection_method": subscription["collection_method"],
        "currency": subscription["currency"],
        "default_payment_method": None,
        "description": subscription["description"],
        "parent": {"type": "subscription_details", "subscription_details": details},
        "period_start": subscription.get("_previous_start", start) if cycle else start,
        "period_end": start if cycle else world.clock.now(),
        "_subscription": subscription["id"],
        "_days": subscription["days_until_due"],
    }


def outline(world: World, customer: Obj, lines: list[Obj], given: Obj) -> Obj:
    """The values of a draft for `customer` with `lines`; `given` goes over the rest."""
    now = world.clock.now()
    values = {
        "account_country": "US",
        "account_name": world.merchant_name,
        "auto_advance": True,
        "collection_method": "charge_automatically",
        "customer": customer["id"],
        "customer_address": customer["address"],
        "amount_paid_off_stripe": 0,
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": customer["shipping"],
        "customer_tax_exempt": customer["tax_exempt"],
        "customer_tax_ids": [],
        "issuer": {"type": "self"},
        "metadata": {},
        "period_start": now,
        "period_end": now,
        "starting_balance": customer["balance"],
        "status": "draft",
        "test_clock": customer["test_clock"],
        "total_discount_amounts": [],
        "total_taxes": [],
        "lines": {"object": "list", "data": lines, "has_more": False, "url": ""},
    }
    total = sum(line["amount"] for line in lines)
    due = max(0, total)
    sums = dict.fromkeys(_SUMS, total) | {"amount_due": due, "amount_remaining": due}
    return values | sums | given


def recount(invoice: Obj) -> None:
    """Add the lines of a draft up again."""
    total = sum(line["amount"] for line in invoice["lines"]["data"])
    invoice |= dict.fromkeys(_SUMS, total)
    invoice["amount_due"] = invoice["amount_remaining"] = max(0, total)


def number_lines(invoice: Obj) -> None:
    """Tell the lines whose they are."""
    invoice["lines"]["url"] = f"/v1/invoices/{invoice['id']}/lines"
    for line in invoice["lines"]["data"]:
        line["invoice"] = invoice["id"]
