"""Charges: to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed
from donations.sandbox.api.operations import Call, operation

if TYPE_CHECKING:
    from donations.sandbox import Obj


@operation("GET", "/v1/charges", "ChargeListParams")
def list_charges(call: Call) -> Obj:
    """Charges, the newest first."""
    return listed(call, "charge")


@operation("GET", "/v1/charges/<id>", "ChargeRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One charge."""
    return call.world.store.get("charge", call.id)
