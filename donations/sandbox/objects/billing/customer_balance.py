"""The credit or debt a customer carries from one invoice to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.kernel.currencies import CURRENCIES

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


def adjust(world: World, customer: Obj, amount: int, kind: str, **told: object) -> Obj:
    """Add `amount` (negative is credit) to the customer's balance and note the movement."""
    customer["balance"] += amount
    return world.make(
        "customer_balance_transaction",
        "cbtxn",
        amount=amount,
        customer=customer["id"],
        ending_balance=customer["balance"],
        type=kind,
        metadata={},
        **({"currency": customer["currency"] or "usd"} | told),
    )


def apply(world: World, invoice: Obj) -> None:
    """Settle an invoice being finalised with the balance, as far as either goes.

    What is too small to charge is carried over, a total below zero becomes credit.
    """
    customer = world.store.get("customer", invoice["customer"])
    customer["currency"] = customer["currency"] or invoice["currency"]
    if invoice.get("_paid_at_checkout"):
        return  # the whole of it was charged before there was an invoice
    before, total = customer["balance"], invoice["total"]
    if customer["currency"] != invoice["currency"]:
        before = 0
    due = total + before
    smallest = CURRENCIES[invoice["currency"]].minimum
    charged = due if due >= smallest else 0
    invoice |= {"starting_balance": before, "ending_balance": due - charged}
    invoice |= {"amount_due": charged, "amount_remaining": charged}
    moved = due - charged - before
    if moved:
        kind = "applied_to_invoice" if charged or total >= smallest else "invoice_too_small"
        told = {"invoice": invoice["id"], "currency": invoice["currency"]}
        adjust(world, customer, moved, kind, **told)
        world.emit("customer.updated", customer, {"balance": customer["balance"] - moved})
