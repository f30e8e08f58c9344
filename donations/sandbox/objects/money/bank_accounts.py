"""The newsroom's bank accounts, one a currency, where payouts go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.annotations.shaping import shaped

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


def bank_account(world: World, currency: str) -> Obj:
    """The account money in `currency` goes to, opened when it is first needed."""
    kept: dict[str, str] = world.store.beside.setdefault("bank_accounts", {})
    found = world.store.find("bank_account", kept.get(currency))
    if found:
        return found
    told: Obj = {
        "id": world.store.new_id("ba"),
        "account_holder_name": world.merchant_name,
        "account_holder_type": "company",
        "bank_name": "STRIPE TEST BANK",
        "country": "US" if currency == "usd" else "DE",
        "currency": currency,
        "fingerprint": "sandboxbank00000",
        "last4": "6789",
        "routing_number": "110000000",
        "status": "verified",
    }
    kept[currency] = told["id"]
    return world.store.put(shaped("bank_account", told))
