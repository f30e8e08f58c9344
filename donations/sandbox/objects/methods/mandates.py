"""Mandates: the account holder's leave to debit, one for each bank account that is used."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from donations.sandbox.annotations.shaping import shaped

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


def of_method(world: World, method: Obj) -> Obj | None:
    """The mandate in force for a bank account, if it has one."""
    mandate = world.store.find("mandate", method.get("_mandate"))
    return mandate if mandate and mandate["status"] != "inactive" else None


def grant(world: World, method: Obj, acceptance: Obj | None = None) -> Obj | None:
    """The account's mandate, given now if it has none; None for a card, which needs none.

    `acceptance` is the `customer_acceptance` of a request; on the hosted page it is given online.
    """
    if method["type"] != "sepa_debit":
        return None
    kept = of_method(world, method)
    if kept:
        return kept
    identifier = world.store.new_id("mandate")
    details = {"reference": secrets.token_hex(8).upper(), "url": f"{world.base_url}/"}
    values = {
        "id": identifier,
        "livemode": False,
        "customer_acceptance": _accepted(world, acceptance or {"type": "online"}),
        "multi_use": {},
        "payment_method": method["id"],
        "payment_method_details": {"type": "sepa_debit", "sepa_debit": details},
        "status": "active",
        "type": "multi_use",
    }
    method["_mandate"] = identifier
    return world.store.put(shaped("mandate", values))


def withdraw(world: World, method: Obj) -> None:
    """The account is debited no more: its mandate is inactive, and tell."""
    mandate = of_method(world, method)
    if mandate:
        before = {"status": mandate["status"]}
        mandate["status"] = "inactive"
        world.emit("mandate.updated", mandate, before)


def _accepted(world: World, given: Obj) -> Obj:
    kind = given["type"]
    told = {name: value for name, value in given.items() if name in ("type", "accepted_at", kind)}
    return {"accepted_at": world.clock.now()} | told | {kind: dict(given.get(kind) or {})}
