"""The small pages objects link to: an invoice, a receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, render_template

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


def blueprint(world: World) -> Blueprint:
    """Pages for `hosted_invoice_url`, `invoice_pdf` and `receipt_url`."""
    documents = Blueprint("documents", __name__)

    @documents.get("/i/<identifier>")
    @documents.get("/i/<identifier>/pdf")
    def invoice(identifier: str) -> str:
        with world.lock:
            found = world.store.find("invoice", identifier) or abort(404)
            title = f"Invoice {found['number'] or '(draft)'}"
            return render_template(
                "document.html",
                world=world,
                title=title,
                entry=found,
                amount=found["total"],
                shown=found["status"] or "",
                lines=found["lines"]["data"],
            )

    @documents.get("/receipts/<identifier>")
    def receipt(identifier: str) -> str:
        with world.lock:
            found = world.store.find("charge", identifier) or abort(404)
            return render_template(
                "document.html",
                world=world,
                title="Receipt",
                entry=found,
                amount=found["amount"],
                shown="refunded" if found["refunded"] else found["status"],
                lines=_refunds(world, found),
            )

    return documents


def _refunds(world: World, charge: Obj) -> list[Obj]:
    """What was given back, as lines of the receipt."""
    every = world.store.owned("refund", "charge", charge["id"])
    return [
        {"description": "Refunded", "amount": -refund["amount"]}
        for refund in every
        if refund["status"] in {"pending", "succeeded"}
    ]
