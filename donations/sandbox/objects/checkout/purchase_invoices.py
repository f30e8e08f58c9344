"""The paid invoice of a one-time purchase, where the session asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.billing import invoice_drafts, invoice_items, invoice_lines, invoices
from donations.sandbox.objects.metadata import merged
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

_MOST_FIELDS: Final = 4
_LONGEST_FIELD: Final = {"name": 40, "value": 140}


def terms(given: Obj | None) -> Obj:
    """`invoice_creation` as the session carries it.  Raises the `Refusal` Stripe would."""
    asked = given or {"enabled": False}
    data = asked.get("invoice_data") or {}
    fields = data.get("custom_fields") or None
    if len(fields or []) > _MOST_FIELDS:
        raise Refusal(
            f"Array custom_fields exceeded maximum {_MOST_FIELDS} allowed elements.",
            param="invoice_creation[invoice_data][custom_fields]",
        )
    for place, field in enumerate(fields or []):
        for name, longest in _LONGEST_FIELD.items():
            if len(field[name]) > longest:
                raise Refusal(
                    f"Invalid string: must be at most {longest} characters",
                    param=f"invoice_creation[invoice_data][custom_fields][{place}][{name}]",
                )
    return {
        "enabled": asked["enabled"],
        "invoice_data": {
            "custom_fields": fields,
            "description": data.get("description"),
            "footer": data.get("footer"),
            "issuer": None,
            "metadata": merged({}, data.get("metadata")),
        },
    }


def issue(world: World, session: Obj, customer: Obj, intent: Obj | None) -> Obj:
    """The invoice of what the session sold, paid as far as `intent` is, and tell."""
    data = session["invoice_creation"]["invoice_data"]
    entries = [_item(world, customer, line) for line in session["_lines"]]
    lines = [invoice_lines.of_pending(world, entry) for entry in entries]
    given = {
        "auto_advance": False,
        "billing_reason": "manual",
        "currency": session["currency"],
        "custom_fields": data["custom_fields"],
        "description": data["description"],
        "footer": data["footer"],
        "metadata": dict(data["metadata"] or {}),
        "_paid_at_checkout": True,
    }
    invoice = world.make("invoice", "in", **invoice_drafts.outline(world, customer, lines, given))
    for entry in entries:
        entry["invoice"] = invoice["id"]
    invoice_drafts.number_lines(invoice)
    world.emit("invoice.created", invoice)
    invoices.finalize(world, invoice)
    if intent:
        invoices.link(world, invoice, intent)
        invoice |= {"attempted": True, "attempt_count": 1}
        if intent["status"] == "succeeded":
            invoices.mark_paid(world, invoice)
    return invoice


def _item(world: World, customer: Obj, line: Obj) -> Obj:
    asked = {
        "customer": customer["id"],
        "description": line["description"],
        "metadata": line["metadata"],
        "pricing": {"price": line["price"]["id"]},
        "quantity": line["quantity"],
    }
    return invoice_items.create(world, asked)
